package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.github.mqttmanager.TopicExplanation;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.SubscriptionCounts;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.topic.TopicName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One subscription for many devices with the same template, where the broker allows it. */
class CoalescingTest {
    private static final String ALL = "devices/+/telemetry";
    private static final BrokerId B = BrokerId.of("b");

    private static void save(Host host, int from, int to) {
        for (int i = from; i < to; i++) {
            host.manager.save(Device.builder("d" + i, "b").build());
        }
    }

    /** The broker is connected when all its devices are there. */
    private static void connect(Host host, BrokerDefinition.Builder broker, int devices) {
        host.manager.save(broker.active(false).build());
        save(host, 0, devices);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !host.manager
                        .explain(B, TopicName.of("devices/d" + (devices - 1) + "/telemetry"))
                        .routes()
                        .isEmpty());
        host.manager.connect(B);
        host.awaitConnected("b");
    }

    private static Set<String> each(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "devices/d" + i + "/telemetry")
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Until exactly these are asked for, and all of them granted. */
    private static void awaitGranted(Host host, Set<String> filters) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> {
                    assertThat(host.status("b").subscriptions())
                            .extracting(subscription -> subscription.filter().value())
                            .containsExactlyInAnyOrderElementsOf(filters);
                    assertThat(host.status("b").subscriptionCounts())
                            .isEqualTo(new SubscriptionCounts(filters.size(), 0, 0));
                });
    }

    @Test
    void manyDevicesAreOneSubscriptionAndEachMessageArrivesOnce() {
        try (Mosquitto broker = Mosquitto.start("allow_anonymous true", "log_type subscribe", "log_type unsubscribe");
                Publisher device = new Publisher(broker.port());
                Host host = new Host()) {
            connect(host, Host.broker("b", broker.port()), 60);
            awaitGranted(host, Set.of(ALL));
            for (int i = 0; i < 60; i++) {
                device.publish("devices/d" + i + "/telemetry", "x");
            }
            device.publish("devices/stranger/telemetry", "x");
            device.publish("devices/d0/telemetry", "last");
            host.awaitHandled("d0=last");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(host.handled).hasSize(61).doesNotHaveDuplicates());
            assertThat(host.status("b").counters().unrouted()).isEqualTo(1);
            assertThat(broker.logged(" 1 " + ALL)).isEqualTo(1);
            assertThat(broker.logged("/telemetry")).as("of any other filter").isEqualTo(1);
        }
    }

    /** A broker may send a message once for each filter that matches while both are held: so twice at most, never not at all. */
    @Test
    void nothingIsLostWhenManyBecomeFewAndFewBecomeMany() {
        try (Mosquitto broker = Mosquitto.start();
                Publisher device = new Publisher(broker.port());
                Host host = new Host()) {
            connect(host, Host.broker("b", broker.port()), 20);
            awaitGranted(host, each(0, 20));
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
                int n = 0;
                for (; !enough.get(); n++) {
                    device.publish("devices/d" + n % 20 + "/telemetry", Integer.toString(n));
                    LockSupport.parkNanos(1_000_000);
                }
                return n;
            });
            try {
                for (int round = 0; round < 3; round++) {
                    save(host, 20, 55);
                    awaitGranted(host, Set.of(ALL));
                    IntStream.range(20, 55).forEach(i -> host.manager.delete(DeviceId.of("d" + i)));
                    awaitGranted(host, each(0, 20));
                }
            } finally {
                enough.set(true);
            }
            Set<String> expected = IntStream.range(0, sent.join())
                    .mapToObj(n -> "d" + n % 20 + "=" + n)
                    .collect(Collectors.toCollection(TreeSet::new));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(new TreeSet<>(host.handled)).isEqualTo(expected));
        }
    }

    @Test
    void aBrokerThatRefusesWildcardsGetsOneSubscriptionForEach() {
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.SUBSCRIBE, (connection, packet) -> {
                    (packet.contains("+") || packet.contains("secret") ? Reaction.subAck(0x87) : Reaction.behave())
                            .react(connection, packet);
                });
                Host host = new Host()) {
            connect(host, Host.broker("b", broker.port()), 60);
            awaitGranted(host, each(0, 60));
            assertThat(host.status("b").failure()).as("nothing is missed").isNull();
            assertThat(broker.received(PacketType.SUBSCRIBE).stream()
                            .filter(packet -> packet.contains(ALL))
                            .count())
                    .as("asked once")
                    .isEqualTo(1);
            TopicExplanation granted = host.manager.explain(B, TopicName.of("devices/d7/telemetry"));
            assertThat(granted.connected()).isTrue();
            assertThat(granted.subscriptions()).hasSize(1);
            assertThat(granted.summary()).isEqualTo("It reaches device d7.");

            host.manager.save(
                    Device.builder("other", "b").telemetryTopics("secret").build());
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(host.manager
                                    .explain(B, TopicName.of("secret"))
                                    .summary())
                            .isEqualTo(
                                    "It belongs to device other, but the broker refused secret with reason code 135."));
        }
    }

    @Test
    void aBrokerThatSaysThatItHasNoWildcardsIsNotAskedForThem() {
        byte[] wildcardSubscriptionNotAvailable = {0x20, 5, 0, 0, 2, 0x28, 0};
        try (ScriptedBroker broker =
                        ScriptedBroker.start().on(PacketType.CONNECT, Reaction.send(wildcardSubscriptionNotAvailable));
                Host host = new Host()) {
            connect(host, Host.broker("b", broker.port()), 60);
            awaitGranted(host, each(0, 60));
            assertThat(host.status("b").grants().wildcardAvailable()).isFalse();
            assertThat(broker.received(PacketType.SUBSCRIBE)).noneMatch(packet -> packet.contains("+"));
        }
    }

    @Test
    void aDeviceThatJoinsManyGetsWhatTheBrokerKeptForIt() {
        try (Mosquitto broker = Mosquitto.start();
                Publisher device = new Publisher(broker.port());
                Host host = new Host()) {
            host.manager.save(Host.broker("b", broker.port()).build());
            Availability availability = Availability.of("devices/{device_id}/status");
            for (int i = 0; i < 60; i++) {
                host.manager.save(
                        Device.builder("d" + i, "b").availability(availability).build());
            }
            awaitGranted(host, Set.of(ALL, "devices/+/status"));
            device.publish("devices/late/telemetry", "kept", MqttQos.AT_LEAST_ONCE, true);
            device.publish("devices/late/status", "online", MqttQos.AT_LEAST_ONCE, true);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> host.status("b").counters().unrouted() == 2);
            host.manager.save(
                    Device.builder("late", "b").availability(availability).build());
            host.awaitHandled("late=kept");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> host.manager.presence(DeviceId.of("late")) == Presence.ONLINE);
            awaitGranted(host, Set.of(ALL, "devices/+/status"));
            assertThat(host.handled).containsExactly("late=kept");
        }
    }

    /** Each device's topic is allowed, and what stands for all of them is not. */
    @Test
    void rightsOfEachDeviceAreEnoughWithDynamicSecurity(@TempDir Path directory) throws IOException {
        Path plugin = dynamicSecurity();
        Path rights = Files.writeString(directory.resolve("rights.json"), """
                {"defaultACLAccess": {
                   "publishClientSend": true, "publishClientReceive": true, "subscribe": false, "unsubscribe": true},
                 "groups": [{"groupname": "anybody", "roles": [{"rolename": "devices"}]}],
                 "anonymousGroup": "anybody",
                 "roles": [{"rolename": "devices", "acls": [
                   {"acltype": "subscribeLiteral", "topic": "devices/+/telemetry", "priority": 1, "allow": false},
                   {"acltype": "subscribePattern", "topic": "devices/+/telemetry", "priority": 0, "allow": true}]}]}
                """);
        try (Mosquitto broker = Mosquitto.start(
                        "allow_anonymous true", "plugin " + plugin, "plugin_opt_config_file " + rights);
                Publisher device = new Publisher(broker.port());
                Host host = new Host()) {
            connect(host, Host.broker("b", broker.port()), 60);
            awaitGranted(host, each(0, 60));
            device.publish("devices/d59/telemetry", "x");
            host.awaitHandled("d59=x");
        }
    }

    private static Path dynamicSecurity() {
        String name = "mosquitto_dynamic_security.so";
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            Optional<Path> found = folders.map(folder -> folder.resolve(name))
                    .filter(Files::exists)
                    .findAny();
            assumeTrue(found.isPresent(), "Mosquitto's dynamic security is not installed");
            return found.orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
