package io.github.mqttmanager.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTemplateTest {
    @ParameterizedTest
    @CsvSource({
        "devices/{device_id}/telemetry, boiler, devices/boiler/telemetry",
        "{device_id}, boiler, boiler",
        "{device_id}/{device_id}, a, a/a",
        "zigbee2mqtt/{device_id}/#, lamp, zigbee2mqtt/lamp/#",
        "+/{device_id}, lamp, +/lamp",
        "$share/g/{device_id}/x, a, $share/g/a/x",
        "exact/topic, ignored, exact/topic",
        "a/{device_id}, $x, a/$x",
        "{device_id}/x, a$, a$/x"
    })
    void putsTheDeviceInItsLevel(String template, String device, String filter) {
        assertThat(TopicTemplate.of(template).filter(device)).isEqualTo(TopicFilter.of(filter));
    }

    @Test
    void makesNamesOfTemplatesWithoutWildcards() {
        assertThat(TopicTemplate.of("devices/{device_id}/commands").name("a"))
                .isEqualTo(TopicName.of("devices/a/commands"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicTemplate.of("devices/{device_id}/#").name("a"))
                .withMessageContaining("wildcards");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "a/x{device_id}",
                "a/{device_id}x",
                "a/{id}",
                "{",
                "}",
                "a/{}/b",
                "{device_id",
                "a/{device_id}{device_id}",
                "a/{DEVICE_ID}",
                "a#/{device_id}",
                "#/{device_id}",
                "$share/{device_id}",
                "$share/g",
                "a/\u0000",
                "$share/{x}/a"
            })
    void refusesWhatCannotBeExpanded(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicTemplate.of(value))
                .withMessageContaining("topic");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "a/b", "/", "+", "#", "a+", "a#", "\u0000", "a\nb", "\uD800"})
    void refusesNamesThatWouldChangeTheMeaning(String device) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicTemplate.of("a/{device_id}").filter(device))
                .withMessageContaining("device name in topics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{device_id}/#", "$share/g/{device_id}/#"})
    void refusesNamesThatWouldReachIntoTheBrokersOwnTopics(String template) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicTemplate.of(template).filter("$SYS"))
                .withMessageContaining("$");
    }

    @Test
    void neverBecomesWiderWhateverTheNameIs() {
        long seed = 4_711;
        Random random = new Random(seed);
        String[] templates = {
            "{device_id}",
            "{device_id}/#",
            "a/{device_id}",
            "a/{device_id}/+",
            "{device_id}/{device_id}/x",
            "$share/g/{device_id}",
            "$share/{device_id}/x",
            "+/{device_id}/#",
            "/{device_id}/"
        };
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            TopicTemplate template = TopicTemplate.of(templates[random.nextInt(templates.length)]);
            String name = randomName(random);
            TopicFilter filter;
            try {
                filter = template.filter(name);
            } catch (IllegalArgumentException e) {
                continue;
            }
            accepted++;
            List<String> expected = new ArrayList<>();
            for (String level : template.value().split("/", -1)) {
                expected.add(level.equals("{device_id}") ? name : level);
            }
            boolean same = List.of(filter.value().split("/", -1)).equals(expected)
                    && wildcards(filter.value()) == wildcards(template.value())
                    && filter.isShared() == template.value().startsWith("$share/")
                    && !filter.matchedFilter().startsWith("$");
            if (!same) {
                fail("seed %d, case %d: template %s with name %s became %s", seed, i, template, name, filter);
            }
        }
        assertThat(accepted).as("accepted names").isGreaterThan(5_000);
    }

    private static long wildcards(String filter) {
        return filter.chars().filter(c -> c == '+' || c == '#').count();
    }

    private static String randomName(Random random) {
        String characters = "ab09._~:-$+#/{}% \\\"'\u0000\n\uD83D\uDE00\u202E温";
        StringBuilder name = new StringBuilder();
        for (int n = random.nextInt(5); n >= 0; n--) {
            name.append(random.nextInt(20) == 0 ? "$share/x" : characters.charAt(random.nextInt(characters.length())));
        }
        return random.nextInt(30) == 0 ? "$SYS" : name.toString();
    }
}
