package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.example.server.reading.ReadingView;
import io.github.mqttmanager.example.server.reading.UnreadablePayloads.Unreadable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device as the API shows it. */
@Schema(name = "Device")
public record DeviceView(
        long id,
        String deviceName,
        String deviceId,
        long mqttBrokerId,
        @Nullable String deviceType,
        List<String> telemetryTopics,
        @Nullable String commandTopic,
        @Nullable String availabilityTopic,
        long expectedInterval,
        @Nullable Instant lastSeen,
        Presence presence,
        @Nullable ReadingView latest,
        @Nullable Unreadable unreadable,
        long version,
        Instant createdAt,
        Instant updatedAt) {}
