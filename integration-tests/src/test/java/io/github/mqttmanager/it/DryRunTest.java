package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.ConnectionTest;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.NetworkPolicy;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A definition is tested before it is stored, against brokers that nobody here wrote and against one that does as it is told. */
class DryRunTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = Certificates.make();
    }

    @AfterAll
    static void deleteCertificates() {
        certificates.close();
    }

    private static ConnectionTest test(Host host, BrokerDefinition definition) {
        return host.manager
                .testConnection(definition)
                .orTimeout(40, TimeUnit.SECONDS)
                .join();
    }

    private static List<String> steps(ConnectionTest test) {
        return test.steps().stream()
                .map(step -> step.stage() + " " + step.outcome())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void goesThroughAllStepsOverTlsAndShowsTheCertificate(MqttVersion version) {
        try (Mosquitto mosquitto = certificates.mosquitto("server");
                Host host = new Host()) {
            BrokerDefinition definition = BrokerDefinition.builder("m", "localhost", mosquitto.port())
                    .mqttVersion(version)
                    .tls(TlsSettings.authorities(certificates.authority()))
                    .active(false)
                    .build();
            host.manager.save(definition);
            host.manager.save(Device.builder("d", "m").build());
            ConnectionTest test = test(host, definition);

            assertThat(test.succeeded()).as(String.valueOf(test.failure())).isTrue();
            assertThat(steps(test))
                    .containsExactly("DNS PASSED", "TCP PASSED", "TLS PASSED", "MQTT PASSED", "SUBSCRIBE PASSED");
            assertThat(test.steps()).allSatisfy(step -> assertThat(step.took()).isBetween(Duration.ZERO, SOON));
            assertThat(test.certificate()).isNotNull();
            assertThat(test.certificate().subject()).contains("server");
            assertThat(test.grants()).isNotNull();
            assertThat(test.subscriptions()).isNotEmpty();
            assertThat(host.status("m").state()).isEqualTo(ConnectionState.DISCONNECTED);
        }
    }

    @Test
    void aFailedHandshakeShowsTheCertificateThatWasNotBelieved() {
        try (Mosquitto mosquitto = certificates.mosquitto("expired");
                Host host = new Host()) {
            ConnectionTest test = test(
                    host,
                    BrokerDefinition.builder("m", "localhost", mosquitto.port())
                            .tls(TlsSettings.authorities(certificates.authority()))
                            .build());
            assertThat(steps(test))
                    .containsExactly("DNS PASSED", "TCP PASSED", "TLS FAILED", "MQTT SKIPPED", "SUBSCRIBE SKIPPED");
            assertThat(test.failure().kind()).isEqualTo(FailureKind.TLS_EXPIRED);
            assertThat(test.certificate()).isNotNull();
        }
    }

    @Test
    void aWrongPasswordFailsAtMqttAndAppearsNowhere() {
        try (Mosquitto mosquitto = Mosquitto.withUser("user", "pass");
                Host host = new Host()) {
            ConnectionTest test = test(
                    host,
                    Host.broker("m", mosquitto.port())
                            .credentials("user", "a-wrong-canary")
                            .build());
            assertThat(steps(test)).containsExactly("DNS PASSED", "TCP PASSED", "MQTT FAILED", "SUBSCRIBE SKIPPED");
            assertThat(test.failure().retryable()).isFalse();
            assertThat(test.toString()).doesNotContain("a-wrong-canary");
        }
    }

    @Test
    void aClosedPortFailsAtTcpAndTheNextEndpointIsTried() {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            int closed = Mosquitto.freePort();
            BrokerDefinition definition = Host.broker("m", closed).build();
            ConnectionTest alone = test(host, definition);
            assertThat(steps(alone)).startsWith("DNS PASSED", "TCP FAILED");
            assertThat(alone.failure().kind()).isEqualTo(FailureKind.TCP_REFUSED);

            Endpoint second = Endpoint.of("127.0.0.1", mosquitto.port());
            ConnectionTest both = test(
                    host,
                    definition.toBuilder()
                            .endpoints(List.of(Endpoint.of("127.0.0.1", closed), second))
                            .build());
            assertThat(both.succeeded()).isTrue();
            assertThat(both.endpoint()).isEqualTo(second);
        }
    }

    @Test
    void aForbiddenAddressIsNotConnectedTo() {
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host((d, p) -> {}, builder -> builder.networkPolicy(NetworkPolicy.publicForOwned()))) {
            ConnectionTest test =
                    test(host, Host.broker("m", broker.port()).owner("tenant").build());
            assertThat(steps(test)).startsWith("DNS FAILED", "TCP SKIPPED");
            assertThat(test.failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
            assertThat(broker.acceptedConnections()).isZero();
        }
    }

    @Test
    void theConnectionThatExistsIsNotTouchedAndNothingIsLeftOfTheTest() {
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host()) {
            BrokerDefinition definition = Host.broker("m", broker.port())
                    .will(new Will(
                            TopicName.of("gone"),
                            "canary".getBytes(StandardCharsets.UTF_8),
                            QoS.AT_LEAST_ONCE,
                            false,
                            Duration.ZERO))
                    .build();
            host.manager.save(definition);
            host.awaitConnected("m");
            int packets = broker.received(PacketType.CONNECT).size();
            assertThat(text(broker.received(PacketType.CONNECT).get(0).bytes()))
                    .contains(definition.clientIdentifier(), "canary");

            assertThat(test(host, definition).succeeded()).isTrue();

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(broker.openConnections()).isEqualTo(1));
            assertThat(broker.received(PacketType.CONNECT)).hasSize(packets + 1);
            assertThat(text(broker.received(PacketType.CONNECT).get(packets).bytes()))
                    .contains("mm-test-")
                    .doesNotContain(definition.clientIdentifier(), "canary");
            assertThat(host.status("m").state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(host.manager.history(BrokerId.of("m"))).hasSize(1);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void whoCancelsEndsItAtOnce() {
        try (ScriptedBroker silent = ScriptedBroker.start().on(PacketType.CONNECT, Reaction.silence());
                Host host = new Host()) {
            CompletableFuture<ConnectionTest> test =
                    host.manager.testConnection(Host.broker("m", silent.port()).build());
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(silent.received(PacketType.CONNECT)).hasSize(1));
            test.cancel(true);
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(silent.openConnections()).isZero());
        }
    }

    @Test
    void aBrokerThatStaysSilentIsToldWithinItsTimeLimit() {
        try (ScriptedBroker silent = ScriptedBroker.start().on(PacketType.CONNECT, Reaction.silence());
                Host host = new Host()) {
            ConnectionTest test = test(host, Host.broker("m", silent.port()).build());
            assertThat(test.failure().kind()).isEqualTo(FailureKind.MQTT_CONNACK_TIMEOUT);
            assertThat(test.failure().stage()).isEqualTo(ConnectionStage.MQTT);
            assertThat(test.took()).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void manyTestsAtOnceLeaveNoConnection() {
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host()) {
            List<CompletableFuture<ConnectionTest>> tests = IntStream.range(0, 200)
                    .mapToObj(i -> host.manager.testConnection(
                            Host.broker("m" + i, broker.port()).build()))
                    .toList();
            for (int i = 0; i < tests.size(); i += 2) {
                tests.get(i).cancel(true);
            }
            for (int i = 1; i < tests.size(); i += 2) {
                assertThat(tests.get(i).orTimeout(60, TimeUnit.SECONDS).join().succeeded())
                        .isTrue();
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(broker.openConnections()).isZero());
        }
    }
}
