package io.github.mqttmanager.example.server.user;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/** A user as the API shows it. */
@Schema(name = "User")
public record UserView(long id, String username, boolean isAdmin, Instant createdAt) {
    public static UserView of(User user) {
        return new UserView(user.id(), user.username(), user.isAdmin(), user.createdAt());
    }
}
