package io.github.mqttmanager.example.server.security;

import io.swagger.v3.oas.annotations.media.Schema;

/** Describes the request that changes a password; nothing is read into it. */
@Schema(name = "PasswordInput")
interface PasswordInput {
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, accessMode = Schema.AccessMode.WRITE_ONLY)
    String getCurrentPassword();

    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 12, accessMode = Schema.AccessMode.WRITE_ONLY)
    String getNewPassword();
}
