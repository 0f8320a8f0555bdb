package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.test.ScriptedConnection;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An attempt that is under way ends as soon as nobody wants it, the first one and those that reconnect. */
class BreakOffTest {
    private static final int BROKERS = 40;
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static String id(int i) {
        return "broker-" + i;
    }

    @ParameterizedTest
    @EnumSource
    void ofManyAttemptsThatReconnectEachEndsByItself(MqttVersion version) {
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host(
                        (device, publish) -> {},
                        builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofMillis(1)))) {
            for (int i = 0; i < BROKERS; i++) {
                host.manager.save(Host.broker(id(i), broker.port())
                        .mqttVersion(version)
                        .clientIdentifier(client(i))
                        .build());
            }
            IntStream.range(0, BROKERS).forEach(i -> host.awaitConnected(id(i)));
            broker.on(PacketType.CONNECT, Reaction.silence());
            broker.resetAll();
            await().untilAsserted(() -> assertThat(waiting(broker)).hasSize(BROKERS));

            for (int i = 0; i < BROKERS; i++) {
                host.manager.disconnect(BrokerId.of(id(i)));
                host.awaitState(id(i), ConnectionState.DISCONNECTED, AT_ONCE);
                String ended = client(i);
                int left = BROKERS - 1 - i;
                await().atMost(AT_ONCE)
                        .untilAsserted(
                                () -> assertThat(waiting(broker)).hasSize(left).doesNotContain(ended));
            }
        }
    }

    private static String client(int i) {
        return "client-" + (100 + i);
    }

    /** The client identifiers of the connections that are open: none of them was answered. */
    private static List<String> waiting(ScriptedBroker broker) {
        return broker.connections().stream()
                .map(ScriptedConnection::clientIdentifier)
                .filter(client -> client.startsWith("client-"))
                .toList();
    }
}
