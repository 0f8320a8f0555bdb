package io.github.mqttmanager.broker;

import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What we publish ourselves whenever a connection stands: after the broker has answered the wanted filters, before all else. The
 * counterpart of the {@link Will}. A changed one is published from the next connection on.
 *
 * @param topic where
 * @param payload what; not to be changed afterwards
 * @param qos at least once or exactly once; in a session that an earlier process opened, always at least once
 * @param retain whether later subscribers get it too
 */
public record Birth(TopicName topic, byte[] payload, QoS qos, boolean retain) {
    /** @throws IllegalArgumentException if the payload is longer than 65,535 bytes or the QoS is 0 */
    public Birth {
        Checks.range(payload.length, "length of the birth message's payload", 0, 65_535);
        Checks.range(qos.code(), "QoS of the birth message", 1, 2);
        payload = payload.clone();
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Birth that
                && topic.equals(that.topic)
                && Arrays.equals(payload, that.payload)
                && qos == that.qos
                && retain == that.retain;
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, Arrays.hashCode(payload), qos, retain);
    }

    @Override
    public String toString() {
        return "Birth[topic=" + topic + ", " + payload.length + " bytes, qos=" + qos + ", retain=" + retain + "]";
    }
}
