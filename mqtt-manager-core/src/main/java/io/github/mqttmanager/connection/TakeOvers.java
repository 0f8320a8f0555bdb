package io.github.mqttmanager.connection;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Notices that another client with our identifier keeps taking the session over, with and without the broker saying so. When two managers
 * fight, each loses every other time: with the third loss of one of them five take-overs have happened. Belongs to the lane.
 */
final class TakeOvers {
    private static final int LOSSES = 3;
    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final LongSupplier nanos;

    /** When the broker told us of a take-over. */
    private final Deque<Long> told = new ArrayDeque<>(1);

    /** Connections in a row that were accepted and then closed without a word; at most the first of them had been stable. */
    private int suspected;

    /** Those of them that had worked. */
    private int worked;

    /** It was a battle the last time; whoever takes over now would only go on with it. */
    private boolean warned;

    TakeOvers(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The broker said that another client took over. @return whether it is a battle */
    boolean told() {
        long now = nanos.getAsLong();
        told.add(now);
        while (now - told.getFirst() > MEMORY.toNanos()) {
            told.removeFirst();
        }
        return verdict(told.size());
    }

    /**
     * A connection that the broker had accepted was closed without a word. One that never worked may have been so because the broker does
     * not like what we asked for: alone it says nothing, but between others it is the loss of one who was taken over early.
     *
     * @param hasWorked whether the subscriptions were answered
     * @param stable whether it had lasted
     * @return whether a battle is the likely reason
     */
    boolean suspected(boolean hasWorked, boolean stable) {
        if (stable) {
            suspected = 0;
            worked = 0;
            warned = false;
        }
        suspected++;
        worked += hasWorked ? 1 : 0;
        return verdict(worked < LOSSES - 1 ? 0 : suspected);
    }

    private boolean verdict(int losses) {
        warned |= losses >= LOSSES;
        return warned;
    }

    /** The broker could not be reached in between, or has lost its memory: it is what ends the connections. */
    void explained() {
        suspected = 0;
        worked = 0;
    }

    void beginAnew() {
        told.clear();
        suspected = 0;
        worked = 0;
        warned = false;
    }
}
