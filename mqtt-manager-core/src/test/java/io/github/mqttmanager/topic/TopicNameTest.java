package io.github.mqttmanager.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/",
                "//",
                "a/b",
                "/a",
                "a/",
                " ",
                "a b/c",
                "$SYS/broker/uptime",
                "Küche/Größe",
                "温度/室",
                "😀/x",
                "{x}"
            })
    void acceptsWhatMqttAllows(String value) {
        assertThat(TopicName.of(value).value()).isEqualTo(value);
        assertThat(TopicName.of(value)).hasToString(value);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "a/+",
                "+",
                "#",
                "a/#",
                "a+b",
                "a#b",
                "a\u0000b",
                "a\nb",
                "a\rb",
                "\u001b[31m",
                "a\u007f",
                "a\u0085b",
                "\uFDD0",
                "\uFFFF",
                "\uFFFE",
                "\uD800",
                "a\uDC00",
                "\uD83D x",
                "x\uD83D"
            })
    void refusesWhatIsNoName(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicName.of(value))
                .withMessageContaining("topic name");
    }

    @Test
    void countsBytesAndNotCharacters() {
        assertThat(TopicName.of("a".repeat(65_535)).value()).hasSize(65_535);
        assertThat(TopicName.of("ü".repeat(32_767)).value()).hasSize(32_767);
        assertThat(TopicName.of("温".repeat(21_845)).value()).hasSize(21_845);
        assertThat(TopicName.of("😀".repeat(16_383)).value()).hasSize(32_766);
        for (String tooLong :
                new String[] {"a".repeat(65_536), "ü".repeat(32_768), "温".repeat(21_846), "😀".repeat(16_384)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TopicName.of(tooLong))
                    .withMessageContaining("65535 bytes");
        }
    }

    @Test
    void doesNotRepeatWhatItRefusesForForgingLogLines() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicName.of("a\n2030 INFO all is well"))
                .withMessageNotContaining("\n");
    }

    @Test
    void sortsByText() {
        assertThat(TopicName.of("a")).isLessThan(TopicName.of("b")).isEqualByComparingTo(TopicName.of("a"));
    }
}
