package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RouteTableTest {
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
        table.add(device("one", "devices/{device_id}/telemetry"));
        table.add(device("two", "zigbee/{device_id}/#", "+/state"));

        assertThat(match("devices/one/telemetry")).containsExactly("one");
        assertThat(match("zigbee/two")).containsExactly("two");
        assertThat(match("zigbee/two/a/b")).containsExactly("two");
        assertThat(match("x/state")).containsExactly("two");
        assertThat(match("devices/three/telemetry")).isEmpty();
        assertThat(match("$SYS/state")).isEmpty();
    }

    @Test
    void findsADeviceOnceHoweverManyOfItsFiltersMatch() {
        table.add(device("one", "a/b", "a/+", "#", "+/b", "$share/g/a/b"));
        assertThat(match("a/b")).containsExactly("one");
    }

    @Test
    void tellsWhetherTheFiltersChanged() {
        assertThat(table.isEmpty()).isTrue();
        assertThat(table.add(device("one", "a", "b/#"))).isTrue();
        assertThat(table.add(device("two", "a"))).as("wanted already").isFalse();
        assertThat(table.filters()).containsExactlyInAnyOrder(TopicFilter.of("a"), TopicFilter.of("b/#"));
        assertThat(table.remove(device("two", "a"))).as("still wanted").isFalse();
        assertThat(table.remove(device("one", "a", "b/#"))).isTrue();
        assertThat(table.filters()).isEmpty();
        assertThat(table.isEmpty()).isTrue();
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
                if (before != null) {
                    Set<TopicFilter> wanted = wanted(present);
                    boolean gone = routes.remove(before);
                    assertThat(gone).as("seed %d step %d", seed, step).isEqualTo(!wanted.containsAll(filters(before)));
                } else {
                    Device made = randomDevice(random, name);
                    boolean news = routes.add(made);
                    assertThat(news)
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(!wanted(present).containsAll(filters(made)));
                    present.put(name, made);
                }
                if (!routes.filters().equals(wanted(present))) {
                    fail("seed %d step %d: filters %s, wanted %s", seed, step, routes.filters(), wanted(present));
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
            present.values().forEach(routes::remove);
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
            table.add(device("d" + i, "devices/{device_id}/telemetry", "other/{device_id}/#"));
        }
        int found = 0;
        for (int i = 0; i < 50_000; i++) {
            found += table.match(TopicName.of("devices/d" + i + "/telemetry")).size();
        }
        assertThat(found).isEqualTo(50_000);
    }
}
