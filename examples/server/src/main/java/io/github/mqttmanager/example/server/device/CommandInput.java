package io.github.mqttmanager.example.server.device;

import io.swagger.v3.oas.annotations.media.Schema;

/** Describes the request that sends a command; nothing is read into it. */
@Schema(name = "CommandInput")
interface CommandInput {
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "a string is sent as it is, anything else as JSON",
            implementation = Object.class)
    Object getPayload();
}
