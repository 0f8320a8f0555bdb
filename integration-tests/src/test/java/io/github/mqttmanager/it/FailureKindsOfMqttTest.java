package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Refusals and ends that MQTT has words for, and those that it has none for. */
class FailureKindsOfMqttTest {
    private static final String PASSWORD = "a-wrong-canary";

    private static BrokerDefinition definition(int port, MqttVersion version) {
        return Host.broker("m", port)
                .mqttVersion(version)
                .clientIdentifier("plant-7")
                .credentials("ann", PASSWORD)
                .build();
    }

    private static ConnectionFailure expect(FailureKind kind, ConnectionFailure failure) {
        assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
        assertThat(failure.stage()).isEqualTo(kind.stage());
        assertThat(failure.retryable()).isEqualTo(kind.isRetryable());
        return failure;
    }

    // ---- real brokers

    @ParameterizedTest
    @EnumSource
    void wrongPassword(MqttVersion version) {
        try (Mosquitto mosquitto = Mosquitto.withUser("ann", "pass")) {
            // Mosquitto does not tell a wrong password from a missing right, in either version.
            ConnectionFailure failure =
                    expect(FailureKind.MQTT_NOT_AUTHORIZED, Failing.of(definition(mosquitto.port(), version)));
            assertThat(failure.reasonCode()).isEqualTo(version == MqttVersion.V5 ? 0x87 : 5);
            assertThat(failure.message()).contains("user ann", "plant-7");
            assertThat(failure.remedy()).contains("password");
        }
    }

