package io.github.mqttmanager.connection;

import java.time.Instant;

/**
 * The certificate that a broker showed last.
 *
 * @param subject whose it is
 * @param issuer who signed it
 * @param expiresAt until when it is valid
 * @param sha256 its fingerprint in hexadecimal digits
 */
public record BrokerCertificate(String subject, String issuer, Instant expiresAt, String sha256) {}
