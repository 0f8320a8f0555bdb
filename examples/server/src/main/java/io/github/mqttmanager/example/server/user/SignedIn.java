package io.github.mqttmanager.example.server.user;

import java.time.Instant;

/**
 * Who sends a request.
 *
 * @param user as known when the request came
 * @param expiresAt when the token ends
 */
public record SignedIn(User user, Instant expiresAt) {
    public long id() {
        return user.id();
    }

    /** The label that brokers and devices of this user carry. */
    public String owner() {
        return user.owner();
    }
}
