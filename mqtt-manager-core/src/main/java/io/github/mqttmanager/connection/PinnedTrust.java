package io.github.mqttmanager.connection;

import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import javax.net.ssl.X509TrustManager;

/** Believes exactly one certificate. */
final class PinnedTrust extends TrustManagerFactory {
    PinnedTrust(String sha256) {
        super(new Spi(sha256), new NoProvider(), "pinned");
    }

    private static final class NoProvider extends Provider {
        private static final long serialVersionUID = 1L;

        NoProvider() {
            super("mqtt-manager", "1", "one pinned certificate");
        }
    }

    private static final class Spi extends TrustManagerFactorySpi {
        private final Pin pin;

        Spi(String sha256) {
            pin = new Pin(sha256);
        }

        @Override
        protected void engineInit(KeyStore store) {}

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {}

        @Override
        protected TrustManager[] engineGetTrustManagers() {
            return new TrustManager[] {pin};
        }
    }

    private record Pin(String sha256) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
                if (!MessageDigest.isEqual(digest, HexFormat.of().parseHex(sha256))) {
                    throw new CertificateException("certificate is not the pinned one; its SHA-256 fingerprint is "
                            + HexFormat.of().formatHex(digest));
                }
            } catch (NoSuchAlgorithmException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
