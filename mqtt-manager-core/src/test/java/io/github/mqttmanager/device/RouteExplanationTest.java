package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.topic.TopicName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteExplanationTest {
    private final RouteTable table = new RouteTable();

    RouteExplanationTest() {
        table.replace(null, Device.builder("boiler", "b").build());
        table.replace(
                null, Device.builder("meter", "b").telemetryTopics("+/state").build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "devices/Boiler/telemetry | upper and lower case",
                "Devices/boiler/telemetry | upper and lower case",
                "devices/boiler/commands | command topic of device boiler",
                "devices/boiler/telemetry/x | a level more",
                "devices/boiler | a level less",
                "devices/kettle/telemetry | no device that has it is called kettle",
                "$SYS/state | begins with $"
            })
    void namesWhatWasPerhapsMeant(String topic, String why) {
        assertThat(table.match(TopicName.of(topic))).isEmpty();
        assertThat(new NearMisses(TopicName.of(topic), device -> true).of(table))
                .anyMatch(sentence -> sentence.contains(why));
    }

    @Test
    void saysNothingOfWhatIsFarAway() {
        assertThat(new NearMisses(TopicName.of("elsewhere/x/y"), device -> true).of(table))
                .isEmpty();
    }
}
