package io.github.mqttmanager.example.server.security;

import io.swagger.v3.oas.annotations.media.Schema;

/** Describes the login request; nothing is read into it. */
@Schema(name = "LoginInput")
interface LoginInput {
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
    String getUsername();

    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, accessMode = Schema.AccessMode.WRITE_ONLY)
    String getPassword();
}
