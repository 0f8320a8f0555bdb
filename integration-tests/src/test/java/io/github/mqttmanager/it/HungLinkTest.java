package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.test.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A link that is up and carries nothing, with default settings, in both versions at once. */
class HungLinkTest {
    @Test
    void aHungLinkIsNoticedWithinFifteenSecondsAndReplaced() {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host();
                Publisher device = new Publisher(mosquitto.port())) {
            for (MqttVersion version : MqttVersion.values()) {
                String id = version.name();
                host.manager.save(
                        Host.broker(id, proxy.port()).mqttVersion(version).build());
                host.manager.save(Device.builder(id, id).build());
            }
            for (MqttVersion version : MqttVersion.values()) {
                host.awaitConnected(version.name());
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(
                                () -> assertThat(host.status(version.name()).roundTrip())
                                        .isNotNull()
                                        .isLessThan(Duration.ofSeconds(2)));
            }

            proxy.stall();
            long began = System.nanoTime();
            for (MqttVersion version : MqttVersion.values()) {
                String id = version.name();
                await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                    assertThat(host.status(id).responsive()).isFalse();
                    assertThat(host.status(id).failure()).isNotNull();
                    assertThat(host.status(id).failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
                });
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf("hung link, MQTT %s: noticed after %.1f s%n", version, seconds);
                assertThat(seconds).isLessThan(15);
            }
            for (MqttVersion version : MqttVersion.values()) {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(host.status(version.name()).isConnected())
                                        .isFalse());
            }

            proxy.flow();
            for (MqttVersion version : MqttVersion.values()) {
                String id = version.name();
                host.awaitConnected(id);
                assertThat(host.status(id).responsive()).isTrue();
                device.publish("devices/" + id + "/telemetry", "again");
                host.awaitHandled(id + "=again");
            }
        }
    }

    /** The client's DISCONNECT would wait behind what the dead network does not take, and with it everything else. */
    @Test
    void aHungLinkWithAFullBufferIsReplacedTooAndLosesNoPublish() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host()) {
            host.manager.save(Host.broker("m", proxy.port()).build());
            host.awaitConnected("m");
            proxy.stall();
            List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
            byte[] payload = new byte[15_000];
            for (int i = 0; i < 1_000; i++) {
                receipts.add(host.manager.publishTo(
                        BrokerId.of("m"),
                        OutboundPublish.builder().topic("bulk").payload(payload).build()));
            }
            await().atMost(Duration.ofSeconds(25))
                    .untilAsserted(
                            () -> assertThat(host.status("m").isConnected()).isFalse());
            proxy.cut();
            proxy.flow();
            host.awaitConnected("m");
            for (CompletableFuture<PublishReceipt> receipt : receipts) {
                receipt.get(20, TimeUnit.SECONDS);
            }
            var counters = host.status("m").counters();
            assertThat(counters.published()).isEqualTo(1_000);
            assertThat(counters.accepted()).isEqualTo(1_000);
        }
    }
}
