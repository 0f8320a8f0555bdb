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

    /** Connections in a row that worked and were then closed without a word before they were stable. */
    private int suspected;

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
     * A connection that worked was closed without a word.
     *
     * @param stable whether it had lasted
     * @return whether a battle is the likely reason
     */
    boolean suspected(boolean stable) {
        suspected = stable ? 0 : suspected + 1;
        if (stable) {
            warned = false;
        }
        return verdict(suspected);
    }

    private boolean verdict(int losses) {
        warned |= losses >= LOSSES;
        return warned;
    }

    /** A broker that cannot be reached in between is restarted or broken; nobody takes anything over there. */
    void unreachable() {
        suspected = 0;
    }

    void beginAnew() {
        told.clear();
        suspected = 0;
        warned = false;
    }
}
