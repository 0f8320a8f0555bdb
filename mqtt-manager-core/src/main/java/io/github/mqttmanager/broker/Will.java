package io.github.mqttmanager.broker;

import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the broker publishes for us when the link is lost (MQTT 5 section 3.1.2.5).
 *
 * @param topic where
 * @param payload what; not to be changed afterwards
 * @param qos how surely
 * @param retain whether later subscribers get it too
 * @param delay how long the broker waits, MQTT 5 only
 */
public record Will(TopicName topic, byte[] payload, QoS qos, boolean retain, Duration delay) {
    /** @throws IllegalArgumentException if the payload is longer than 65,535 bytes or the delay is negative */
    public Will {
        Checks.range(payload.length, "length of the will's payload", 0, 65_535);
        Checks.range(delay, "delay of the will", Duration.ZERO, Duration.ofDays(365));
        payload = payload.clone();
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Will that
                && topic.equals(that.topic)
                && Arrays.equals(payload, that.payload)
                && qos == that.qos
                && retain == that.retain
                && delay.equals(that.delay);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, Arrays.hashCode(payload), qos, retain, delay);
    }

    @Override
    public String toString() {
        return "Will[topic=" + topic + ", " + payload.length + " bytes, qos=" + qos + ", retain=" + retain + "]";
    }
}
