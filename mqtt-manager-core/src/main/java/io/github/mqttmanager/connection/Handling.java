package io.github.mqttmanager.connection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the host's handlers get on with what a broker sent.
 *
 * @param failing messages whose handler failed, and that are tried again
 * @param overdue messages that a handler has had for longer than its deadline
 * @param troubledSince since when there were always some of those, or null
 * @param oldestOpenSince when the oldest message came in that is not acknowledged yet, or null
 * @param lastFailure what a handler threw last, its class and its message in one line; null if none ever did
 * @param lastFailureAt when, or null
 * @param paused whether nothing more is taken from the broker, until handlers have caught up
 */
public record Handling(
        int failing,
        int overdue,
        @Nullable Instant troubledSince,
        @Nullable Instant oldestOpenSince,
        @Nullable String lastFailure,
        @Nullable Instant lastFailureAt,
        boolean paused) {
    /** Nothing to handle. */
    public static final Handling IDLE = new Handling(0, 0, null, null, null, null, false);

    /** Whether messages fail, are overdue or not taken any more. */
    public boolean isTroubled() {
        return failing > 0 || overdue > 0 || paused;
    }
}
