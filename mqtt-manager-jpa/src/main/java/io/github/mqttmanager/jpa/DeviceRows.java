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
        Object[] columns = new Object[13];
        for (int i = 0; i < 11; i++) {
            columns[i] = row.getString(i + 1);
        }
        columns[11] = row.getLong(12);
        columns[12] = row.getLong(13);
        return read(columns);
    }

    Device read(MqttManagerDevice row) {
        return read(new Object[] {
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
            row.version
        });
    }

    /** Reads what was selected; a million devices share what is the same in many. */
    Device read(Object[] row) {
        String name = (String) row[1];
        String topicName = (String) row[4];
        return new Device(
                DeviceId.of((String) row[0]),
                name.equals(topicName) ? topicName : name,
                row[2] == null ? null : texts.get((String) row[2]),
                brokers.get((String) row[3]),
                topicName,
                row[5] == null ? null : texts.get((String) row[5]),
                topics.get((String) row[6]),
                row[7] == null ? null : templates.get((String) row[7]),
                row[8] == null ? null : availability(row),
                intervals.get((Long) row[11]),
                (Long) row[12]);
    }

    private Availability availability(Object[] row) {
        return new Availability(
                templates.get((String) row[8]), texts.get((String) Objects.requireNonNull(row[9])), texts.get((String)
                        Objects.requireNonNull(row[10])));
    }
}
