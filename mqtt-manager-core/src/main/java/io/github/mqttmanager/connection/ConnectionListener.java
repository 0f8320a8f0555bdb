package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;

/**
 * Hears of changes, in order for each broker, on the manager's event thread. Return soon: all listeners share that thread. What a
 * listener throws is logged and harms nobody. Nothing is told after the manager is closed.
 */
public interface ConnectionListener {
    /**
     * State, failure, attempt or subscriptions changed. Traffic alone is no change.
     *
     * @param current already visible to those who ask the manager; a newer one may be, too
     */
    default void statusChanged(BrokerStatus current) {}

    /** The broker was deleted; nothing more comes for it. */
    default void brokerRemoved(BrokerId broker) {}
}
