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

    @Schema(
            description = "keep it in the database until the broker has taken it, instead of waiting for the answer",
            defaultValue = "false")
    boolean getDurable();

    @Schema(
            description = "with durable: seconds after which it is not sent any more",
            minimum = "1",
            maximum = "2592000",
            defaultValue = "86400")
    long getExpiresIn();
}
