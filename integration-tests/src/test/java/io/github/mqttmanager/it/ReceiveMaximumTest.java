package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A broker that sends more at once than it may: Mosquitto 2.0.11, when the backlog of a resumed session drains. */
class ReceiveMaximumTest {
    private static final int BACKLOG = 600;

    @Test
    void aBrokerThatExceedsTheReceiveMaximumIsCopedWithAndNothingIsLost() {
        List<ConnectionFailure> failures = new CopyOnWriteArrayList<>();
        ConnectionListener listener = new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                if (current.failure() != null && !failures.contains(current.failure())) {
                    failures.add(current.failure());
                }
            }
        };
        try (Mosquitto mosquitto = Mosquitto.start();
                Publisher device = new Publisher(mosquitto.port());
                Host host = new Host(
                        (d, publish) -> {},
                        builder -> builder.listener(listener)
                                .reconnectPolicy((outage, settings, random) -> Duration.ofMillis(100)))) {
            host.manager.save(Host.broker("m", mosquitto.port())
                    .session(SessionSettings.DEFAULT.withReceiveMaximum(20))
                    .build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitConnected("m");
            host.manager.disconnect(BrokerId.of("m"));
            host.awaitState("m", ConnectionState.DISCONNECTED);
            for (int i = 0; i < BACKLOG; i++) {
                device.publish("devices/d/telemetry", String.valueOf(i));
            }

            host.manager.connect(BrokerId.of("m"));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(host.handled)
                            .contains(IntStream.range(0, BACKLOG)
                                    .mapToObj(i -> "d=" + i)
                                    .toArray(String[]::new)));
            host.awaitConnected("m");
            if (Mosquitto.version().equals("2.0.11")) {
                assertThat(failures).isNotEmpty().allSatisfy(failure -> {
                    assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_RECEIVE_MAXIMUM_EXCEEDED);
                    assertThat(failure.remedy()).contains("raised to");
                });
                assertThat(failures).hasSizeLessThanOrEqualTo(6);
            }
        }
    }
}
