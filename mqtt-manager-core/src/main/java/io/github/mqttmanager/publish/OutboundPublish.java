package io.github.mqttmanager.publish;

import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A publish that is to be sent.
 *
 * @param topic where to, or null: the command topic of the device that it is for
 * @param payload read-only; the bytes must not be changed afterwards
 * @param qos how surely
 * @param retain whether the broker keeps it for later subscribers
 * @param whenDisconnected what becomes of it without a connection
 * @param properties of MQTT 5; the expiry is honoured under MQTT 3.1.1 too, until the message is handed over
 */
public record OutboundPublish(
        @Nullable TopicName topic,
        ByteBuffer payload,
        QoS qos,
        boolean retain,
        WhenDisconnected whenDisconnected,
        PublishProperties properties) {
    public OutboundPublish {
        payload = payload.asReadOnlyBuffer();
    }

    /** At least once, to the device's command topic, queued while disconnected. */
    public static OutboundPublish of(String payload) {
        return builder().payload(payload).build();
    }

    /** At least once, to the topic, queued while disconnected. */
    public static OutboundPublish of(TopicName topic, String payload) {
        return builder().topic(topic).payload(payload).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public ByteBuffer payload() {
        return payload.duplicate();
    }

    /** The same publish with a topic. */
    public OutboundPublish withTopic(TopicName newTopic) {
        return new OutboundPublish(newTopic, payload, qos, retain, whenDisconnected, properties);
    }

    @Override
    public String toString() {
        return "OutboundPublish[" + (topic == null ? "command topic" : topic) + ", " + payload.remaining() + " bytes, "
                + qos + (retain ? ", retain" : "") + "]";
    }

    /** Collects what a publish holds. Not thread-safe. */
    public static final class Builder {
        private @Nullable TopicName topic;
        private ByteBuffer payload = ByteBuffer.allocate(0);
        private QoS qos = QoS.AT_LEAST_ONCE;
        private boolean retain;
        private WhenDisconnected whenDisconnected = WhenDisconnected.QUEUE;
        private @Nullable Duration expiry;
        private boolean text;
        private @Nullable String contentType;
        private @Nullable TopicName responseTopic;
        private @Nullable ByteBuffer correlationData;
        private final List<UserProperty> userProperties = new ArrayList<>();

        private Builder() {}

        public Builder topic(@Nullable TopicName value) {
            topic = value;
            return this;
        }

        public Builder topic(String value) {
            return topic(TopicName.of(value));
        }

        /** A copy of the bytes. */
        public Builder payload(byte[] value) {
            payload = ByteBuffer.wrap(value.clone());
            return this;
        }

        /** The UTF-8 bytes of the text. */
        public Builder payload(String value) {
            payload = ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8));
            text = true;
            return this;
        }

        public Builder qos(QoS value) {
            qos = value;
            return this;
        }

        public Builder retain(boolean value) {
            retain = value;
            return this;
        }

        public Builder whenDisconnected(WhenDisconnected value) {
            whenDisconnected = value;
            return this;
        }

        public Builder expiry(@Nullable Duration value) {
            expiry = value;
            return this;
        }

        public Builder contentType(@Nullable String value) {
            contentType = value;
            return this;
        }

        public Builder responseTopic(@Nullable TopicName value) {
            responseTopic = value;
            return this;
        }

        public Builder correlationData(byte @Nullable [] value) {
            correlationData = value == null ? null : ByteBuffer.wrap(value.clone());
            return this;
        }

        public Builder userProperty(String name, String value) {
            userProperties.add(new UserProperty(name, value));
            return this;
        }

        /** @throws IllegalArgumentException if the expiry is out of range */
        public OutboundPublish build() {
            return new OutboundPublish(
                    topic,
                    payload,
                    qos,
                    retain,
                    whenDisconnected,
                    new PublishProperties(expiry, text, contentType, responseTopic, correlationData, userProperties));
        }
    }
}
