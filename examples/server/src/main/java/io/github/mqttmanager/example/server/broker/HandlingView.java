package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.connection.Handling;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How this server gets on with what a broker sent. What a handler said when it failed is in the server's log, and not for users. */
@Schema(name = "Handling")
public record HandlingView(
        int failing,
        int overdue,
        @Nullable Instant troubledSince,
        @Nullable Instant oldestOpenSince,
        boolean paused) {
    static final HandlingView IDLE = of(Handling.IDLE);

    static HandlingView of(Handling handling) {
        return new HandlingView(
                handling.failing(),
                handling.overdue(),
                handling.troubledSince(),
                handling.oldestOpenSince(),
                handling.paused());
    }
}
