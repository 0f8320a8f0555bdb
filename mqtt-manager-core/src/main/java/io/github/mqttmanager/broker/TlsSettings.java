package io.github.mqttmanager.broker;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the broker proves who it is, and how we do.
 *
 * @param trust whom to believe
 * @param clientCertificate what we show when the broker asks, or null
 * @param verifyHostname whether the certificate must be for the host that we connect to; switch it off only for tests
 * @param minimumVersion the oldest version of TLS to accept
 */
public record TlsSettings(
        Trust trust, @Nullable ClientCertificate clientCertificate, boolean verifyHostname, Version minimumVersion) {
    /** The authorities of the Java runtime, with the host name verified. */
    public static final TlsSettings SYSTEM = new TlsSettings(new SystemTrust(), null, true, Version.TLS_1_2);

    /** The authorities in the PEM text, with the host name verified. */
    public static TlsSettings authorities(String pem) {
        return SYSTEM.withTrust(new Authorities(pem));
    }

    public TlsSettings withTrust(Trust trust) {
        return new TlsSettings(trust, clientCertificate, verifyHostname, minimumVersion);
    }

    public TlsSettings withClientCertificate(@Nullable ClientCertificate certificate) {
        return new TlsSettings(trust, certificate, verifyHostname, minimumVersion);
    }

    public TlsSettings withVerifyHostname(boolean verify) {
        return new TlsSettings(trust, clientCertificate, verify, minimumVersion);
    }

    /** Whom to believe. */
    public sealed interface Trust permits SystemTrust, Authorities, Pinned, Bundle {}

    /** The authorities that come with the Java runtime. */
    public record SystemTrust() implements Trust {}

    /**
     * Own certificate authorities.
     *
     * @param pem one or more certificates in PEM
     */
    public record Authorities(String pem) implements Trust {
        /** @throws IllegalArgumentException if no certificate can be read from the text */
        public Authorities {
            Pem.certificates(pem, "CA certificate");
        }

        @Override
        public String toString() {
            return "Authorities[" + Pem.certificates(pem, "CA certificate").size() + "]";
        }
    }

    /**
     * Exactly one certificate, whoever signed it and whatever its dates say.
     *
     * @param sha256 its SHA-256 fingerprint: 64 hexadecimal digits, colons allowed
     */
    public record Pinned(String sha256) implements Trust {
        /** @throws IllegalArgumentException if the fingerprint is not 64 hexadecimal digits */
        public Pinned {
            sha256 = sha256.replace(":", "").toLowerCase(Locale.ROOT);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "pinned certificate must be a SHA-256 fingerprint of 64 hexadecimal digits");
            }
        }
    }

    /**
     * Trust and key material that the host keeps under a name, replaced there when it is renewed.
     *
     * @param name known to the host's {@code TlsBundles}
     */
    public record Bundle(String name) implements Trust {
        public Bundle {
            Checks.text(name, "TLS bundle", 100);
        }
    }

    /**
     * What we show to a broker that asks for a certificate.
     *
     * @param certificatePem our certificate, followed by those that signed it
     * @param key its private key in PEM without a password, PKCS #8, PKCS #1 or SEC 1
     */
    public record ClientCertificate(String certificatePem, Secret key) {
        /** @throws IllegalArgumentException if certificate or key cannot be read */
        public ClientCertificate {
            Pem.certificates(certificatePem, "client certificate");
            Pem.privateKey(key);
        }

        @Override
        public String toString() {
            return "ClientCertificate[hidden]";
        }
    }

    /** Versions of TLS. */
    public enum Version {
        TLS_1_2,
        TLS_1_3
    }
}
