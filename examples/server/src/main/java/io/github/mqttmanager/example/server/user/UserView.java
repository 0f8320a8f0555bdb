package io.github.mqttmanager.example.server.user;

import java.time.Instant;

/** A user as the API shows it. */
public record UserView(long id, String username, boolean isAdmin, Instant createdAt) {
    public static UserView of(User user) {
        return new UserView(user.id(), user.username(), user.isAdmin(), user.createdAt());
    }
}
