package io.github.mqttmanager.it.store;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One state of definitions and devices, of which every field tells the number: what is torn does not equal any. */
record Generation(int number) {
    /** Devices that are saved together. */
    static final int GROUP = 120;

    /** @param version that is stored now, or 0 */
    BrokerDefinition definition(BrokerId id, long version) {
        byte[] payload = ("state " + number).repeat(50).getBytes(StandardCharsets.UTF_8);
        return BrokerDefinition.builder(id, "host-" + number, 1 + number % 65_535)
                .name("name " + number)
                .owner("owner")
                .clientIdentifier("client-" + number)
                .credentials("user-" + number, "password-" + number)
                .webSocket(new WebSocketSettings("/path-" + number, Map.of("X-Token", "token-" + number)))
                .keepAlive(Duration.ofSeconds(5 + number % 1_000))
                .session(
                        new SessionSettings(false, Duration.ofSeconds(number), 1 + number % 60_000, 64 * 1024 + number))
                .will(new Will(
                        TopicName.of("will/" + number), payload, QoS.AT_LEAST_ONCE, true, Duration.ofSeconds(number)))
                .birth(new Birth(TopicName.of("birth/" + number), payload, QoS.AT_LEAST_ONCE, true))
                .active(false)
                .version(version)
                .build();
    }

    static int of(BrokerDefinition definition) {
        return Integer.parseInt(definition.name().substring("name ".length()));
    }

    /**
     * The devices of a group.
     *
     * @param version that is stored now, or 0
     */
    List<Device> devices(BrokerId broker, int group, long version) {
        return IntStream.range(0, GROUP)
                .mapToObj(i -> Device.builder(id(group, i), broker, "device-" + group + "-" + i)
                        .name("name " + number)
                        .owner("owner")
                        .type("type-" + number)
                        .telemetryTopics("telemetry/" + number + "/{device_id}", "more/" + number + "/{device_id}")
                        .commandTopic(TopicTemplate.of("commands/" + number + "/{device_id}"))
                        .expectedInterval(Duration.ofSeconds(1 + number % 10_000))
                        .version(version)
                        .build())
                .toList();
    }

    static DeviceId id(int group, int number) {
        return DeviceId.of("d-" + group + "-" + number);
    }

    static int of(Device device) {
        return Integer.parseInt(device.name().substring("name ".length()));
    }
}
