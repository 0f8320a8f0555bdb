package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientSslConfigBuilder;
import io.github.mqttmanager.broker.Pem;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.TlsSettings;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes what the client needs for TLS out of the settings; one per link, for the client compares by identity. */
final class TlsMaterial {
    private final TlsBundles bundles;
    private @Nullable TlsSettings made;
    private @Nullable TrustManagerFactory trust;
    private @Nullable KeyManagerFactory key;
    private @Nullable TrustManagerFactory bundleTrust;
    private volatile @Nullable BrokerCertificate certificate;

    TlsMaterial(TlsBundles bundles) {
        this.bundles = bundles;
    }

    /** @throws IllegalArgumentException if the material cannot be used */
    synchronized MqttClientSslConfig config(TlsSettings settings, Duration handshakeTimeout) {
        if (settings.trust() instanceof TlsSettings.Bundle bundle) {
            TlsBundles.Material material = bundles.bundle(bundle.name());
            if (trust == null || bundleTrust != material.trust()) {
                bundleTrust = material.trust();
                trust = witnessed(material.trust());
            }
            key = material.key();
        } else if (!settings.equals(made)) {
            try {
                trust = trust(settings.trust());
                key = settings.clientCertificate() == null ? null : key(settings.clientCertificate());
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalArgumentException("TLS material cannot be used: " + e.getMessage(), e);
            }
            made = settings;
        }
        MqttClientSslConfigBuilder builder = MqttClientSslConfig.builder()
                .trustManagerFactory(trust)
                .keyManagerFactory(key)
                .protocols(
                        settings.minimumVersion() == TlsSettings.Version.TLS_1_3
                                ? List.of("TLSv1.3")
                                : List.of("TLSv1.3", "TLSv1.2"))
                .handshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        if (!settings.verifyHostname() || settings.trust() instanceof TlsSettings.Pinned) {
            builder.hostnameVerifier((host, session) -> true);
        }
        return builder.build();
    }

    /** Whether the other side has ever shown a certificate. */
    boolean isSpoken() {
        return certificate != null;
    }

    /** What it showed last. */
    @Nullable
    BrokerCertificate certificate() {
        return certificate;
    }

    private TrustManagerFactory trust(TlsSettings.Trust trust) throws GeneralSecurityException, IOException {
        if (trust instanceof TlsSettings.Pinned pinned) {
            return new FixedTrust(new PinnedCertificate(pinned.sha256(), this::seen));
        }
        KeyStore store = null;
        if (trust instanceof TlsSettings.Authorities authorities) {
            store = emptyStore();
            int n = 0;
            for (X509Certificate certificate : Pem.certificates(authorities.pem(), "CA certificate")) {
                store.setCertificateEntry("ca-" + n++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return witnessed(factory);
    }

    private TrustManagerFactory witnessed(TrustManagerFactory factory) {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return new FixedTrust(new WitnessedTrust(extended, this::seen));
            }
        }
        return factory;
    }

    private void seen(X509Certificate shown) {
        String fingerprint;
        try {
            fingerprint = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(shown.getEncoded()));
        } catch (GeneralSecurityException e) {
            fingerprint = "";
        }
        certificate = new BrokerCertificate(
                Failures.clean(shown.getSubjectX500Principal().getName()),
                Failures.clean(shown.getIssuerX500Principal().getName()),
                shown.getNotAfter().toInstant(),
                fingerprint);
    }

    private static KeyManagerFactory key(TlsSettings.ClientCertificate client)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        Certificate[] chain =
                Pem.certificates(client.certificatePem(), "client certificate").toArray(Certificate[]::new);
        store.setKeyEntry("client", Pem.privateKey(client.key()), new char[0], chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
