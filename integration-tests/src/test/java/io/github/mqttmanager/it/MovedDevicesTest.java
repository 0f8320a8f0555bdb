package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.publish.InMemoryOutbox;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker is deleted while its device is at work, and the device goes on at another one. */
@Timeout(120)
class MovedDevicesTest {
    private static final BrokerId OLD = BrokerId.of("old");
    private static final BrokerId NEW = BrokerId.of("new");
    private static final DeviceId DEVICE = DeviceId.of("boiler");

    private final List<String> handled = new CopyOnWriteArrayList<>();

    @Test
    void subscriptionsAndPresenceMoveWithTheDevice() throws Exception {
        try (EmbeddedBroker old = EmbeddedBroker.builder().start();
                EmbeddedBroker other = EmbeddedBroker.builder().start();
                MqttManager manager = MqttManager.builder()
                        .handler((device, publish) -> handled.add(publish.broker() + " " + publish.payloadText()))
                        .build()) {
            manager.start();
            manager.save(BrokerDefinition.builder(OLD, old.host(), old.port()).build());
            manager.save(
                    BrokerDefinition.builder(NEW, other.host(), other.port()).build());
            manager.save(Device.builder("boiler", "old").build());
            awaitSubscribed(manager, OLD);
            publish(manager, OLD, "1");
            await().until(() -> manager.presence(DEVICE) == Presence.ONLINE);

            assertThat(manager.delete(OLD, NEW)).isTrue();
            awaitSubscribed(manager, NEW);
            assertThat(manager.presence(DEVICE))
                    .as("it was heard of a moment ago")
                    .isEqualTo(Presence.ONLINE);
            publish(manager, NEW, "2");
            await().until(() -> handled.equals(List.of("old 1", "new 2")));
            assertThat(manager.status(OLD)).isEmpty();
        }
    }

    @Test
    void commandsThatWaitForTheDeviceReachItAtTheOtherBroker() throws Exception {
        try (EmbeddedBroker other = EmbeddedBroker.builder().start();
                MqttManager manager = MqttManager.builder()
                        .handler((device, publish) -> handled.add(publish.payloadText()))
                        .outbox(new InMemoryOutbox())
                        .build()) {
            manager.start();
            manager.save(BrokerDefinition.builder(OLD, "127.0.0.1", 1).build());
            manager.save(
                    BrokerDefinition.builder(NEW, other.host(), other.port()).build());
            manager.save(Device.builder("boiler", "old").build());
            // In the place of the device.
            manager.save(Device.builder("ear", "new")
                    .telemetryTopics("devices/boiler/commands")
                    .build());
            awaitSubscribed(manager, NEW);
            for (String command : List.of("1", "2", "3")) {
                manager.enqueue(DEVICE, OutboundPublish.of(command));
            }
            manager.enqueueTo(OLD, OutboundPublish.of(TopicName.of("devices/boiler/commands"), "for the old broker"));

            assertThat(manager.delete(OLD, NEW)).isTrue();
            await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() >= 3);
            assertThat(handled).containsExactly("1", "2", "3");
            await().until(() -> manager.outboxDepth().count() == 0);
        }
    }

    private static void awaitSubscribed(MqttManager manager, BrokerId broker) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> manager.status(broker)
                        .filter(status ->
                                status.isConnected() && !status.subscriptions().isEmpty())
                        .isPresent());
    }

    private static void publish(MqttManager manager, BrokerId broker, String payload) throws Exception {
        manager.publishTo(
                        broker,
                        OutboundPublish.builder()
                                .topic("devices/boiler/telemetry")
                                .payload(payload)
                                .build())
                .get(30, TimeUnit.SECONDS);
    }
}
