package io.github.mqttmanager.connection;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the broker still answers. A link can be up and dead: when nothing came in for a while the broker is asked to answer, by giving
 * back a filter that was never subscribed. That needs no right, and every broker must answer. Belongs to the lane.
 */
final class Responsiveness {
    /** What is to be done after a look. */
    enum Verdict {
        FINE,
        /** Nothing was heard for a while: a probe is due. */
        ASK,
        /** The probe is unanswered, as of now for too long to be called responsive. */
        UNRESPONSIVE,
        /** Something came in after all. */
        RESPONSIVE_AGAIN,
        LOST
    }

    private final Liveness limits;
    private final LongSupplier nanos;

    /** When the broker last answered us. */
    private long answeredAt;

    /** When the probe that is not answered yet was sent; meaningful while {@link #probing}. */
    private long probedAt;

    private boolean probing;
    private boolean responsive = true;
    private @Nullable Duration roundTrip;

    Responsiveness(Liveness limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
    }

    void connected() {
        answeredAt = nanos.getAsLong();
        probing = false;
        responsive = true;
    }

    void disconnected() {
        responsive = true;
    }

    boolean isResponsive() {
        return responsive;
    }

    /** How long the last probe took, or null before the first. */
    @Nullable
    Duration roundTrip() {
        return roundTrip;
    }

    /** @param lastInbound when the last publish came in */
    Verdict look(long lastInbound) {
        long now = nanos.getAsLong();
        long heardAt = Math.max(answeredAt, lastInbound);
        if (!probing) {
            return now - heardAt >= limits.idle().toNanos() ? Verdict.ASK : Verdict.FINE;
        }
        long silent = now - Math.max(probedAt, heardAt);
        if (silent >= limits.lost().toNanos()) {
            return Verdict.LOST;
        }
        boolean answers = silent < limits.unresponsive().toNanos();
        if (answers == responsive) {
            return Verdict.FINE;
        }
        responsive = answers;
        return answers ? Verdict.RESPONSIVE_AGAIN : Verdict.UNRESPONSIVE;
    }

    /** We do not read what the broker says: its silence means nothing. */
    void excuse() {
        probing = false;
        answeredAt = nanos.getAsLong();
    }

    /** For how long nothing was heard. */
    Duration silence(long lastInbound) {
        return Duration.ofNanos(nanos.getAsLong() - Math.max(answeredAt, lastInbound));
    }

    void asked() {
        probing = true;
        probedAt = nanos.getAsLong();
    }

    void answered() {
        probing = false;
        answeredAt = nanos.getAsLong();
        roundTrip = Duration.ofNanos(answeredAt - probedAt);
        responsive = true;
    }
}
