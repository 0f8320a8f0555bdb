package io.github.mqttmanager.publish;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A publish that a broker sent us. Delivered at least once: the same message can come again after a lost link, and nothing
 * in it tells (the client does not expose the DUP flag).
 *
 * @param broker that sent it
 * @param topic that it was published to
 * @param payload read-only; each call gives a view with a position of its own
 * @param qos that it came with
 * @param retained whether it is an old message that the broker kept for new subscribers
 * @param receivedAt when it came in
 * @param properties of MQTT 5
 */
public record InboundPublish(
        BrokerId broker,
        TopicName topic,
        ByteBuffer payload,
        QoS qos,
        boolean retained,
        Instant receivedAt,
        PublishProperties properties) {
    public InboundPublish {
        payload = payload.asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer payload() {
        return payload.duplicate();
    }

    /** A copy of the payload. */
    public byte[] payloadBytes() {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return bytes;
    }

    /** The payload read as UTF-8; what is no UTF-8 becomes replacement characters. */
    public String payloadText() {
        return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }

    /** Everything but the payload, of which only the length is told. */
    @Override
    public String toString() {
        return "InboundPublish[" + broker + ", " + topic + ", " + payload.remaining() + " bytes, " + qos
                + (retained ? ", retained" : "") + "]";
    }
}
