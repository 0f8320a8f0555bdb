package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishReceipt;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of a command, as the API shows it. */
@Schema(name = "CommandOutcome")
record CommandView(
        Outcome outcome,
        @Nullable String topic,
        @Nullable Integer reasonCode,
        @Nullable FailureView failure,
        Instant at) {
    /** Whether the broker has taken it. */
    enum Outcome {
        ACKNOWLEDGED,
        /** Not yet; it is kept until it has, or has expired. */
        STORED,
        FAILED
    }

    /** Why it has not. */
    @Schema(name = "CommandFailure")
    record FailureView(String kind, String message) {}

    static CommandView of(PublishReceipt receipt) {
        return new CommandView(
                Outcome.ACKNOWLEDGED, receipt.topic().value(), receipt.reasonCode(), null, receipt.acknowledgedAt());
    }

    static CommandView stored(String topic) {
        return new CommandView(Outcome.STORED, topic, null, null, Instant.now());
    }

    static CommandView failed(@Nullable String topic, PublishException e) {
        return failed(topic, e.failure().name(), String.valueOf(e.getMessage()));
    }

    static CommandView failed(@Nullable String topic, String kind, String message) {
        return new CommandView(Outcome.FAILED, topic, null, new FailureView(kind, message), Instant.now());
    }
}
