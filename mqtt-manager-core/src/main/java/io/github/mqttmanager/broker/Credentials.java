package io.github.mqttmanager.broker;

import org.jspecify.annotations.Nullable;

/**
 * What the broker asks for.
 *
 * @param username up to 65,535 bytes, or null; MQTT 3.1.1 allows no password without it
 * @param password or null
 */
public record Credentials(
        @Nullable String username, @Nullable Secret password) {
    /** @throws IllegalArgumentException if neither is there, or the user name contains control characters */
    public Credentials {
        if (username == null && password == null) {
            throw new IllegalArgumentException("credentials need a user name or a password");
        }
        if (username != null) {
            Checks.text(username, "user name", 16_000);
        }
    }

    public static Credentials of(String username, String password) {
        return new Credentials(username, Secret.of(password));
    }
}
