package io.github.mqttmanager.publish;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much waits in the outbox.
 *
 * @param count of entries
 * @param oldest when the entry that comes next was added, or null if there is none
 */
public record OutboxDepth(long count, @Nullable Instant oldest) {
    /** Nothing. */
    public static final OutboxDepth EMPTY = new OutboxDepth(0, null);

    /** Both together. */
    public OutboxDepth plus(OutboxDepth other) {
        boolean mine = other.oldest == null || (oldest != null && oldest.isBefore(other.oldest));
        return new OutboxDepth(count + other.count, mine ? oldest : other.oldest);
    }
}
