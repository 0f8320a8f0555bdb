package io.github.mqttmanager.connection;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the publishes to all brokers may take together. Thread-safe. */
final class OutboundBudget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    OutboundBudget(long limit) {
        this.limit = limit;
    }

    /** @return whether there was so much left, which is the caller's then */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) <= limit) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void takeAnyway(long bytes) {
        taken.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
