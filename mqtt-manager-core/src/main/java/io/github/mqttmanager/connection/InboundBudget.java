package io.github.mqttmanager.connection;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the connections of one manager keep in memory together. Thread-safe. */
final class InboundBudget {
    private final InboundLimits limits;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger holders = new AtomicInteger();

    InboundBudget(InboundLimits limits) {
        this.limits = limits;
    }

    InboundLimits limits() {
        return limits;
    }

    void change(long moreMessages, long moreBytes) {
        messages.addAndGet(moreMessages);
        bytes.addAndGet(moreBytes);
    }

    /** A connection begins to keep something, or keeps nothing any more. */
    void holders(int more) {
        holders.addAndGet(more);
    }

    long messages() {
        return messages.get();
    }

    long bytes() {
        return bytes.get();
    }

    /**
     * Whether a connection that keeps so much is to take no more.
     *
     * @param quarters of the bounds at which that is so: 4 where it begins, less where it ends
     */
    boolean refuses(long ownMessages, long ownBytes, int quarters) {
        boolean full = 4 * messages.get() >= (long) quarters * limits.overallMessages()
                || 4 * bytes.get() >= quarters * limits.overallBytes();
        if (!full) {
            return false;
        }
        long sharers = Math.max(1, holders.get());
        return 4 * ownMessages * sharers >= (long) quarters * limits.overallMessages()
                || 4 * ownBytes * sharers >= quarters * limits.overallBytes();
    }
}
