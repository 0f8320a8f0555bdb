package io.github.mqttmanager.connection;

import io.github.mqttmanager.topic.QoS;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the broker granted in CONNACK (MQTT 5 section 3.2.2.3). MQTT 3.1.1 grants nothing but the session; there the values are those that
 * we keep to.
 *
 * @param sessionPresent whether it had kept our session
 * @param keepAlive the longest silence it accepts: its own, or else the one that was asked for; zero if any
 * @param sessionExpiry how long it keeps the session after a loss, or null with MQTT 3.1.1, where nobody knows
 * @param receiveMaximum how many of our publishes may be unacknowledged
 * @param maximumPacketSize the largest packet it takes, in bytes
 * @param maximumQos the highest that it takes
 * @param retainAvailable whether it keeps messages for later subscribers
 * @param wildcardAvailable whether filters may have wildcards
 * @param sharedAvailable whether subscriptions may be shared
 * @param assignedClientIdentifier the identifier that it gave us instead of ours, or null
 */
public record BrokerGrants(
        boolean sessionPresent,
        Duration keepAlive,
        @Nullable Duration sessionExpiry,
        int receiveMaximum,
        int maximumPacketSize,
        QoS maximumQos,
        boolean retainAvailable,
        boolean wildcardAvailable,
        boolean sharedAvailable,
        @Nullable String assignedClientIdentifier) {}
