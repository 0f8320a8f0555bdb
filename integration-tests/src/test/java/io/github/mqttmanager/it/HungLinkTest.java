package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.FaultProxy;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link that is up and carries nothing, with default settings. */
class HungLinkTest {
    @ParameterizedTest
    @EnumSource
    void aHungLinkIsNoticedWithinFifteenSecondsAndReplaced(MqttVersion version) {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host();
                Publisher device = new Publisher(mosquitto.port())) {
            host.manager.save(
                    Host.broker("m", proxy.port()).mqttVersion(version).build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitConnected("m");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(host.status("m").roundTrip()).isNotNull());
            assertThat(host.status("m").roundTrip()).isLessThan(Duration.ofSeconds(2));

            proxy.stall();
            long began = System.nanoTime();
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(
                            () -> assertThat(host.status("m").responsive()).isFalse());
            System.out.printf("hung link, MQTT %s: noticed after %.1f s%n", version, (System.nanoTime() - began) / 1e9);
            assertThat(host.status("m").failure()).isNotNull();
            assertThat(host.status("m").failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(host.status("m").isConnected()).isFalse());
            proxy.flow();
            host.awaitConnected("m");
            assertThat(host.status("m").responsive()).isTrue();
            device.publish("devices/d/telemetry", "again");
            host.awaitHandled("d=again");
        }
    }
}
