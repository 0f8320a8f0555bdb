package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Devices that say themselves that they are there, and brokers that say for them that they are gone. */
class AvailabilityTest {
    private static final String STATUS = "devices/d/status";
    private static final DeviceId D = DeviceId.of("d");

    private final BrokerRepository brokers = new InMemoryBrokerRepository();
    private final DeviceRepository devices = new InMemoryDeviceRepository();
    private final List<String> told = new CopyOnWriteArrayList<>();

    private Host host() {
        return new Host(
                (device, publish) -> {},
                builder -> builder.brokers(brokers)
                        .devices(devices)
                        .lastSeenInterval(Duration.ofMillis(100))
                        .reconnectPolicy((outage, settings, random) -> Duration.ofMillis(200))
                        .presenceListener((device, before, now, at) -> told.add(before + "-" + now)));
    }

    private static void save(Host host, BrokerDefinition.Builder broker) {
        save(host, broker, Device.builder("d", "b"));
    }

    private static void save(Host host, BrokerDefinition.Builder broker, Device.Builder device) {
        host.manager.save(broker.build());
        host.manager.save(device.availability(Availability.of("devices/{device_id}/status"))
                .build());
        host.awaitConnected("b");
        await().until(() ->
                host.status("b").subscriptions().stream().anyMatch(subscription -> subscription.granted() != null));
    }

    private static void awaitPresence(Host host, Presence presence) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> host.manager.presence(D) == presence);
    }

    /** A device that has left word with the broker of what to say when it is lost. */
    private static Mqtt5AsyncClient deviceWithWill(int port) {
        Mqtt5AsyncClient device = Mqtt5Client.builder()
                .identifier("device-d")
                .serverHost("127.0.0.1")
                .serverPort(port)
                .willPublish()
                .topic(STATUS)
                .payload("offline".getBytes(StandardCharsets.UTF_8))
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(true)
                .applyWillPublish()
                .buildAsync();
        device.connect().join();
        device.publishWith()
                .topic(STATUS)
                .payload("online".getBytes(StandardCharsets.UTF_8))
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(true)
                .send()
                .join();
        return device;
    }

    @ParameterizedTest
    @EnumSource
    void aDevicesWillSetsItOffline(MqttVersion version) {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                FaultProxy itsWay = FaultProxy.to(broker.host(), broker.port());
                Host host = host()) {
            save(host, Host.broker("b", broker.port()).mqttVersion(version));
            assertThat(host.manager.presence(D)).isEqualTo(Presence.UNKNOWN);

            deviceWithWill(itsWay.port());
            awaitPresence(host, Presence.ONLINE);
            itsWay.cut();
            awaitPresence(host, Presence.OFFLINE);
            await().untilAsserted(() -> assertThat(told).containsExactly("UNKNOWN-ONLINE", "ONLINE-OFFLINE"));

            Mqtt5AsyncClient back = deviceWithWill(itsWay.port());
            awaitPresence(host, Presence.ONLINE);
            back.publishWith()
                    .topic("devices/d/telemetry")
                    .payload("1".getBytes(StandardCharsets.UTF_8))
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send()
                    .join();
            host.awaitHandled("d=1");
            assertThat(host.handled).as("no availability reaches the handler").containsExactly("d=1");
            await().untilAsserted(() -> {
                assertThat(host.status("b").counters().acknowledged()).isEqualTo(4);
                assertThat(devices.lastSeen(List.of(D)))
                        .containsEntry(D, host.manager.lastSeen(D).orElseThrow());
            });
            back.disconnect().join();
        }
    }

    /**
     * Where a device's telemetry covers its availability, the availability topic is not subscribed by itself. What is asked is whether it is
     * offline, for nothing else than what the broker retains says so.
     */
    @ParameterizedTest
    @CsvSource({"devices/{device_id}/telemetry, devices/d/status", "devices/{device_id}/#, devices/d/#"})
    void aHostThatIsStartedAgainLearnsHowThingsAreThoughItsSessionWasKept(String telemetry, String filter) {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            try (Host host = host()) {
                save(
                        host,
                        Host.broker("b", broker.port()).clientIdentifier("host-of-d"),
                        Device.builder("d", "b").telemetryTopics(telemetry));
                try (Publisher device = new Publisher(broker.port())) {
                    device.publish(STATUS, "offline", MqttQos.AT_LEAST_ONCE, true);
                }
                awaitPresence(host, Presence.OFFLINE);
                assertThat(host.manager
                                .explain(BrokerId.of("b"), TopicName.of(STATUS))
                                .subscriptions())
                        .extracting(subscription -> subscription.filter().value())
                        .containsExactly(filter);
            }
            try (Host host = host()) {
                host.awaitConnected("b");
                assertThat(host.status("b").grants().sessionPresent()).isTrue();
                awaitPresence(host, Presence.OFFLINE);
            }
        }
    }

    @Test
    void nobodyIsCalledOfflineBecauseTheBrokerIsAway() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                FaultProxy ourWay = FaultProxy.to(broker.host(), broker.port());
                Publisher device = new Publisher(broker.port());
                Host host = host()) {
            save(host, Host.broker("b", ourWay.port()));
            device.publish(STATUS, "online", MqttQos.AT_LEAST_ONCE, true);
            awaitPresence(host, Presence.ONLINE);
            ourWay.refuse(true);
            ourWay.cut();
            awaitPresence(host, Presence.UNKNOWN);
            device.publish(STATUS, "offline", MqttQos.AT_LEAST_ONCE, true);
            ourWay.refuse(false);
            awaitPresence(host, Presence.OFFLINE);
            await().untilAsserted(() ->
                    assertThat(told).containsExactly("UNKNOWN-ONLINE", "ONLINE-UNKNOWN", "UNKNOWN-OFFLINE"));
            assertThat(host.manager.delete(BrokerId.of("b"), WhenDevicesExist.DELETE))
                    .isTrue();
        }
    }
}
