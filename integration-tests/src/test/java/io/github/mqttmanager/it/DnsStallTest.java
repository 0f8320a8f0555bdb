package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.HostResolver;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Names that the name server leaves unanswered, for as long as the test lasts. */
class DnsStallTest {
    private final CountDownLatch end = new CountDownLatch(1);

    private final HostResolver names = host -> {
        if (host.startsWith("hangs")) {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        }
        return List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    };

    private static void hanging(Host host, int from, int to) {
        for (int i = from; i < to; i++) {
            host.manager.save(BrokerDefinition.builder("hangs-" + i, "hangs-" + i + ".example", 1883)
                    .build());
        }
    }

    private static long dnsThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("mqtt-manager-dns"))
                .count();
    }

    @Test
    void othersConnectAndReconnectAndPublishAsIfNothingWere() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host(
                        (d, p) -> {},
                        builder -> builder.hostResolver(names)
                                .reconnectPolicy((outage, settings, random) -> Duration.ofMillis(300)))) {
            // At the start nobody knows which names are good.
            hanging(host, 0, 50);
            host.manager.save(BrokerDefinition.builder("good", "good.example", mosquitto.port())
                    .build());
            host.awaitState("good", ConnectionState.CONNECTED, Duration.ofSeconds(3));
            hanging(host, 50, 400);
            host.awaitState("hangs-0", ConnectionState.RECONNECTING, Duration.ofSeconds(10));

            host.manager.save(Device.builder("d", "good").build());
            List<Long> micros = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                long began = System.nanoTime();
                host.manager.publish(DeviceId.of("d"), OutboundPublish.of("x")).get(10, TimeUnit.SECONDS);
                micros.add((System.nanoTime() - began) / 1_000);
            }
            micros.sort(null);
            assertThat(micros.get(494)).as("99th of a hundred, microseconds").isLessThan(50_000);

            // A name that is known to be good is not behind the others, also when it is looked up again.
            for (int i = 0; i < 3; i++) {
                mosquitto.kill();
                await().untilAsserted(() -> assertThat(host.status("good").failure())
                        .isNotNull()
                        .extracting(ConnectionFailure::kind)
                        .isEqualTo(FailureKind.TCP_REFUSED));
                mosquitto.begin();
                host.awaitState("good", ConnectionState.CONNECTED, Duration.ofSeconds(3));
            }
            assertThat(dnsThreads()).isLessThanOrEqualTo(112);
        } finally {
            end.countDown();
        }
    }
}
