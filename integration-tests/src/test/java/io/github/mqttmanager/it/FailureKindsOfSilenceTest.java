package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who does not answer, at which stage. Each waits for a time-out, so all are tried at once, before the first test. */
class FailureKindsOfSilenceTest {
    private static final List<AutoCloseable> FIXTURES = new ArrayList<>();
    private static final Map<String, BrokerDefinition> DEFINITIONS = new HashMap<>();
    private static Host host;

    @BeforeAll
    static void tryAll() throws IOException {
        host = Failing.host();
        FIXTURES.add(host);
        begin(Host.broker("full", fullBacklog()).build());
        ServerSocket silent = keep(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
        begin(Host.broker("silent", silent.getLocalPort()).build());
        begin(Host.broker("silent-tls", silent.getLocalPort())
                .tls(TlsSettings.SYSTEM)
                .build());
        begin(Host.broker("silent-websocket", silent.getLocalPort())
                .transport(Transport.WEBSOCKET)
                .build());
        ScriptedBroker ssh = keep(ScriptedBroker.start())
                .greet("SSH-2.0-OpenSSH_9.2p1\r\n".getBytes())
                .on(PacketType.CONNECT, Reaction.silence());
        begin(Host.broker("ssh", ssh.port()).build());
        for (MqttVersion version : MqttVersion.values()) {
            ScriptedBroker noConnAck = keep(ScriptedBroker.start()).on(PacketType.CONNECT, Reaction.silence());
            begin(Host.broker("no-connack-" + version, noConnAck.port())
                    .mqttVersion(version)
                    .build());
            ScriptedBroker silenced = keep(ScriptedBroker.start())
                    .on(PacketType.PINGREQ, Reaction.silence())
                    .on(PacketType.UNSUBSCRIBE, Reaction.silence());
            begin(Host.broker("falls-silent-" + version, silenced.port())
                    .mqttVersion(version)
                    .keepAlive(Duration.ofSeconds(60))
                    .build());
            begin(Host.broker("no-pingresp-" + version, silenced.port())
                    .mqttVersion(version)
                    .keepAlive(Duration.ofSeconds(5))
                    .build());
        }
    }

    /** A full backlog: the system lets further connections wait, as a firewall does that drops what it sees. */
    private static int fullBacklog() throws IOException {
        ServerSocket full = keep(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        for (int i = 0; i < 4; i++) {
            Socket socket = keep(new Socket());
            try {
                socket.connect(full.getLocalSocketAddress(), 300);
            } catch (IOException e) {
                // it is full
            }
        }
        return full.getLocalPort();
    }

    private static <T extends AutoCloseable> T keep(T fixture) {
        FIXTURES.add(fixture);
        return fixture;
    }

    private static void begin(BrokerDefinition definition) {
        DEFINITIONS.put(definition.id().value(), definition);
        host.manager.save(definition);
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable fixture : FIXTURES) {
            fixture.close();
        }
        FIXTURES.clear();
        DEFINITIONS.clear();
    }

    private static ConnectionFailure expect(FailureKind kind, String broker) {
        ConnectionFailure failure = Failing.failure(host, DEFINITIONS.get(broker));
        assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
        assertThat(failure.stage()).isEqualTo(kind.stage());
        assertThat(failure.retryable()).isTrue();
        assertThat(failure.reasonCode()).isNull();
        return failure;
    }

    @Test
    void addressThatDoesNotAnswer() {
        ConnectionFailure failure = expect(FailureKind.TCP_TIMEOUT, "full");
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TCP);
        assertThat(failure.message()).contains("10 s");
    }

    @Test
    void silentListenerAskedForTls() {
        ConnectionFailure failure = expect(FailureKind.TLS_TIMEOUT, "silent-tls");
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TLS);
        assertThat(failure.message()).contains("10 s");
    }

    @Test
    void silentListener() {
        assertThat(expect(FailureKind.MQTT_CONNACK_TIMEOUT, "silent").message()).contains("10 s");
    }

    @Test
    void silentListenerAskedForAWebSocket() {
        assertThat(expect(FailureKind.MQTT_CONNACK_TIMEOUT, "silent-websocket").message())
                .contains("WebSocket");
    }

    /** It has read our CONNECT and says nothing. */
    @ParameterizedTest
    @EnumSource
    void connackBlackHole(MqttVersion version) {
        assertThat(expect(FailureKind.MQTT_CONNACK_TIMEOUT, "no-connack-" + version)
                        .remedy())
                .contains("TLS");
    }

    /** A server that speaks first, and whose words begin like a packet that is longer than they are. */
    @Test
    void sshServer() {
        expect(FailureKind.MQTT_CONNACK_TIMEOUT, "ssh");
    }

    /** Nothing is answered any more: the probe notices before the keep-alive time does. */
    @ParameterizedTest
    @EnumSource
    void brokerThatFallsSilent(MqttVersion version) {
        expect(FailureKind.MQTT_NO_RESPONSE, "falls-silent-" + version);
    }

    @ParameterizedTest
    @EnumSource
    void brokerThatDoesNotAnswerPingRequests(MqttVersion version) {
        assertThat(expect(FailureKind.MQTT_KEEPALIVE_TIMEOUT, "no-pingresp-" + version)
                        .message())
                .contains("5 s");
    }
}
