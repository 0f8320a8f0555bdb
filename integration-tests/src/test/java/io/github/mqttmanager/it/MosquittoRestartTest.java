package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A broker that dies and comes back. */
class MosquittoRestartTest {
    @Test
    void statusTellsOfAKilledBrokerWithinTwoSecondsAndTheConnectionComesBackByItself() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitConnected("m");

            mosquitto.kill();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .untilAsserted(
                            () -> assertThat(host.status("m").isConnected()).isFalse());
            assertThat(host.status("m").failure()).isNotNull();
            assertThat(host.status("m").failure().kind()).isIn(FailureKind.CONNECTION_LOST, FailureKind.TCP_REFUSED);
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(host.status("m").failure().kind()).isEqualTo(FailureKind.TCP_REFUSED));
            assertThat(host.status("m").nextAttemptAt()).isNotNull();

            mosquitto.begin();
            host.awaitConnected("m");
            assertThat(host.status("m").failure()).isNull();
            try (Publisher device = new Publisher(mosquitto.port())) {
                device.publish("devices/d/telemetry", "after");
            }
            host.awaitHandled("d=after");
        }
    }

    @Test
    void whatIsPublishedWhileTheBrokerIsAwayArrivesAfterwards() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitConnected("m");
            mosquitto.kill();
            host.awaitState("m", ConnectionState.RECONNECTING);
            var receipt = host.manager.publish(DeviceId.of("d"), OutboundPublish.of("later"));
            mosquitto.begin();
            assertThat(receipt.get(20, TimeUnit.SECONDS).topic().value()).isEqualTo("devices/d/commands");
        }
    }
}
