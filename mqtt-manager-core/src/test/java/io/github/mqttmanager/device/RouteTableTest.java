package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RouteTableTest {
    private static final BrokerId BROKER = BrokerId.of("b");

    private final RouteTable table = new RouteTable();

    private static Device device(String name, String... topics) {
        return Device.builder(name, "b").telemetryTopics(topics).build();
    }

    private List<String> match(String topic) {
        return table.match(TopicName.of(topic)).stream()
                .map(Device::topicName)
                .sorted()
                .toList();
    }

    @Test
    void findsByExactTopicAndByWildcard() {
        table.replace(null, device("one", "devices/{device_id}/telemetry"));
        table.replace(null, device("two", "zigbee/{device_id}/#", "+/state"));

        assertThat(match("devices/one/telemetry")).containsExactly("one");
        assertThat(match("zigbee/two")).containsExactly("two");
        assertThat(match("zigbee/two/a/b")).containsExactly("two");
        assertThat(match("x/state")).containsExactly("two");
        assertThat(match("devices/three/telemetry")).isEmpty();
        assertThat(match("$SYS/state")).isEmpty();
    }

    @Test
    void findsADeviceOnceHoweverManyOfItsFiltersMatch() {
        table.replace(null, device("one", "a/b", "a/+", "#", "+/b", "$share/g/a/b"));
        assertThat(match("a/b")).containsExactly("one");
    }

    @Test
    void tellsWhatIsWanted() {
        assertThat(table.isEmpty()).isTrue();
        Device one = device("one", "a", "b/{device_id}/#");
        Device two = device("two", "a");
        table.replace(null, one);
        table.replace(null, two);
        TopicDemand before = table.demand();
        assertThat(before.templates().map(TopicTemplate::value)).containsExactlyInAnyOrder("a", "b/{device_id}/#");
        assertThat(before.devices(TopicTemplate.of("a"))).isEqualTo(2);
        assertThat(before.names(TopicTemplate.of("a"))).containsExactlyInAnyOrder("one", "two");
        assertThat(before.names(TopicTemplate.of("b/{device_id}/#"))).containsExactly("one");
        assertThat(before.wants(TopicFilter.of("b/one/#"))).isTrue();
        assertThat(before.wants(TopicFilter.of("b/two/#"))).isFalse();
        assertThat(before.wants(TopicFilter.of("b/+/#"))).isFalse();

        table.replace(one, null);
        assertThat(table.demand().wants(TopicFilter.of("a"))).isTrue();
        assertThat(table.demand().devices(TopicTemplate.of("b/{device_id}/#"))).isZero();
        table.replace(two, null);
        assertThat(table.isEmpty()).isTrue();
        assertThat(table.demand().templates()).isEmpty();
        assertThat(before.devices(TopicTemplate.of("a")))
                .as("what was is not touched")
                .isEqualTo(2);
    }

    @Test
    void aRenamedDeviceAndTheNextOneOfItsOldNameMayOverlap() {
        Device one = device("one", "devices/{device_id}/telemetry");
        Device other = Device.builder(DeviceId.of("other"), one.broker(), "one").build();
        table.replace(null, one);
        table.replace(null, other);
        assertThat(table.match(TopicName.of("devices/one/telemetry"))).containsExactlyInAnyOrder(one, other);
        table.replace(one, one.toBuilder().topicName("new").version(1).build());
        assertThat(table.match(TopicName.of("devices/one/telemetry"))).containsExactly(other);
        assertThat(match("devices/new/telemetry")).containsExactly("new");
    }

    @Test
    void devicesOfTheSameNameThatComeTogetherAreAllFound() {
        Device one = Device.builder(DeviceId.of("1"), BROKER, "twin").build();
        Device other = Device.builder(DeviceId.of("2"), BROKER, "twin").build();
        table.add(List.of(one, other));
        assertThat(table.match(TopicName.of("devices/twin/telemetry"))).containsExactlyInAnyOrder(one, other);
        table.replace(one, null);
        assertThat(table.match(TopicName.of("devices/twin/telemetry"))).containsExactly(other);
    }

    @Test
    void theSecondDeviceLevelHasToBeTheSameName() {
        table.replace(null, device("one", "a/{device_id}/b/{device_id}"));
        table.replace(null, device("two", "a/{device_id}/b/{device_id}"));
        assertThat(match("a/one/b/one")).containsExactly("one");
        assertThat(match("a/one/b/two")).isEmpty();
        assertThat(match("a/one/b/on")).isEmpty();
    }

    @Test
    void agreesWithALinearScanAfterAnyChanges() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            RouteTable routes = new RouteTable();
            Map<String, Device> present = new HashMap<>();
            for (int step = 0; step < 60; step++) {
                String name = "d" + random.nextInt(12);
                Device before = present.remove(name);
                Device after = before == null || random.nextInt(3) == 0 ? randomDevice(random, name) : null;
                routes.replace(before, after);
                if (after != null) {
                    present.put(name, after);
                }
                if (step % 15 == 0) {
                    List<Device> many = IntStream.range(0, 12 + random.nextInt(60))
                            .mapToObj(i -> "d" + i)
                            .filter(absent -> !present.containsKey(absent))
                            .map(absent -> randomDevice(random, absent))
                            .toList();
                    routes.add(many);
                    many.forEach(device -> present.put(device.topicName(), device));
                }
                TopicDemand demand = routes.demand();
                Set<TopicFilter> wanted = wanted(present);
                Set<TopicFilter> told = demand.templates()
                        .flatMap(template -> demand.names(template).map(template::filter))
                        .collect(Collectors.toSet());
                if (!told.equals(wanted)) {
                    fail("seed %d step %d: filters %s, wanted %s", seed, step, told, wanted);
                }
                for (int i = 0; i < 5; i++) {
                    TopicFilter filter = filters(randomDevice(random, "d" + random.nextInt(12)))
                            .iterator()
                            .next();
                    if (demand.wants(filter) != wanted.contains(filter)) {
                        fail("seed %d step %d: wants %s", seed, step, filter);
                    }
                }
                for (int i = 0; i < 10; i++) {
                    TopicName topic = TopicName.of(randomTopic(random));
                    List<Device> found = routes.match(topic);
                    Set<Device> expected = present.values().stream()
                            .filter(device -> filters(device).stream().anyMatch(filter -> filter.matches(topic)))
                            .collect(Collectors.toSet());
                    if (found.size() != expected.size() || !new HashSet<>(found).equals(expected)) {
                        fail("seed %d step %d: topic %s gave %s instead of %s", seed, step, topic, found, expected);
                    }
                }
            }
            present.values().forEach(device -> routes.replace(device, null));
            assertThat(routes.isEmpty()).isTrue();
            assertThat(routes.match(TopicName.of("a"))).isEmpty();
        }
    }

    private static Set<TopicFilter> filters(Device device) {
        return device.telemetryTopics().stream()
                .map(topic -> topic.filter(device.topicName()))
                .collect(Collectors.toSet());
    }

    private static Set<TopicFilter> wanted(Map<String, Device> present) {
        return present.values().stream()
                .flatMap(device -> filters(device).stream())
                .collect(Collectors.toSet());
    }

    private static final String[] LEVELS = {"", "a", "b", "d1", "d2", "$SYS"};

    private static Device randomDevice(Random random, String name) {
        List<String> topics = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            List<String> levels = new ArrayList<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                levels.add(
                        switch (random.nextInt(4)) {
                            case 0 -> "+";
                            case 1 -> "{device_id}";
                            default -> LEVELS[random.nextInt(LEVELS.length)];
                        });
            }
            if (random.nextInt(3) == 0) {
                levels.add("#");
            }
            String topic = String.join("/", levels);
            if (!topic.isEmpty()) {
                topics.add(random.nextInt(8) == 0 ? "$share/g/" + topic : topic);
            }
        }
        return topics.isEmpty() ? device(name, "a") : device(name, topics.toArray(String[]::new));
    }

    private static String randomTopic(Random random) {
        List<String> levels = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            levels.add(LEVELS[random.nextInt(LEVELS.length)]);
        }
        String topic = String.join("/", levels);
        return topic.isEmpty() ? "/" : topic;
    }

    /** A scan would compare 5,000,000,000 times. */
    @Test
    @Timeout(60)
    void theCostOfALookUpDoesNotGrowWithTheDevices() {
        for (int i = 0; i < 50_000; i++) {
            table.replace(null, device("d" + i, "devices/{device_id}/telemetry", "other/{device_id}/#"));
        }
        int found = 0;
        for (int i = 0; i < 50_000; i++) {
            found += table.match(TopicName.of("devices/d" + i + "/telemetry")).size();
        }
        assertThat(found).isEqualTo(50_000);
    }

    /** A device that changes back and forth is found once at any moment. */
    @Test
    @Timeout(60)
    void aLookUpDuringAChangeSeesBeforeOrAfter() throws Exception {
        Device before = device("d", "old/{device_id}/x", "both");
        Device after = before.toBuilder()
                .telemetryTopics("new/{device_id}/x", "both")
                .version(1)
                .build();
        table.replace(null, before);
        for (int i = 0; i < 1_000; i++) {
            table.replace(null, device("n" + i, "old/{device_id}/x", "new/{device_id}/x"));
        }
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> looked = CompletableFuture.supplyAsync(() -> {
            int changes = 0;
            long version = 0;
            while (!done.get()) {
                List<Device> found = table.match(TopicName.of("both"));
                if (found.size() != 1) {
                    throw new AssertionError("neither or both: " + found);
                }
                changes += found.get(0).version() == version ? 0 : 1;
                version = found.get(0).version();
                if (table.match(TopicName.of("old/n7/x")).size() != 1) {
                    throw new AssertionError("one that did not change is not found");
                }
            }
            return changes;
        });
        for (int i = 0; i < 20_000; i++) {
            table.replace(i % 2 == 0 ? before : after, i % 2 == 0 ? after : before);
        }
        done.set(true);
        assertThat(looked.get(30, TimeUnit.SECONDS)).isNotNegative();
    }
}
