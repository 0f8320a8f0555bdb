package io.github.mqttmanager.broker;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys as text (RFC 7468). */
public final class Pem {
    private static final int MAX_LENGTH = 200_000;
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (RSA |EC |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");

    private Pem() {}

    /**
     * The certificates in the text.
     *
     * @param what names the text in refusals
     * @throws IllegalArgumentException if there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(String pem, String what) {
        if (pem.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(what + " must not be longer than " + MAX_LENGTH + " characters");
        }
        int begin = pem.indexOf("-----BEGIN CERTIFICATE-----");
        if (begin < 0) {
            throw new IllegalArgumentException(what + " must be PEM: -----BEGIN CERTIFICATE----- was not found");
        }
        try {
            Collection<?> read = CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(pem.substring(begin).getBytes(StandardCharsets.US_ASCII)));
            if (read.isEmpty()) {
                throw new IllegalArgumentException(what + " holds no certificate");
            }
            return read.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException e) {
            throw new IllegalArgumentException(what + " holds a certificate that cannot be read", e);
        }
    }

    /**
     * The private key in the text: RSA, elliptic curve or Edwards curve, as PKCS #8 or as OpenSSL wrote it before (PKCS #1, SEC 1).
     *
     * @throws IllegalArgumentException if it is none, or needs a password; the message says nothing of its content
     */
    public static PrivateKey privateKey(Secret pem) {
        Matcher matcher = KEY.matcher(new String(pem.reveal(), StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw new IllegalArgumentException(
                    "private key must be in PEM without a password: -----BEGIN PRIVATE KEY----- was not found");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(matcher.group(2));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("private key is no valid Base64");
        }
        byte[] pkcs8 = switch (matcher.group(1)) {
            case "RSA " -> Der.pkcs8(Der.RSA, der);
            case "EC " -> Der.pkcs8(Der.ellipticCurve(der), der);
            default -> der;
        };
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // not this algorithm
            }
        }
        throw new IllegalArgumentException("private key is of no known kind (RSA, EC, Ed25519)");
    }
}
