package io.github.mqttmanager.example.server.statistic;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Figures of everything that one user has. */
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
        long commandsWaiting,
        @Nullable Instant oldestCommandAt,
        Instant at) {}
