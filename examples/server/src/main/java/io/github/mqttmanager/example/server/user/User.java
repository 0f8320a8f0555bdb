package io.github.mqttmanager.example.server.user;

import java.time.Instant;

/**
 * Somebody who may sign in.
 *
 * @param tokenGeneration raised when all tokens given out so far must end
 */
public record User(long id, String username, boolean isAdmin, int tokenGeneration, Instant createdAt) {
    /** The label that brokers and devices of this user carry. */
    public String owner() {
        return ownerOf(id);
    }

    public static String ownerOf(long userId) {
        return Long.toString(userId);
    }
}
