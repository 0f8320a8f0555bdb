package io.github.mqttmanager.connection;

import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * One wanted subscription and the broker's answer.
 *
 * @param filter what is wanted
 * @param requested the quality of service that we asked for
 * @param granted what the broker granted, or null if it refused or has not answered
 * @param reasonCode of SUBACK, or null if the broker has not answered
 */
public record SubscriptionStatus(
        TopicFilter filter,
        QoS requested,
        @Nullable QoS granted,
        @Nullable Integer reasonCode) {
    /** Whether the broker answered no. */
    public boolean isRefused() {
        return granted == null && reasonCode != null;
    }
}
