package io.github.mqttmanager.publish;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicFilter;

/** Takes every publish that comes in. Called on network threads: it may not block and does not throw. */
@FunctionalInterface
public interface InboundRouter {
    void route(InboundPublish publish, Acknowledgement acknowledgement);

    /**
     * Whether the message that the broker retains for this filter is wanted at each connection, for it tells a state; else only when the
     * broker did not hold the subscription (MQTT 5 section 3.8.3.1; with MQTT 3.1.1 it always comes).
     */
    default boolean wantsRetained(BrokerId broker, TopicFilter filter) {
        return false;
    }
}
