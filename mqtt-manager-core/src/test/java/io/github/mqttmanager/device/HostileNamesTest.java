package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Topics, filters, templates and names of devices at random, hostile ones among them, judged by a matcher of the test's own. */
class HostileNamesTest {
    private static final int CASES = Boolean.getBoolean("long") ? 10_000_000 : 100_000;
    private static final String[] PIECES = {
        "a",
        "b",
        "d",
        "A",
        "+",
        "#",
        "/",
        "$",
        "$SYS",
        "$share",
        "\u0000",
        "\n",
        "\u007f",
        "\u0085",
        "\u202e",
        "\u2066",
        "\ud83d",
        "\ude00",
        "\ud83d\ude00",
        "\ufffe",
        "\ufdd0",
        "\ufeff",
        "{",
        "}",
        "{device_id}",
        "..",
        " ",
        "\u0131",
        "e\u0301",
        "\u00e9",
        ":",
        "-"
    };

    private static String name(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(4); n >= 0; n--) {
            text.append(PIECES[random.nextInt(random.nextInt(3) == 0 ? PIECES.length : 4)]);
        }
        return text.toString();
    }

    private static String text(Random random, String... wild) {
        List<String> levels = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            levels.add(random.nextInt(3) == 0 ? wild[random.nextInt(wild.length)] : name(random));
        }
        return String.join("/", levels);
    }

    @Test
    void noNameWidensAFilterOrReachesAnothersTopic() {
        int taken = 0;
        int matched = 0;
        for (int i = 0; i < CASES; i++) {
            Random random = new Random(i);
            TopicTemplate template;
            try {
                template = TopicTemplate.of(text(random, "{device_id}", "+", "a", "#"));
            } catch (IllegalArgumentException refused) {
                continue;
            }
            String name = name(random);
            TopicFilter filter;
            try {
                filter = template.filter(name);
            } catch (IllegalArgumentException refused) {
                continue;
            }
            taken++;
            List<String> expected = new ArrayList<>();
            for (String level : template.value().split("/", -1)) {
                expected.add(level.equals("{device_id}") ? name : level);
            }
            if (!Arrays.asList(filter.value().split("/", -1)).equals(expected)) {
                fail("case %d: %s for %s became %s", i, template, name, filter);
            }
            matched += judge(i, random, template, name, filter) ? 1 : 0;
        }
        assertThat(taken).as("names that were taken").isGreaterThan(CASES / 20);
        assertThat(matched).as("topics that matched").isGreaterThan(CASES / 100);
    }

    private static boolean judge(int i, Random random, TopicTemplate template, String name, TopicFilter filter) {
        TopicName topic;
        try {
            topic = TopicName.of(topic(random, filter.matchedFilter()));
        } catch (IllegalArgumentException refused) {
            return false;
        }
        boolean expected = matches(filter.matchedFilter(), topic.value());
        if (filter.matches(topic) != expected) {
            fail("case %d: %s and %s", i, filter, topic);
        }
        Device device;
        Device other;
        try {
            device = Device.builder(DeviceId.of("1"), BrokerId.of("b"), name)
                    .telemetryTopics(List.of(template))
                    .build();
            other = device.toBuilder()
                    .id(DeviceId.of("2"))
                    .topicName(name.equals("x") ? "y" : "x")
                    .build();
        } catch (IllegalArgumentException refused) {
            return expected;
        }
        RouteTable table = new RouteTable();
        table.replace(null, device);
        table.replace(null, other);
        Set<Device> reached = new HashSet<>(table.match(topic));
        Set<Device> owners = new HashSet<>();
        for (Device each : List.of(device, other)) {
            if (matches(template.filter(each.topicName()).matchedFilter(), topic.value())) {
                owners.add(each);
            }
        }
        if (!reached.equals(owners)) {
            fail("case %d: %s reached %s instead of %s", i, topic, reached, owners);
        }
        return expected;
    }

    /** Mostly one that matches or nearly does. */
    private static String topic(Random random, String filter) {
        List<String> levels = new ArrayList<>();
        for (String level : filter.split("/", -1)) {
            boolean wild = level.equals("+") || level.equals("#");
            levels.add(wild || random.nextInt(10) == 0 ? name(random) : level);
        }
        return String.join("/", levels);
    }

    private static boolean matches(String filter, String topic) {
        String[] f = filter.split("/", -1);
        String[] t = topic.split("/", -1);
        if (topic.startsWith("$") && (f[0].equals("+") || f[0].equals("#"))) {
            return false;
        }
        for (int i = 0; i < f.length; i++) {
            if (f[i].equals("#")) {
                return true;
            }
            if (i >= t.length || !(f[i].equals("+") || f[i].equals(t[i]))) {
                return i == t.length && f[i].equals("#");
            }
        }
        return f.length == t.length;
    }
}
