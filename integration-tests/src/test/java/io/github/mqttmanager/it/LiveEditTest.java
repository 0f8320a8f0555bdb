package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.test.FaultProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Definitions and devices change while everything runs. */
class LiveEditTest {
    private static final BrokerId M = BrokerId.of("m");

    @Test
    void aNewNameChangesTheStatusAndNotTheConnection() {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host()) {
            BrokerDefinition saved =
                    host.manager.save(Host.broker("m", proxy.port()).build());
            host.awaitConnected("m");
            BrokerDefinition renamed =
                    host.manager.save(saved.toBuilder().name("renamed").build());
            await().untilAsserted(() -> assertThat(host.status("m").name()).isEqualTo("renamed"));
            host.manager.save(renamed);
            assertThat(host.status("m").isConnected()).isTrue();
            assertThat(proxy.acceptedLinks()).isEqualTo(1);
        }
    }

    @Test
    void aBrokerThatMovesIsReachedAtItsNewPlaceAndWhatWaitsGoesThere() throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            BrokerDefinition saved =
                    host.manager.save(Host.broker("m", Mosquitto.freePort()).build());
            host.manager.save(Device.builder("d", "m").build());
            var receipt = host.manager.publish(DeviceId.of("d"), OutboundPublish.of("waits"));
            host.manager.save(saved.toBuilder()
                    .endpoints(Host.broker("m", mosquitto.port()).build().endpoints())
                    .build());
            assertThat(receipt.get(10, TimeUnit.SECONDS).broker()).isEqualTo(M);
            host.awaitConnected("m");
        }
    }

    @Test
    void devicesComeMoveAndGoWithoutReconnecting() {
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host();
                Publisher publisher = new Publisher(mosquitto.port())) {
            host.manager.save(Host.broker("m", proxy.port()).build());
            host.awaitConnected("m");
            Device device = host.manager.save(Device.builder("d", "m").build());
            awaitSubscribed(host, "devices/d/telemetry");
            publisher.publish("devices/d/telemetry", "1");
            host.awaitHandled("d=1");

            host.manager.save(device.toBuilder()
                    .telemetryTopics("tele/{device_id}/SENSOR", "shellies/#")
                    .build());
            awaitSubscribed(host, "shellies/#", "tele/d/SENSOR");
            publisher.publish("tele/d/SENSOR", "2");
            publisher.publish("shellies/x/y", "3");
            host.awaitHandled("d=2", "d=3");

            host.manager.delete(device.id());
            awaitSubscribed(host);
            publisher.publish("tele/d/SENSOR", "4");
            assertThat(proxy.acceptedLinks()).isEqualTo(1);
            assertThat(host.handled).doesNotContain("d=4");
        }
    }

    /** What the broker kept from before says nothing of the device being there now. */
    @Test
    void aRetainedMessageIsHandledAndDoesNotCountAsSeen() {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host();
                Publisher publisher = new Publisher(mosquitto.port())) {
            publisher.publish("devices/d/telemetry", "old", MqttQos.AT_LEAST_ONCE, true);
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitHandled("d=old");
            assertThat(host.manager.lastSeen(DeviceId.of("d"))).isEmpty();
            Instant before = Instant.now();
            publisher.publish("devices/d/telemetry", "new");
            host.awaitHandled("d=new");
            assertThat(host.manager.lastSeen(DeviceId.of("d")))
                    .hasValueSatisfying(at -> assertThat(at).isAfterOrEqualTo(before.minus(Duration.ofSeconds(1))));
        }
    }

    /** A broker may send a copy for each matching filter (MQTT 5 section 3.3.4), as Mosquitto does: once or twice, never not at all. */
    @Test
    void overlappingFiltersReachEveryDevice() {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host();
                Publisher publisher = new Publisher(mosquitto.port())) {
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.manager.save(
                    Device.builder("d", "m").telemetryTopics("all/+/x").build());
            host.manager.save(
                    Device.builder("e", "m").telemetryTopics("all/1/#").build());
            host.awaitConnected("m");
            awaitSubscribed(host, "all/1/#", "all/+/x");
            publisher.publish("all/1/x", "both");
            host.awaitHandled("d=both", "e=both");
            await().untilAsserted(
                            () -> assertThat(host.status("m").counters().open()).isZero());
        }
    }

    private static void awaitSubscribed(Host host, String... filters) {
        await().untilAsserted(() -> assertThat(host.status("m").subscriptions())
                .filteredOn(subscription -> subscription.granted() != null)
                .extracting(subscription -> subscription.filter().value())
                .containsExactlyInAnyOrder(filters));
    }
}
