package io.github.mqttmanager.connection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection, in words for people and in words for programs. Holds no secret, and nothing from the network
 * that could forge a log line.
 *
 * @param kind what went wrong
 * @param stage how far the attempt came
 * @param reasonCode of MQTT, or null where none was sent
 * @param retryable whether trying again unchanged can help
 * @param message what happened, one sentence, never empty
 * @param remedy what to do, one sentence, never empty
 * @param at when
 */
public record ConnectionFailure(
        FailureKind kind,
        ConnectionStage stage,
        @Nullable Integer reasonCode,
        boolean retryable,
        String message,
        String remedy,
        Instant at) {
    /** @throws IllegalArgumentException if there is nothing to read */
    public ConnectionFailure {
        if (message.isBlank() || remedy.isBlank()) {
            throw new IllegalArgumentException("a failure needs a message and a remedy");
        }
    }
}
