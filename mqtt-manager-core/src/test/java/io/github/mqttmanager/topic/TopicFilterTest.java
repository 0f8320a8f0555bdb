package io.github.mqttmanager.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/",
                "+",
                "#",
                "+/#",
                "/#",
                "a/#",
                "a/+/b",
                "+/+",
                "//+//#",
                "$SYS/#",
                "$share/g/a",
                "$share/g/#",
                "$share/g/+/b",
                "$share/g//",
                "$shared/x",
                "$share",
                "a b",
                " "
            })
    void acceptsWhatMqttAllows(String value) {
        assertThat(TopicFilter.of(value).value()).isEqualTo(value);
        assertThat(TopicFilter.of(value)).hasToString(value);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "a#",
                "#a",
                "a/#/b",
                "##",
                "#/",
                "#/#",
                "a+",
                "+a",
                "++",
                "a/b+/c",
                "a/+b",
                "a\u0000",
                "a\n",
                "$share/",
                "$share/g",
                "$share/g/",
                "$share//a",
                "$share/+/a",
                "$share/#/a",
                "$share/g+/a",
                "$share/g/a#",
                "$share/g/#/a",
                "\uD800"
            })
    void refusesWhatIsNoFilter(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicFilter.of(value))
                .withMessageContaining("topic filter");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // filter, topic, whether (the examples of MQTT 5 section 4.7 among them)
                "sport/tennis/player1/#, sport/tennis/player1, true",
                "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
                "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
                "sport/#, sport, true",
                "sport/tennis/+, sport/tennis/player1, true",
                "sport/tennis/+, sport/tennis/player1/ranking, false",
                "sport/+, sport, false",
                "sport/+, sport/, true",
                "+/+, /finance, true",
                "/+, /finance, true",
                "+, /finance, false",
                "#, $SYS/x, false",
                "+/monitor/Clients, $SYS/monitor/Clients, false",
                "$SYS/#, $SYS/, true",
                "$SYS/#, $SYS, true",
                "$SYS/monitor/+, $SYS/monitor/Clients, true",
                "a/#, ab, false",
                "a/+/c, a//c, true",
                "a/b, a/b/, false",
                "ACCOUNTS, Accounts, false",
                "$share/g/#, a/b, true",
                "$share/g/#, $SYS/b, false",
                "$share/g/a/+, a/x, true",
                "$share/g/a, $share/g/a, false",
                "+/#, a, true",
                "a/$x, a/$x, true",
                "a/+, a/$x, true"
            })
    void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
        assertThat(TopicFilter.of(filter).matches(TopicName.of(topic))).isEqualTo(matches);
    }

    @Test
    void agreesWithAPlainMatcherOnAHundredThousandPairs() {
        long seed = 20_301;
        Random random = new Random(seed);
        int matched = 0;
        for (int i = 0; i < 100_000; i++) {
            String filter = randomFilter(random);
            String topic = randomTopic(random, filter);
            boolean expected = plainly(filter, topic);
            matched += expected ? 1 : 0;
            if (TopicFilter.of(filter).matches(TopicName.of(topic)) != expected) {
                fail(
                        "seed %d, pair %d: filter %s, topic %s should %smatch",
                        seed, i, filter, topic, expected ? "" : "not ");
            }
        }
        assertThat(matched).as("pairs that match").isBetween(20_000, 80_000);
    }

    private static String randomLevel(Random random) {
        String[] levels = {"", "a", "b", "ab", "$SYS", "$", "ü", " "};
        return levels[random.nextInt(levels.length)];
    }

    private static String randomFilter(Random random) {
        while (true) {
            List<String> levels = new ArrayList<>();
            int n = 1 + random.nextInt(4);
            for (int i = 0; i < n; i++) {
                levels.add(random.nextInt(3) == 0 ? "+" : randomLevel(random));
            }
            if (random.nextInt(3) == 0) {
                levels.add("#");
            }
            String filter = String.join("/", levels);
            if (!filter.isEmpty()) {
                return random.nextInt(5) == 0 ? "$share/g/" + filter : filter;
            }
        }
    }

    /** Mostly one that nearly matches, or no mistake would ever be found. */
    private static String randomTopic(Random random, String filter) {
        while (true) {
            List<String> levels = new ArrayList<>();
            for (String level : matched(filter)) {
                if (level.equals("#")) {
                    for (int n = random.nextInt(3); n > 0; n--) {
                        levels.add(randomLevel(random));
                    }
                } else {
                    levels.add(level.equals("+") || random.nextInt(8) == 0 ? randomLevel(random) : level);
                }
            }
            if (random.nextInt(6) == 0) {
                levels.add(randomLevel(random));
            }
            if (random.nextInt(6) == 0 && !levels.isEmpty()) {
                levels.remove(random.nextInt(levels.size()));
            }
            String topic = String.join("/", levels);
            if (!topic.isEmpty()) {
                return topic;
            }
        }
    }

    private static List<String> matched(String filter) {
        List<String> levels = Arrays.asList(filter.split("/", -1));
        return filter.startsWith("$share/") ? levels.subList(2, levels.size()) : levels;
    }

    private static boolean plainly(String filter, String topic) {
        List<String> levels = matched(filter);
        if (topic.startsWith("$") && (levels.get(0).equals("+") || levels.get(0).equals("#"))) {
            return false;
        }
        return plainly(levels, Arrays.asList(topic.split("/", -1)));
    }

    private static boolean plainly(List<String> filter, List<String> topic) {
        if (filter.isEmpty()) {
            return topic.isEmpty();
        }
        if (filter.get(0).equals("#")) {
            return true;
        }
        return !topic.isEmpty()
                && (filter.get(0).equals("+") || filter.get(0).equals(topic.get(0)))
                && plainly(filter.subList(1, filter.size()), topic.subList(1, topic.size()));
    }

    @Test
    void tellsWhatItIs() {
        TopicFilter shared = TopicFilter.of("$share/g/a/+");
        assertThat(shared.isShared()).isTrue();
        assertThat(shared.matchedFilter()).isEqualTo("a/+");
        assertThat(shared.levels()).containsExactly("a", "+");
        assertThat(shared.hasWildcard()).isTrue();
        assertThat(TopicFilter.of("a//b").levels()).containsExactly("a", "", "b");
        assertThat(TopicFilter.of("a//b").hasWildcard()).isFalse();
        assertThat(TopicFilter.of("$shared/b").isShared()).isFalse();
        assertThat(TopicFilter.of("a")).isLessThan(TopicFilter.of("b"));
    }
}
