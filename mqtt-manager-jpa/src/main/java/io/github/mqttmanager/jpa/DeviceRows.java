package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.topic.TopicTemplate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes devices to rows and reads them back. This class is thread-safe. */
final class DeviceRows {
    private final Shared<String, BrokerId> brokers = new Shared<>(BrokerId::of);
    private final Shared<String, String> texts = new Shared<>(text -> text);
    private final Shared<String, TopicTemplate> templates = new Shared<>(TopicTemplate::of);
    private final Shared<String, List<TopicTemplate>> topics =
            new Shared<>(lines -> List.copyOf(lines.lines().map(templates::get).toList()));
    private final Shared<Long, Duration> intervals = new Shared<>(Duration::ofNanos);

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

    /** What {@link #read(Object[])} wants selected of {@code MqttManagerDevice d}. */
    static final String COLUMNS = "d.id, d.name, d.owner, d.brokerId, d.topicName, d.deviceType, d.telemetryTopics,"
            + " d.commandTopic, d.availabilityTopic, d.availabilityOnline, d.availabilityOffline, d.expectedInterval, d.version";

    /** The same in SQL, of {@code mqtt_manager_device d}. */
    static final String SQL_COLUMNS =
            "d.id, d.name, d.owner, d.broker_id, d.topic_name, d.device_type, d.telemetry_topics,"
                    + " d.command_topic, d.availability_topic, d.availability_online, d.availability_offline, d.expected_interval_ns,"
                    + " d.version";

    Device read(ResultSet row) throws SQLException {
        // One place that is called from, for what is called is large when it is compiled.
        String[] texts = new String[11];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = row.getString(i + 1);
        }
        return read(
                texts[0],
                texts[1],
                texts[2],
                texts[3],
                texts[4],
                texts[5],
                texts[6],
                texts[7],
                texts[8],
                texts[9],
                texts[10],
                row.getLong(12),
                row.getLong(13));
    }

    Device read(MqttManagerDevice row) {
        return read(
                row.id,
                row.name,
                row.owner,
                row.brokerId,
                row.topicName,
                row.deviceType,
                row.telemetryTopics,
                row.commandTopic,
                row.availabilityTopic,
                row.availabilityOnline,
                row.availabilityOffline,
                row.expectedInterval,
                row.version);
    }

    Device read(Object[] row) {
        return read(
                (String) row[0],
                (String) row[1],
                (String) row[2],
                (String) row[3],
                (String) row[4],
                (String) row[5],
                (String) row[6],
                (String) row[7],
                (String) row[8],
                (String) row[9],
                (String) row[10],
                (Long) row[11],
                (Long) row[12]);
    }

    /** What is the same in many of a million devices, they share. */
    private Device read(
            String id,
            String name,
            @Nullable String owner,
            String broker,
            String topicName,
            @Nullable String type,
            String telemetryTopics,
            @Nullable String commandTopic,
            @Nullable String availabilityTopic,
            @Nullable String online,
            @Nullable String offline,
            long expectedInterval,
            long version) {
        return new Device(
                DeviceId.of(id),
                name.equals(topicName) ? topicName : name,
                owner == null ? null : texts.get(owner),
                brokers.get(broker),
                topicName,
                type == null ? null : texts.get(type),
                topics.get(telemetryTopics),
                commandTopic == null ? null : templates.get(commandTopic),
                availabilityTopic == null
                        ? null
                        : new Availability(
                                templates.get(availabilityTopic),
                                texts.get(Objects.requireNonNull(online)),
                                texts.get(Objects.requireNonNull(offline))),
                intervals.get(expectedInterval),
                version);
    }
}
