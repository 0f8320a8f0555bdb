package io.github.mqttmanager.example.server.statistic;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Figures of everything that one user has, and what they may have. */
@Schema(name = "Statistics")
record StatisticsView(
        long brokersTotal,
        long brokersConnected,
        long devicesTotal,
        long devicesOnline,
        long readingsTotal,
        long readingsLastHour,
        long unreadableTotal,
        long unroutedTotal,
        long refusedTotal,
        @Nullable Instant lastRefusedAt,
        long commandsWaiting,
        @Nullable Instant oldestCommandAt,
        Limits limits,
        Instant at) {
    /**
     * What one user may have.
     *
     * @param readings the oldest go first
     * @param readingsDays how long they are kept
     * @param messagesPerSecond of all devices together; more are not stored
     */
    @Schema(name = "Limits")
    record Limits(int brokers, int devices, int streams, long readings, long readingsDays, int messagesPerSecond) {}
}
