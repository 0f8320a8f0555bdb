package io.github.mqttmanager.example.server.security;

import io.swagger.v3.oas.annotations.media.Schema;

/** A token as the API gives it out, with the seconds until it ends. */
@Schema(name = "Token")
record TokenView(String accessToken, String tokenType, long expiresIn) {
    @Override
    public String toString() {
        return "TokenView[hidden]";
    }
}
