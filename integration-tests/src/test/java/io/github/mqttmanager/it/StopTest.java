package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.test.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands are obeyed in any state, at once. */
class StopTest {
    private static final BrokerId M = BrokerId.of("m");

    @Test
    void aBrokerThatIsBeingReconnectedStopsAtOnceAndIsNotTriedAgain() throws Exception {
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", Mosquitto.freePort());
                Host host = new Host()) {
            host.manager.save(Host.broker("m", proxy.port()).build());
            host.awaitState("m", ConnectionState.RECONNECTING);
            long began = System.nanoTime();
            assertThat(host.manager.disconnect(M)).isTrue();
            host.awaitState("m", ConnectionState.DISCONNECTED, Duration.ofSeconds(1));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
            assertThat(host.manager.disconnect(M)).isFalse();
            long links = proxy.acceptedLinks();
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> proxy.acceptedLinks() == links);
        }
    }

    @Test
    void connectTriesAtOnceWhatWouldBeTriedLater() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host(
                        (d, p) -> {},
                        builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofHours(1)))) {
            mosquitto.kill();
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.awaitState("m", ConnectionState.RECONNECTING);
            mosquitto.begin();
            assertThat(host.manager.connect(M)).isTrue();
            host.awaitConnected("m");
            assertThat(host.manager.connect(M)).isFalse();
        }
    }

    @Test
    void theLastOfManyCommandsWins() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host()) {
            host.manager.save(Host.broker("m", proxy.port()).build());
            for (int i = 0; i < 20; i++) {
                host.manager.disconnect(M);
                host.manager.connect(M);
            }
            host.awaitConnected("m");
            await().untilAsserted(() -> assertThat(proxy.openLinks()).isEqualTo(1));
            host.manager.connect(M);
            host.manager.disconnect(M);
            host.awaitState("m", ConnectionState.DISCONNECTED);
            await().untilAsserted(() -> assertThat(proxy.openLinks()).isZero());
        }
    }

    @Test
    void aSilentPortDelaysNeitherOtherBrokersNorTheEnd() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            for (int i = 0; i < 20; i++) {
                host.manager.save(
                        Host.broker("silent-" + i, silent.getLocalPort()).build());
            }
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.awaitState("m", ConnectionState.CONNECTED, Duration.ofSeconds(5));
            long began = System.nanoTime();
            host.manager.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void deletingABrokerEndsItsSessionThere() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            var definition =
                    host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.awaitConnected("m");
            assertThat(host.manager.delete(M, WhenDevicesExist.REFUSE)).isTrue();
            await().untilAsserted(() -> assertThat(host.manager.status(M)).isEmpty());
            // The same client again: had the session been kept, the broker would say so.
            host.manager.save(
                    definition.toBuilder().id(BrokerId.of("again")).version(0).build());
            host.awaitConnected("again");
            assertThat(host.status("again").grants().sessionPresent()).isFalse();
        }
    }

    @Test
    void closingLeavesNoThreadBehind() throws IOException {
        try (Mosquitto mosquitto = Mosquitto.start()) {
            for (int i = 0; i < 3; i++) {
                try (Host host = new Host()) {
                    host.manager.save(Host.broker("m", mosquitto.port()).build());
                    host.manager.save(
                            Host.broker("refused", Mosquitto.freePort()).build());
                    host.awaitConnected("m");
                    host.awaitState("refused", ConnectionState.RECONNECTING);
                }
            }
            await().untilAsserted(() -> assertThat(managerThreads()).isEmpty());
        }
    }

    private static List<String> managerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("mqtt-manager"))
                .toList();
    }
}
