package io.github.mqttmanager.connection;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Tells when handling goes wrong for a while, and when it is well again for longer; not each message that failed once. */
final class HandlingAlarm {
    private static final Duration RAISE_AFTER = Duration.ofSeconds(5);
    private static final Duration CLEAR_AFTER = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private volatile boolean raised;

    /** Since when it has always been other than what was told last; meaningful while {@link #other}. */
    private long otherSince;

    private boolean other;

    HandlingAlarm(LongSupplier nanos) {
        this.nanos = nanos;
    }

    boolean isRaised() {
        return raised;
    }

    /** @return whether there is something to tell */
    boolean look(boolean troubled) {
        if (troubled == raised) {
            other = false;
            return false;
        }
        long now = nanos.getAsLong();
        if (!other) {
            other = true;
            otherSince = now;
        }
        if (now - otherSince < (raised ? CLEAR_AFTER : RAISE_AFTER).toNanos()) {
            return false;
        }
        raised = troubled;
        other = false;
        return true;
    }
}
