package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the host's handler is called.
 *
 * @param handler the host's code
 * @param deadLetters takes what the handler failed on too often, or null: it is tried for as long as it takes
 * @param attempts of the handler before a message is a dead letter
 * @param firstRetry the wait before the second attempt; it doubles with each
 * @param maxRetry the longest wait between attempts
 * @param deadline after which a call that has not returned is reported
 * @param deduplication what messages are known by, or null: duplicates are handled like others
 */
public record HandlerSettings(
        AsyncDeviceMessageHandler handler,
        @Nullable DeadLetterHandler deadLetters,
        int attempts,
        Duration firstRetry,
        Duration maxRetry,
        Duration deadline,
        @Nullable Deduplication deduplication) {
    /** Without dead letters; retries from 1 s to 1 min, a deadline of 30 s, duplicates are handled. */
    public static HandlerSettings of(AsyncDeviceMessageHandler handler) {
        return new HandlerSettings(
                handler, null, 5, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(30), null);
    }

    /** @throws IllegalArgumentException naming the setting that is out of range */
    public HandlerSettings {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, not " + attempts);
        }
        if (firstRetry.isNegative() || firstRetry.isZero() || maxRetry.compareTo(firstRetry) < 0) {
            throw new IllegalArgumentException("retry delays must be positive and the maximum not below the first");
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("the handler's deadline must be positive, not " + deadline);
        }
    }

    /**
     * How duplicates are recognised.
     *
     * @param messageId what a message is known by among those of its device, or null if it cannot be told; called on the handler's thread
     * @param window for which an id is remembered after its message was handled
     */
    public record Deduplication(Function<InboundPublish, @Nullable String> messageId, Duration window) {
        /** @throws IllegalArgumentException if the window is not positive */
        public Deduplication {
            Objects.requireNonNull(messageId, "message id");
            if (window.isNegative() || window.isZero()) {
                throw new IllegalArgumentException("the window of duplicates must be positive, not " + window);
            }
        }
    }

    public HandlerSettings withDeadLetters(DeadLetterHandler handlerOfDeadLetters, int attemptsBefore) {
        return new HandlerSettings(
                handler, handlerOfDeadLetters, attemptsBefore, firstRetry, maxRetry, deadline, deduplication);
    }

    public HandlerSettings withRetries(Duration first, Duration max) {
        return new HandlerSettings(handler, deadLetters, attempts, first, max, deadline, deduplication);
    }

    public HandlerSettings withDeadline(Duration value) {
        return new HandlerSettings(handler, deadLetters, attempts, firstRetry, maxRetry, value, deduplication);
    }

    public HandlerSettings withDeduplication(@Nullable Deduplication value) {
        return new HandlerSettings(handler, deadLetters, attempts, firstRetry, maxRetry, deadline, value);
    }
}
