package io.github.mqttmanager.connection;

import java.time.Duration;

/**
 * What may wait for one broker.
 *
 * @param count publishes
 * @param bytes of their payloads and topics
 * @param age after which a waiting publish has expired, whatever it says itself
 * @param window handed over at once, at most; the broker may allow less
 */
record OutboundLimits(int count, long bytes, Duration age, int window) {
    static final OutboundLimits DEFAULT = new OutboundLimits(10_000, 16 * 1024 * 1024, Duration.ofHours(1), 1_000);
}
