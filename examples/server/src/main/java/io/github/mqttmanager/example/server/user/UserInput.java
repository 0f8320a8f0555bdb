package io.github.mqttmanager.example.server.user;

import io.swagger.v3.oas.annotations.media.Schema;

/** Describes the request that creates a user; nothing is read into it. */
@Schema(name = "UserInput")
interface UserInput {
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = UserRules.USERNAME)
    String getUsername();

    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 12, accessMode = Schema.AccessMode.WRITE_ONLY)
    String getPassword();

    boolean getIsAdmin();
}
