package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.test.ScriptedBroker;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of TLS, against servers of OpenSSL (Mosquitto) and of the JDK. */
class FailureKindsOfTlsTest {
    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = Certificates.make();
    }

    @AfterAll
    static void deleteCertificates() {
        certificates.close();
    }

    private static BrokerDefinition definition(int port, TlsSettings tls) {
        return BrokerDefinition.builder("m", "localhost", port).tls(tls).build();
    }

    private static TlsSettings own() {
        return TlsSettings.authorities(certificates.authority());
    }

    private static ConnectionFailure expect(FailureKind kind, BrokerDefinition definition) {
        ConnectionFailure failure = Failing.of(definition);
        assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TLS);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.reasonCode()).isNull();
        return failure;
    }

    @ParameterizedTest
    @EnumSource
    void ownAuthorityConnects(MqttVersion version) {
        try (Mosquitto mosquitto = certificates.mosquitto("server");
                Host host = new Host()) {
            host.manager.save(BrokerDefinition.builder("m", "localhost", mosquitto.port())
                    .mqttVersion(version)
                    .tls(own())
                    .build());
            host.awaitConnected("m");
            assertThat(host.status("m").certificate()).isNotNull();
            assertThat(host.status("m").certificate().subject()).contains("server");
            assertThat(host.status("m").certificate().expiresAt()).isAfter(Instant.now());
        }
    }

    @Test
    void certificateOfAnUnknownAuthority() {
        try (Mosquitto mosquitto = certificates.mosquitto("server")) {
            ConnectionFailure failure =
                    expect(FailureKind.TLS_UNKNOWN_CA, definition(mosquitto.port(), TlsSettings.SYSTEM));
            assertThat(failure.message()).contains("CN=Test CA");
            assertThat(failure.remedy()).contains("CA certificate");
        }
    }

    @Test
    void certificateThatIsNotThePinnedOne() {
        try (Mosquitto mosquitto = certificates.mosquitto("server")) {
            ConnectionFailure failure = expect(
                    FailureKind.TLS_UNKNOWN_CA,
                    definition(
                            mosquitto.port(), TlsSettings.SYSTEM.withTrust(new TlsSettings.Pinned("ab".repeat(32)))));
            assertThat(failure.message()).containsPattern("[0-9a-f]{64}");
            assertThat(failure.remedy()).contains("pin");
        }
    }

    @Test
    void certificateForAnotherHost() {
        try (Mosquitto mosquitto = certificates.mosquitto("elsewhere")) {
            ConnectionFailure failure = expect(FailureKind.TLS_HOSTNAME_MISMATCH, definition(mosquitto.port(), own()));
            assertThat(failure.message()).contains("broker.example");
        }
    }

    @Test
    void expiredCertificate() {
        try (Mosquitto mosquitto = certificates.mosquitto("expired")) {
            ConnectionFailure failure = expect(FailureKind.TLS_EXPIRED, definition(mosquitto.port(), own()));
            assertThat(failure.message()).containsPattern("expired on 20\\d\\d-");
        }
    }

    @Test
    void certificateOfTheFuture() {
        try (Mosquitto mosquitto = certificates.mosquitto("future")) {
            ConnectionFailure failure = expect(FailureKind.TLS_NOT_YET_VALID, definition(mosquitto.port(), own()));
            assertThat(failure.message()).containsPattern("from 20\\d\\d-");
            assertThat(failure.remedy()).contains("clock");
        }
    }

    @Test
    void tlsToAPlainPort() {
        try (Mosquitto mosquitto = Mosquitto.start()) {
            ConnectionFailure failure =
                    expect(FailureKind.TLS_NOT_TLS, definition(mosquitto.port(), TlsSettings.SYSTEM));
            assertThat(failure.message()).contains(String.valueOf(mosquitto.port()));
            assertThat(failure.remedy()).contains("8883");
        }
    }

    @Test
    void tlsToAServerThatSpeaksFirst() {
        try (ScriptedBroker broker = ScriptedBroker.start().greet("SSH-2.0-OpenSSH_9.2p1\r\n".getBytes())) {
            expect(FailureKind.TLS_NOT_TLS, definition(broker.port(), TlsSettings.SYSTEM));
        }
    }

    @ParameterizedTest
    @EnumSource
    void plainToATlsPort(MqttVersion version) {
        try (Mosquitto mosquitto = certificates.mosquitto("server")) {
            ConnectionFailure failure = Failing.of(
                    Host.broker("m", mosquitto.port()).mqttVersion(version).build());
            assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_CLOSED_EARLY);
            assertThat(failure.remedy()).contains("TLS");
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void noCommonVersion() {
        try (ScriptedBroker broker = listener("TLSv1.2", false)) {
            expect(
                    FailureKind.TLS_PROTOCOL,
                    definition(broker.port(), new TlsSettings(own().trust(), null, true, TlsSettings.Version.TLS_1_3)));
        }
    }

    /** A server without a certificate for any cipher that we offer. */
    @Test
    void noCommonCipher() throws Exception {
        SSLContext empty = SSLContext.getInstance("TLS");
        empty.init(null, null, null);
        try (ScriptedBroker broker = ScriptedBroker.start(empty)) {
            expect(FailureKind.TLS_PROTOCOL, definition(broker.port(), TlsSettings.SYSTEM));
        }
    }

    /** In TLS 1.3 the handshake has succeeded for us when the broker says so, and CONNECT is on its way. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void listenerThatDemandsAClientCertificate(String version) {
        try (ScriptedBroker broker = listener(version, true)) {
            for (int i = 0; i < 10; i++) {
                expectCertificateWanted(broker.port());
            }
        }
    }

    @Test
    void brokerThatDemandsAClientCertificate() {
        try (Mosquitto mosquitto = certificates.mosquitto("server", "require_certificate true")) {
            for (int i = 0; i < 10; i++) {
                expectCertificateWanted(mosquitto.port());
            }
        }
    }

    private static void expectCertificateWanted(int port) {
        ConnectionFailure failure = expect(FailureKind.TLS_CLIENT_CERT_REQUIRED, definition(port, own()));
        assertThat(failure.message()).contains("client certificate");
        assertThat(failure.remedy()).contains("client certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientCertificateOfAnUnknownAuthority(String version) {
        try (ScriptedBroker broker = listener(version, true)) {
            expectCertificateRejected(broker.port());
        }
    }

    @Test
    void clientCertificateOfAnAuthorityThatTheBrokerDoesNotKnow() {
        try (Mosquitto mosquitto = certificates.mosquitto("server", "require_certificate true")) {
            expectCertificateRejected(mosquitto.port());
        }
    }

    private static void expectCertificateRejected(int port) {
        ConnectionFailure failure = expect(
                FailureKind.TLS_CLIENT_CERT_REJECTED,
                definition(port, own().withClientCertificate(certificates.pair("stranger"))));
        assertThat(failure.message()).contains("client certificate");
        assertThat(failure.remedy()).contains("authority");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3", "mosquitto"})
    void theRightClientCertificateConnects(String server) {
        Mosquitto mosquitto =
                server.equals("mosquitto") ? certificates.mosquitto("server", "require_certificate true") : null;
        try (@Nullable Mosquitto real = mosquitto;
                @Nullable ScriptedBroker scripted = real == null ? listener(server, true) : null;
                Host host = new Host()) {
            host.manager.save(definition(
                    real == null ? scripted.port() : real.port(),
                    own().withClientCertificate(certificates.pair("client"))));
            host.awaitConnected("m");
        }
    }

    private static ScriptedBroker listener(String version, boolean clientCertificate) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setNeedClientAuth(clientCertificate);
        return ScriptedBroker.start(certificates.context("server"), parameters);
    }
}
