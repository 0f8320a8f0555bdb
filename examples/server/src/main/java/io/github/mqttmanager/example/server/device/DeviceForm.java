package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.github.mqttmanager.topic.TopicTemplate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a device from a request, on top of the current one if there is any. */
final class DeviceForm {
    private static final Pattern DEVICE_ID = Pattern.compile("[A-Za-z0-9._~:-]{1,64}");
    private static final int MAX_TOPICS = 16;
    private static final int MAX_TOPIC = 500;

    private final RequestFields fields;
    private final @Nullable Device current;
    private final LongPredicate isOwnBroker;

    private DeviceForm(RequestFields fields, @Nullable Device current, LongPredicate isOwnBroker) {
        this.fields = fields;
        this.current = current;
        this.isOwnBroker = isOwnBroker;
    }

    /** A new device that still wants its id and owner. */
    static Device.Builder create(RequestFields fields, LongPredicate isOwnBroker) {
        return new DeviceForm(fields, null, isOwnBroker).read();
    }

    /** @throws ProblemException also if the request was made for another version */
    static Device update(RequestFields fields, Device current, LongPredicate isOwnBroker) {
        long version = fields.number("version", current.version(), 0, Long.MAX_VALUE);
        Device changed = new DeviceForm(fields, current, isOwnBroker).read().build();
        if (version != current.version()) {
            throw ProblemException.stale("device", current.version());
        }
        return changed;
    }

    private Device.Builder read() {
        String name = fields.text("device_name", current == null ? null : current.name(), 100);
        String topicName = fields.text("device_id", current == null ? null : current.topicName(), 64);
        if (fields.isFine("device_id") && !DEVICE_ID.matcher(topicName).matches()) {
            fields.refuse("device_id", "must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ : - and no others");
        }
        long broker = fields.number(
                "mqtt_broker_id",
                current == null ? null : Long.valueOf(current.broker().value()),
                Long.MIN_VALUE,
                Long.MAX_VALUE);
        if (fields.isFine("mqtt_broker_id") && !isOwnBroker.test(broker)) {
            fields.refuse("mqtt_broker_id", "does not exist");
        }
        String type = fields.optionalText("device_type", current == null ? null : current.type(), 50);
        List<TopicTemplate> telemetry = telemetryTopics(topicName);
        TopicTemplate command = commandTopic(topicName);
        Availability availability = availability(topicName, telemetry);
        long interval = fields.number(
                "expected_interval",
                current == null ? 60 : current.expectedInterval().toSeconds(),
                1,
                604_800);
        fields.check();
        DeviceId id = current == null ? DeviceId.of("new") : current.id();
        Device.Builder builder = current == null
                ? Device.builder(id, BrokerId.of(Long.toString(broker)), topicName)
                : current.toBuilder().broker(BrokerId.of(Long.toString(broker))).topicName(topicName);
        return builder.name(name)
                .type(type)
                .telemetryTopics(telemetry)
                .commandTopic(command)
                .availability(availability)
                .expectedInterval(Duration.ofSeconds(interval));
    }

    private List<TopicTemplate> telemetryTopics(String topicName) {
        List<String> texts = fields.texts(
                "telemetry_topics",
                (current == null ? List.of(Device.DEFAULT_TELEMETRY_TOPIC) : current.telemetryTopics())
                        .stream().map(TopicTemplate::value).toList(),
                MAX_TOPICS,
                MAX_TOPIC);
        List<TopicTemplate> topics = new ArrayList<>();
        for (String text : texts) {
            TopicTemplate topic = fields.accept("telemetry_topics", "", () -> {
                TopicTemplate template = TopicTemplate.of(text);
                if (fields.isFine("device_id")) {
                    template.filter(topicName);
                }
                return template;
            });
            if (topic != null) {
                topics.add(topic);
            }
        }
        return topics;
    }

    private @Nullable Availability availability(String topicName, List<TopicTemplate> telemetry) {
        Availability now = current == null ? null : current.availability();
        String text = fields.optionalText(
                "availability_topic", now == null ? null : now.topic().value(), MAX_TOPIC);
        if (text == null) {
            return null;
        }
        return fields.accept("availability_topic", "availability topic", () -> {
            Availability availability = now == null
                    ? Availability.of(text)
                    : new Availability(TopicTemplate.of(text), now.online(), now.offline());
            // As a device would have it: without wildcards, and none of its telemetry topics.
            Device.Builder device = Device.builder(fields.isFine("device_id") ? topicName : "x", "1");
            if (fields.isFine("telemetry_topics")) {
                device.telemetryTopics(telemetry);
            }
            device.availability(availability).build();
            return availability;
        });
    }

    private @Nullable TopicTemplate commandTopic(String topicName) {
        TopicTemplate now = current == null ? Device.DEFAULT_COMMAND_TOPIC : current.commandTopic();
        String text = fields.optionalText("command_topic", now == null ? null : now.value(), MAX_TOPIC);
        if (text == null) {
            return null;
        }
        return fields.accept("command_topic", "", () -> {
            TopicTemplate template = TopicTemplate.of(text);
            template.name(fields.isFine("device_id") ? topicName : "x");
            return template;
        });
    }
}
