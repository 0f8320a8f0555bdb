package io.github.mqttmanager.connection;

/**
 * How many filters are asked for at a broker, by its answer. One filter with a wildcard may stand for many devices.
 *
 * @param granted the broker sends what they match
 * @param refused it does not
 * @param pending it has not answered yet
 */
public record SubscriptionCounts(int granted, int refused, int pending) {
    static final SubscriptionCounts ZERO = new SubscriptionCounts(0, 0, 0);
}
