package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.UserProperty;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes outbox entries to rows and reads them back. User properties are lines of {@code name=value}; in both, a backslash stands before
 * a backslash and an equals sign, and {@code \n} for a line feed.
 */
final class OutboxRows {
    /** What {@link #read} is given, in its order. */
    static final String COLUMNS =
            "e.id, e.brokerId, e.orderingKey, e.topic, e.payload, e.qos, e.retain, e.text, e.contentType,"
                    + " e.responseTopic, e.correlationData, e.userProperties, e.createdAt, e.expiresAt";

    private OutboxRows() {}

    static MqttManagerOutboxEntry write(OutboxEntry entry) {
        OutboundPublish publish = entry.publish();
        PublishProperties properties = publish.properties();
        MqttManagerOutboxEntry row = new MqttManagerOutboxEntry();
        row.id = entry.id();
        row.brokerId = entry.broker().value();
        row.orderingKey = entry.orderingKey();
        row.topic = Objects.requireNonNull(publish.topic()).value();
        row.payload = bytes(publish.payload());
        row.qos = publish.qos().code();
        row.retain = publish.retain();
        row.text = properties.text();
        row.contentType = properties.contentType();
        row.responseTopic = properties.responseTopic() == null
                ? null
                : properties.responseTopic().value();
        row.correlationData = properties.correlationData() == null ? null : bytes(properties.correlationData());
        row.userProperties = properties.userProperties().isEmpty() ? null : lines(properties.userProperties());
        row.createdAt = entry.createdAt();
        row.expiresAt = entry.expiresAt();
        return row;
    }

    static OutboxEntry read(Object[] row) {
        String responseTopic = (String) row[9];
        byte[] correlationData = (byte[]) row[10];
        return new OutboxEntry(
                (Long) row[0],
                BrokerId.of((String) row[1]),
                (String) row[2],
                new OutboundPublish(
                        TopicName.of((String) row[3]),
                        ByteBuffer.wrap((byte[]) row[4]),
                        QoS.of((Integer) row[5]),
                        (Boolean) row[6],
                        WhenDisconnected.QUEUE,
                        new PublishProperties(
                                null,
                                (Boolean) row[7],
                                (String) row[8],
                                responseTopic == null ? null : TopicName.of(responseTopic),
                                correlationData == null ? null : ByteBuffer.wrap(correlationData),
                                userProperties((String) row[11]))),
                (Instant) row[12],
                (Instant) row[13]);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    static String lines(List<UserProperty> properties) {
        StringBuilder lines = new StringBuilder();
        for (UserProperty property : properties) {
            escape(property.name(), lines);
            lines.append('=');
            escape(property.value(), lines);
            lines.append('\n');
        }
        return lines.toString();
    }

    private static void escape(String text, StringBuilder to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                to.append("\\n");
            } else {
                if (c == '\\' || c == '=') {
                    to.append('\\');
                }
                to.append(c);
            }
        }
    }

    static List<UserProperty> userProperties(@Nullable String lines) {
        if (lines == null) {
            return List.of();
        }
        List<UserProperty> properties = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        String name = "";
        for (int i = 0; i < lines.length(); i++) {
            char c = lines.charAt(i);
            if (c == '\\') {
                char escaped = lines.charAt(++i);
                text.append(escaped == 'n' ? '\n' : escaped);
            } else if (c == '=') {
                name = text.toString();
                text.setLength(0);
            } else if (c == '\n') {
                properties.add(new UserProperty(name, text.toString()));
                text.setLength(0);
            } else {
                text.append(c);
            }
        }
        return properties;
    }
}
