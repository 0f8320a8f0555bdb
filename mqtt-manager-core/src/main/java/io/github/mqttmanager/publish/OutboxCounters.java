package io.github.mqttmanager.publish;

/**
 * What became of the entries of the outbox since the manager was made.
 *
 * @param sent that a broker has taken
 * @param failed that could never be sent
 * @param expired that were not sent before their time was over
 */
public record OutboxCounters(long sent, long failed, long expired) {
    /** Nothing yet. */
    public static final OutboxCounters ZERO = new OutboxCounters(0, 0, 0);
}
