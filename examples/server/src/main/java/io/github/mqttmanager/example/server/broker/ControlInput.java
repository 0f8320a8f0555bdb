package io.github.mqttmanager.example.server.broker;

import io.swagger.v3.oas.annotations.media.Schema;

/** Describes the request that connects or disconnects; nothing is read into it. */
@Schema(name = "ControlInput")
interface ControlInput {
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            allowableValues = {"connect", "disconnect"})
    String getAction();
}
