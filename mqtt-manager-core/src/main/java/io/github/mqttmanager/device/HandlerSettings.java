package io.github.mqttmanager.device;

import java.time.Duration;
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
 * @param maxWaiting QoS 0 messages are dropped while more than this many wait for handlers
 */
public record HandlerSettings(
        AsyncDeviceMessageHandler handler,
        @Nullable DeadLetterHandler deadLetters,
        int attempts,
        Duration firstRetry,
        Duration maxRetry,
        Duration deadline,
        int maxWaiting) {
    /** Without dead letters; retries from 1 s to 1 min, a deadline of 30 s, 10,000 waiting. */
    public static HandlerSettings of(AsyncDeviceMessageHandler handler) {
        return new HandlerSettings(
                handler, null, 5, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(30), 10_000);
    }

    /** @throws IllegalArgumentException naming the setting that is out of range */
    public HandlerSettings {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, not " + attempts);
        }
        if (maxWaiting < 1) {
            throw new IllegalArgumentException("maximum of waiting messages must be at least 1, not " + maxWaiting);
        }
        if (firstRetry.isNegative() || firstRetry.isZero() || maxRetry.compareTo(firstRetry) < 0) {
            throw new IllegalArgumentException("retry delays must be positive and the maximum not below the first");
        }
    }

    public HandlerSettings withDeadLetters(DeadLetterHandler handlerOfDeadLetters, int attemptsBefore) {
        return new HandlerSettings(
                handler, handlerOfDeadLetters, attemptsBefore, firstRetry, maxRetry, deadline, maxWaiting);
    }

    public HandlerSettings withRetries(Duration first, Duration max) {
        return new HandlerSettings(handler, deadLetters, attempts, first, max, deadline, maxWaiting);
    }
}
