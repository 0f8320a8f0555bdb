package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.topic.TopicTemplate;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes devices to rows and reads them back. */
final class DeviceRows {
    private DeviceRows() {}

    /** Writes everything except the version and the times. */
    static void write(Device from, MqttManagerDevice to) {
        to.id = from.id().value();
        to.name = from.name();
        to.owner = from.owner();
        to.brokerId = from.broker().value();
        to.topicName = from.topicName();
        to.deviceType = from.type();
        to.telemetryTopics =
                from.telemetryTopics().stream().map(TopicTemplate::value).collect(Collectors.joining("\n"));
        to.commandTopic =
                from.commandTopic() == null ? null : from.commandTopic().value();
        Availability availability = from.availability();
        to.availabilityTopic =
                availability == null ? null : availability.topic().value();
        to.availabilityOnline = availability == null ? null : availability.online();
        to.availabilityOffline = availability == null ? null : availability.offline();
        to.expectedInterval = from.expectedInterval().toNanos();
    }

    static Device read(MqttManagerDevice row) {
        return new Device(
                DeviceId.of(row.id),
                row.name,
                row.owner,
                BrokerId.of(row.brokerId),
                row.topicName,
                row.deviceType,
                row.telemetryTopics.lines().map(TopicTemplate::of).toList(),
                row.commandTopic == null ? null : TopicTemplate.of(row.commandTopic),
                availability(row),
                Duration.ofNanos(row.expectedInterval),
                row.version);
    }

    private static @Nullable Availability availability(MqttManagerDevice row) {
        if (row.availabilityTopic == null) {
            return null;
        }
        return new Availability(
                TopicTemplate.of(row.availabilityTopic),
                Objects.requireNonNull(row.availabilityOnline),
                Objects.requireNonNull(row.availabilityOffline));
    }
}