    /** HiveMQ CE tells them apart. */
    @ParameterizedTest
    @EnumSource
    void wrongPasswordAtABrokerThatSaysSo(MqttVersion version) {
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().user("ann", "pass").start()) {
            ConnectionFailure failure = Failing.of(definition(broker.port(), version));
            assertThat(failure.kind()).isIn(FailureKind.MQTT_BAD_CREDENTIALS, FailureKind.MQTT_NOT_AUTHORIZED);
            assertThat(failure.message()).contains("user ann");
            assertThat(failure.retryable()).isFalse();
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

    /** MQTT 3.1.1 has no DISCONNECT from the broker, and this Mosquitto does not send the one of MQTT 5. */
    @Test
    void brokerThatIsKilled() {
        try (Mosquitto mosquitto = Mosquitto.start()) {
            expect(
                    FailureKind.CONNECTION_LOST,
                    Failing.afterConnecting(definition(mosquitto.port(), MqttVersion.V5), mosquitto::kill));
        }
    }

    @Test
    void linkThatIsCut() {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port())) {
            ConnectionFailure failure = expect(
                    FailureKind.CONNECTION_LOST,
                    Failing.afterConnecting(definition(proxy.port(), MqttVersion.V5), proxy::cut));
            assertThat(failure.message()).contains("reset");
        }
    }

    // ---- refused by CONNACK

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(MqttVersion.V5, 0x84, FailureKind.MQTT_VERSION_UNSUPPORTED, "MQTT 5"),
                arguments(MqttVersion.V3_1_1, 1, FailureKind.MQTT_VERSION_UNSUPPORTED, "MQTT 3.1.1"),
                arguments(MqttVersion.V5, 0x85, FailureKind.MQTT_CLIENT_ID_REJECTED, "plant-7"),
                arguments(MqttVersion.V3_1_1, 2, FailureKind.MQTT_CLIENT_ID_REJECTED, "plant-7"),
                arguments(MqttVersion.V5, 0x86, FailureKind.MQTT_BAD_CREDENTIALS, "user ann"),
                arguments(MqttVersion.V3_1_1, 4, FailureKind.MQTT_BAD_CREDENTIALS, "user ann"),
                arguments(MqttVersion.V5, 0x87, FailureKind.MQTT_NOT_AUTHORIZED, "user ann"),
                arguments(MqttVersion.V3_1_1, 5, FailureKind.MQTT_NOT_AUTHORIZED, "user ann"),
                arguments(MqttVersion.V5, 0x88, FailureKind.MQTT_SERVER_UNAVAILABLE, "server unavailable"),
                arguments(MqttVersion.V3_1_1, 3, FailureKind.MQTT_SERVER_UNAVAILABLE, "server unavailable"),
                arguments(MqttVersion.V5, 0x89, FailureKind.MQTT_SERVER_UNAVAILABLE, "server busy"),
                arguments(MqttVersion.V5, 0x97, FailureKind.MQTT_SERVER_UNAVAILABLE, "quota exceeded"),
                arguments(MqttVersion.V5, 0x9F, FailureKind.MQTT_SERVER_UNAVAILABLE, "connection rate exceeded"),
                arguments(MqttVersion.V5, 0x8A, FailureKind.MQTT_BANNED, "plant-7"),
                arguments(MqttVersion.V5, 0x80, FailureKind.UNKNOWN, "unspecified error"),
                arguments(MqttVersion.V5, 0x83, FailureKind.UNKNOWN, "0x83"),
                arguments(MqttVersion.V5, 0x81, FailureKind.MQTT_PROTOCOL, "malformed packet"),
                arguments(MqttVersion.V5, 0x82, FailureKind.MQTT_PROTOCOL, "protocol error"),
                arguments(MqttVersion.V5, 0x8C, FailureKind.MQTT_PROTOCOL, "bad authentication method"),
                arguments(MqttVersion.V5, 0x90, FailureKind.MQTT_PROTOCOL, "topic name invalid"),
                arguments(MqttVersion.V5, 0x95, FailureKind.MQTT_PROTOCOL, "packet too large"),
                arguments(MqttVersion.V5, 0x9A, FailureKind.MQTT_PROTOCOL, "retain not supported"),
                arguments(MqttVersion.V5, 0x9B, FailureKind.MQTT_PROTOCOL, "QoS not supported"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusal(MqttVersion version, int code, FailureKind kind, String named) {
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.CONNECT, Reaction.connAck(code))) {
            ConnectionFailure failure = expect(kind, Failing.of(definition(broker.port(), version)));
            assertThat(failure.reasonCode()).isEqualTo(code);
            assertThat(failure.message())
                    .contains(named, version == MqttVersion.V5 ? String.format("0x%02X", code) : "return code " + code);
        }
    }

    @Test
    void refusalOfAClientWithoutAName() {
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.CONNECT, Reaction.connAck(0x87))) {
            ConnectionFailure failure = expect(
                    FailureKind.MQTT_NOT_AUTHORIZED,
                    Failing.of(Host.broker("m", broker.port()).build()));
            assertThat(failure.message()).contains("without a user name");
        }
    }

    static Stream<Arguments> redirects() {
        return Stream.of(
                arguments(0x9C, "other.example:8883"), arguments(0x9D, "other.example:8883"), arguments(0x9D, null));
    }

    @ParameterizedTest
    @MethodSource("redirects")
    void redirect(int code, String target) {
        try (ScriptedBroker broker =
                ScriptedBroker.start().on(PacketType.CONNECT, Reaction.connAck(code, null, target))) {
            ConnectionFailure failure =
                    expect(FailureKind.MQTT_REDIRECT, Failing.of(definition(broker.port(), MqttVersion.V5)));
            assertThat(failure.reasonCode()).isEqualTo(code);
            assertThat(failure.message()).contains(target == null ? "another server" : target);
        }
    }

    @Test
    void whatTheBrokerSaysIsShownCleanedAndBoundedAndWithoutOurPassword() {
        String reason = "come back\r\n2030 INFO forged \u202e\u001b[31m " + PASSWORD + " " + "x".repeat(5_000);
        try (ScriptedBroker broker =
                ScriptedBroker.start().on(PacketType.CONNECT, Reaction.connAck(0x89, reason, null))) {
            ConnectionFailure failure =
                    expect(FailureKind.MQTT_SERVER_UNAVAILABLE, Failing.of(definition(broker.port(), MqttVersion.V5)));
            assertThat(failure.message())
                    .contains("it says: come back", "forged", "(hidden)", "xxx")
                    .doesNotContain("\r", "\n", "\u202e", "\u001b", PASSWORD)
                    .hasSizeLessThan(400);
        }
    }

    // ---- no answer to CONNECT

    @ParameterizedTest
    @EnumSource
    void earlyClose(MqttVersion version) {
        expectEarlyClose(version, Reaction.close());
    }

    @ParameterizedTest
    @EnumSource
    void earlyReset(MqttVersion version) {
        expectEarlyClose(version, Reaction.reset());
    }

    private static void expectEarlyClose(MqttVersion version, Reaction reaction) {
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.CONNECT, reaction)) {
            ConnectionFailure failure =
                    expect(FailureKind.MQTT_CLOSED_EARLY, Failing.of(definition(broker.port(), version)));
            assertThat(failure.reasonCode()).isNull();
            assertThat(failure.remedy()).contains("TLS");
        }
    }

    @ParameterizedTest
    @EnumSource
    void httpServer(MqttVersion version) {
        String answer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
                + "<html><body><h1>400 Bad Request</h1>" + "no ".repeat(50) + "</body></html>";
        try (ScriptedBroker broker = ScriptedBroker.start()
                .on(
                        PacketType.CONNECT,
                        Reaction.send(answer.getBytes(StandardCharsets.US_ASCII))
                                .then(Reaction.close()))) {
            ConnectionFailure failure =
                    expect(FailureKind.MQTT_PROTOCOL, Failing.of(definition(broker.port(), version)));
            assertThat(failure.message()).contains("does not speak MQTT");
            assertThat(failure.remedy()).contains("port");
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverThatSendsSomethingElseBeforeConnAck(MqttVersion version) {
        byte[] pingResponse = {(byte) 0xD0, 0};
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.CONNECT, Reaction.send(pingResponse))) {
            expect(FailureKind.MQTT_PROTOCOL, Failing.of(definition(broker.port(), version)));
        }
    }

    // ---- ended after CONNACK

    static Stream<Arguments> ends() {
        return Stream.of(
                arguments(0x8E, FailureKind.MQTT_SESSION_TAKEN_OVER, "plant-7"),
                arguments(0x8D, FailureKind.MQTT_KEEPALIVE_TIMEOUT, "keep-alive"),
                arguments(0x8B, FailureKind.MQTT_SERVER_UNAVAILABLE, "shutting down"),
                arguments(0x89, FailureKind.MQTT_SERVER_UNAVAILABLE, "busy"),
                arguments(0x97, FailureKind.MQTT_SERVER_UNAVAILABLE, "quota exceeded"),
                arguments(0x9F, FailureKind.MQTT_SERVER_UNAVAILABLE, "rate"),
                arguments(0x87, FailureKind.MQTT_NOT_AUTHORIZED, "user ann"),
                arguments(0x9C, FailureKind.MQTT_REDIRECT, "next.example"),
                arguments(0x9D, FailureKind.MQTT_REDIRECT, "next.example"),
                arguments(0x95, FailureKind.MQTT_PROTOCOL, "larger"),
                arguments(0x81, FailureKind.MQTT_PROTOCOL, "malformed packet"),
                arguments(0x82, FailureKind.MQTT_PROTOCOL, "protocol error"),
                arguments(0x93, FailureKind.MQTT_PROTOCOL, "receive maximum exceeded"),
                arguments(0x90, FailureKind.MQTT_PROTOCOL, "topic name invalid"),
                arguments(0x00, FailureKind.CONNECTION_LOST, "normal"),
                arguments(0x80, FailureKind.CONNECTION_LOST, "unspecified error"),
                arguments(0x98, FailureKind.CONNECTION_LOST, "administrative action"),
                arguments(0xA0, FailureKind.CONNECTION_LOST, "maximum connect time"));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void disconnectByTheBroker(int code, FailureKind kind, String named) {
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            String target = kind == FailureKind.MQTT_REDIRECT ? "next.example:1883" : null;
            ConnectionFailure failure = expect(
                    kind,
                    Failing.afterConnecting(
                            definition(broker.port(), MqttVersion.V5),
                            () -> broker.disconnectAll(code, "because", target)));
            assertThat(failure.reasonCode()).isEqualTo(code);
            assertThat(failure.message()).contains(named, String.format("0x%02X", code), "it says: because");
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeWithoutDisconnect(MqttVersion version) {
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            ConnectionFailure failure = expect(
                    FailureKind.CONNECTION_LOST,
                    Failing.afterConnecting(
                            definition(broker.port(), version),
                            () -> broker.connections().forEach(connection -> connection.close())));
            assertThat(failure.message()).contains("without saying why");
            assertThat(failure.remedy()).contains("plant-7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void reset(MqttVersion version) {
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            expect(
                    FailureKind.CONNECTION_LOST,
                    Failing.afterConnecting(definition(broker.port(), version), broker::resetAll));
        }
    }

    /** We end the connection then, and it must not read as if the broker had. */
    @ParameterizedTest
    @EnumSource
    void brokerThatSendsGarbage(MqttVersion version) {
        byte[] reserved = {0x00, 0x00};
        expectIllegal(version, reserved);
        byte[] publishOfQos3 = {0x36, 0x05, 0x00, 0x01, 'a', 0x00, 0x01};
        expectIllegal(version, publishOfQos3);
        byte[] secondConnAck = version == MqttVersion.V5
                ? new byte[] {0x20, 0x03, 0x00, 0x00, 0x00}
                : new byte[] {0x20, 0x02, 0x00, 0x00};
        expectIllegal(version, secondConnAck);
    }

    private static void expectIllegal(MqttVersion version, byte[] bytes) {
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            ConnectionFailure failure = expect(
                    FailureKind.MQTT_PROTOCOL,
                    Failing.afterConnecting(definition(broker.port(), version), () -> broker.sendAll(bytes)));
            assertThat(failure.message()).contains("MQTT does not allow", "so the connection was ended");
        }
    }

    @Test
    void packetLargerThanWeAccept() {
        byte[] header = {0x30, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x01};
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            ConnectionFailure failure = expect(
                    FailureKind.MQTT_PROTOCOL,
                    Failing.afterConnecting(definition(broker.port(), MqttVersion.V5), () -> broker.sendAll(header)));
            assertThat(failure.reasonCode()).isEqualTo(0x95);
            assertThat(failure.message()).contains("262144 bytes");
        }
    }

    // ---- connected, and yet

    @ParameterizedTest
    @EnumSource
    void refusedSubscription(MqttVersion version) {
        int code = version == MqttVersion.V5 ? 0x87 : 0x80;
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.SUBSCRIBE, Reaction.subAck(code))) {
            expectRefusedSubscription(version, broker.port(), code);
        }
    }

    @ParameterizedTest
    @EnumSource
    void subscriptionThatTheAccessControlForbids(MqttVersion version) {
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().user("ann", PASSWORD, "other/#").start()) {
            expectRefusedSubscription(version, broker.port(), version == MqttVersion.V5 ? 0x87 : 0x80);
        }
    }

    private static void expectRefusedSubscription(MqttVersion version, int port, int code) {
        BrokerStatus status = Failing.whileConnected(definition(port, version), "boiler");
        ConnectionFailure failure = expect(FailureKind.SUBSCRIBE_DENIED, status.failure());
        assertThat(failure.stage()).isEqualTo(ConnectionStage.SUBSCRIBE);
        assertThat(failure.reasonCode()).isEqualTo(code);
        assertThat(failure.message()).contains("devices/boiler/telemetry", String.format("0x%02X", code));
        assertThat(status.subscriptions())
                .anySatisfy(subscription -> assertThat(subscription.isRefused()).isTrue());
    }
}
