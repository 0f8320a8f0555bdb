package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.NetworkPolicy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of failure, made by what really causes it. */
class FailureKindsTest {
    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = Certificates.make();
    }

    @AfterAll
    static void deleteCertificates() {
        certificates.close();
    }

    @Test
    void unknownHost() {
        ConnectionFailure failure =
                failure(BrokerDefinition.builder("m", "broker.invalid", 1883).build());
        assertThat(failure.kind()).isIn(FailureKind.DNS_UNKNOWN_HOST, FailureKind.DNS_TIMEOUT);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.DNS);
        assertThat(failure.message()).contains("broker.invalid");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void closedPort() {
        int port = Mosquitto.freePort();
        ConnectionFailure failure = failure(Host.broker("m", port).build());
        assertThat(failure.kind()).isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TCP);
        assertThat(failure.message()).contains("127.0.0.1:" + port);
    }

    @Test
    void silentListener() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ConnectionFailure failure =
                    failure(Host.broker("m", silent.getLocalPort()).build());
            assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_CONNACK_TIMEOUT);
            assertThat(failure.stage()).isEqualTo(ConnectionStage.MQTT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongPassword(MqttVersion version) {
        try (Mosquitto mosquitto = Mosquitto.withUser("user", "pass")) {
            ConnectionFailure failure = failure(Host.broker("m", mosquitto.port())
                    .mqttVersion(version)
                    .credentials("user", "a-wrong-canary")
                    .build());
            // Mosquitto does not tell a wrong password from a missing right, in either version.
            assertThat(failure.kind()).isIn(FailureKind.MQTT_NOT_AUTHORIZED, FailureKind.MQTT_BAD_CREDENTIALS);
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.reasonCode()).isNotNull();
            assertThat(failure.message() + failure.remedy()).contains("user").doesNotContain("a-wrong-canary");
        }
    }

    @Test
    void theRightPasswordConnects() {
        try (Mosquitto mosquitto = Mosquitto.withUser("user", "pass");
                Host host = new Host()) {
            host.manager.save(Host.broker("m", mosquitto.port())
                    .credentials("user", "pass")
                    .build());
            host.awaitConnected("m");
        }
    }

    @Test
    void certificateOfAnUnknownAuthority() {
        try (Mosquitto mosquitto = certificates.mosquitto("server")) {
            ConnectionFailure failure = failure(BrokerDefinition.builder("m", "localhost", mosquitto.port())
                    .tls(TlsSettings.SYSTEM)
                    .build());
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_UNKNOWN_CA);
            assertThat(failure.stage()).isEqualTo(ConnectionStage.TLS);
            assertThat(failure.retryable()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void ownAuthorityConnects(MqttVersion version) {
        try (Mosquitto mosquitto = certificates.mosquitto("server");
                Host host = new Host()) {
            host.manager.save(BrokerDefinition.builder("m", "localhost", mosquitto.port())
                    .mqttVersion(version)
                    .tls(TlsSettings.authorities(certificates.authority()))
                    .build());
            host.awaitConnected("m");
            assertThat(host.status("m").certificate()).isNotNull();
            assertThat(host.status("m").certificate().subject()).contains("server");
            assertThat(host.status("m").certificate().expiresAt()).isAfter(Instant.now());
        }
    }

    @Test
    void certificateForAnotherHost() {
        try (Mosquitto mosquitto = certificates.mosquitto("elsewhere")) {
            ConnectionFailure failure = failure(BrokerDefinition.builder("m", "localhost", mosquitto.port())
                    .tls(TlsSettings.authorities(certificates.authority()))
                    .build());
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_HOSTNAME_MISMATCH);
        }
    }

    @Test
    void expiredCertificate() {
        try (Mosquitto mosquitto = certificates.mosquitto("expired")) {
            ConnectionFailure failure = failure(BrokerDefinition.builder("m", "localhost", mosquitto.port())
                    .tls(TlsSettings.authorities(certificates.authority()))
                    .build());
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_EXPIRED);
        }
    }

    @Test
    void tlsToAPlainPort() {
        try (Mosquitto mosquitto = Mosquitto.start()) {
            ConnectionFailure failure = failure(
                    Host.broker("m", mosquitto.port()).tls(TlsSettings.SYSTEM).build());
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_NOT_TLS);
        }
    }

    @Test
    void plainToATlsPort() {
        try (Mosquitto mosquitto = certificates.mosquitto("server")) {
            ConnectionFailure failure =
                    failure(Host.broker("m", mosquitto.port()).build());
            assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_CLOSED_EARLY);
            assertThat(failure.remedy()).contains("TLS");
        }
    }

    @Test
    void addressThatThePolicyForbids() {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host((d, p) -> {}, builder -> builder.networkPolicy(NetworkPolicy.publicForOwned()))) {
            host.manager.save(
                    Host.broker("owned", mosquitto.port()).owner("tenant").build());
            host.awaitState("owned", ConnectionState.FAILED);
            ConnectionFailure failure = host.status("owned").failure();
            assertThat(failure).isNotNull();
            assertThat(failure.kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
            host.manager.save(Host.broker("own", mosquitto.port()).build());
            host.awaitConnected("own");
        }
    }

    private static ConnectionFailure failure(BrokerDefinition definition) {
        try (Host host = new Host()) {
            host.manager.save(definition);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(host.manager.status(BrokerId.of("m")))
                            .hasValueSatisfying(
                                    status -> assertThat(status.failure()).isNotNull()));
            ConnectionFailure failure = host.status("m").failure();
            assertThat(failure).isNotNull();
            assertThat(failure.message()).isNotBlank();
            assertThat(failure.remedy()).isNotBlank();
            assertThat(failure.kind()).isNotEqualTo(FailureKind.UNKNOWN);
            assertThat(host.status("m").state())
                    .isIn(
                            failure.retryable()
                                    ? new ConnectionState[] {ConnectionState.RECONNECTING, ConnectionState.CONNECTING}
                                    : new ConnectionState[] {ConnectionState.FAILED});
            assertThat(failure.stage()).isEqualTo(failure.kind().stage());
            return failure;
        }
    }
}
