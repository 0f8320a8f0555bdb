package io.github.mqttmanager.publish;

import io.github.mqttmanager.broker.BrokerId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Where publishes are kept until their broker has taken them: what was added and committed is sent, also after a crash of the host.
 *
 * <p>Contract. Called by any thread, several at a time; may block. Where the store has transactions, every method joins that of the
 * calling thread: what was added is found by others if and only if it commits. What is not found is an empty result or nothing, never an
 * exception. Any {@link RuntimeException} means that the store could not answer; nothing of the call has happened then, unless the
 * commit itself was in doubt. A null is refused with a {@link NullPointerException}. The contract tests of {@code mqtt-manager-test} say the rest.
 */
public interface Outbox {
    /**
     * Keeps an entry. Ids rise: an entry that is added after another one was committed has the higher id. Entries of transactions
     * that run at the same time have no order among each other, and a lower id can become visible after a higher one.
     *
     * @param entry with the id 0
     * @return the same with its id
     */
    OutboxEntry add(OutboxEntry entry);

    /**
     * The entries of a broker with the lowest ids, in their order.
     *
     * @param limit how many at most, at least 1
     * @param bytes after the entry with which the payloads exceed this, no more is returned
     */
    List<OutboxEntry> next(BrokerId broker, int limit, long bytes);

    /** Forgets these entries, all or none; those that are not there are passed over. */
    void remove(Collection<Long> ids);

    /** How much waits, of the brokers for which something does. Called every few seconds: cheap even with a million entries. */
    Map<BrokerId, OutboxDepth> depths();

    /**
     * Entries with an ordering key, as those for devices have one, go to another broker from now on; they keep their ids and all else. What
     * somebody has read before and sends meanwhile may be sent twice.
     *
     * @return how many
     */
    long moveToBroker(BrokerId from, BrokerId to);

    /** @return how many were forgotten */
    long deleteOfBroker(BrokerId broker);
}
