package io.github.mqttmanager.example.server.device;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes the request that creates or changes a device; nothing is read into it. */
@Schema(name = "DeviceInput", description = "On update, absent fields keep their value.")
interface DeviceInput {
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, maxLength = 100)
    String getDeviceName();

    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            pattern = "[A-Za-z0-9._~:-]{1,64}",
            description = "the device's name in topics, unique per broker")
    String getDeviceId();

    @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
    long getMqttBrokerId();

    @Schema(maxLength = 50)
    @Nullable
    String getDeviceType();

    @Schema(description = "1 to 16 topic filters, or templates with {device_id}")
    List<String> getTelemetryTopics();

    @Schema(description = "null: the device takes no commands", defaultValue = "devices/{device_id}/commands")
    @Nullable
    String getCommandTopic();

    @Schema(
            description =
                    "where the device, or its will, says online or offline; without wildcards, may have {device_id};"
                            + " null: none")
    @Nullable
    String getAvailabilityTopic();

    @Schema(minimum = "1", maximum = "604800", defaultValue = "60", description = "seconds")
    int getExpectedInterval();

    @Schema(description = "update only: refused with 409 when it is not the current one")
    long getVersion();
}
