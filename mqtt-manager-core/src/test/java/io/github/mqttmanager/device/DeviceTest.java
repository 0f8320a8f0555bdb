package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicTemplate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeviceTest {
    private static void refused(String culprit, UnaryOperator<Device.Builder> change) {
        assertThatIllegalArgumentException()
                .as(culprit)
                .isThrownBy(() -> change.apply(Device.builder("d", "b")).build())
                .withMessageContaining(culprit);
    }

    @Test
    void hasTheUsualTopicsByDefault() {
        Device device = Device.builder("boiler", "b").build();

        assertThat(device.telemetryTopics()).containsExactly(TopicTemplate.of("devices/{device_id}/telemetry"));
        assertThat(device.commandTopic()).isEqualTo(TopicTemplate.of("devices/{device_id}/commands"));
        assertThat(device.topicName()).isEqualTo("boiler");
        assertThat(device.expectedInterval()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void refusesNonsenseAndNamesTheCulprit() {
        assertAll(
                () -> refused("device name", d -> d.name("")),
                () -> refused("device name", d -> d.name(" ")),
                () -> refused("device name", d -> d.name("x".repeat(101))),
                () -> refused("device name", d -> d.name("a\n")),
                () -> refused("device name", d -> d.name("\uD800")),
                () -> refused("owner", d -> d.owner("")),
                () -> refused("owner", d -> d.owner("x".repeat(101))),
                () -> refused("device type", d -> d.type("")),
                () -> refused("device type", d -> d.type("x".repeat(51))),
                () -> refused("telemetry topics", d -> d.telemetryTopics(List.of())),
                () -> refused(
                        "telemetry topics",
                        d -> d.telemetryTopics(IntStream.range(0, 17)
                                .mapToObj(i -> TopicTemplate.of("a/" + i))
                                .toList())),
                () -> refused("wildcards", d -> d.commandTopic(TopicTemplate.of("a/+"))),
                () -> refused("wildcards", d -> d.commandTopic(TopicTemplate.of("a/#"))),
                () -> refused("wildcards", d -> d.availability(Availability.of("a/+"))),
                () -> refused("wildcards", d -> d.availability(Availability.of("a/#"))),
                () -> refused("shared", d -> d.availability(Availability.of("$share/g/a"))),
                () -> refused(
                        "availability topic", d -> d.availability(Availability.of("devices/{device_id}/telemetry"))),
                () -> refused(
                        "availability topic",
                        d -> d.telemetryTopics("$share/g/a/d").availability(Availability.of("a/{device_id}"))),
                () -> refused("expected interval", d -> d.expectedInterval(Duration.ZERO)),
                () -> refused("expected interval", d -> d.expectedInterval(Duration.ofMillis(999))),
                () -> refused(
                        "expected interval",
                        d -> d.expectedInterval(Duration.ofDays(7).plusMillis(1))),
                () -> refused("version", d -> d.version(-1)));
        for (String name : List.of("", "a/b", "+", "#", "a b", "a\u0000", "$SYS", "ü", "x".repeat(65), "{x}", "a\n")) {
            refused("name in topics", d -> d.topicName(name));
        }
        for (String id : List.of("", "x".repeat(65), "a b", "a\u0000", "\n")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DeviceId.of(id))
                    .withMessageContaining("device id");
        }
    }

    @Test
    void refusesPayloadsThatSayNothing() {
        TopicTemplate topic = TopicTemplate.of("a");
        for (String payload : List.of("", "x".repeat(1_001), "\uD800")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Availability(topic, payload, "off"))
                    .withMessageContaining("online");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Availability(topic, "on", payload))
                    .withMessageContaining("offline");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Availability(topic, "on", "on"))
                .withMessageContaining("differ");
    }

    @Test
    void theAvailabilityTopicIsOneOfItsTopics() {
        Device device = Device.builder("d", "b").telemetryTopics("t").build();
        assertThat(device.topics()).containsExactly(TopicTemplate.of("t"));
        assertThat(device.toBuilder()
                        .availability(Availability.of("up/{device_id}"))
                        .build()
                        .topics())
                .containsExactly(TopicTemplate.of("t"), TopicTemplate.of("up/{device_id}"));
    }

    @Test
    void countsTheSameTopicOnce() {
        Device device = Device.builder("d", "b")
                .telemetryTopics(Collections.nCopies(17, TopicTemplate.of("a")))
                .build();
        assertThat(device.telemetryTopics()).hasSize(1);
    }

    @Test
    void aCopyThroughTheBuilderIsTheSame() {
        Device device = Device.builder(DeviceId.of("d"), BrokerId.of("b"), "A-z0.9_~:")
                .name("n")
                .owner("o")
                .type("t")
                .telemetryTopics("a/{device_id}", "b/#")
                .commandTopic(null)
                .availability(new Availability(TopicTemplate.of("up"), "1", "0"))
                .expectedInterval(Duration.ofDays(7))
                .version(3)
                .build();
        assertThat(device.toBuilder().build()).isEqualTo(device);
        assertThat(device.toBuilder()
                        .id(DeviceId.of("x"))
                        .broker(BrokerId.of("y"))
                        .topicName("z")
                        .build()
                        .topicName())
                .isEqualTo("z");
        assertThat(DeviceId.of("a")).isLessThan(DeviceId.of("b")).hasToString("a");
    }
}
