package io.github.mqttmanager.publish;

/**
 * Hears what became of entries of the outbox, on the outbox's own thread: a slow listener slows the outbox and nothing else. What it
 * throws is logged and harms nobody. After a crash the same can be told again, for the entry is then sent again.
 */
public interface OutboxListener {
    /** The broker has taken it. */
    default void sent(OutboxEntry entry, PublishReceipt receipt) {}

    /** It can never be sent, and is removed. */
    default void failed(OutboxEntry entry, PublishException failure) {}

    /** It was not sent before its time was over, and is removed. */
    default void expired(OutboxEntry entry) {}
}
