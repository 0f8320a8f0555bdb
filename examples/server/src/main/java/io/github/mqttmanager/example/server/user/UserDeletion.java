package io.github.mqttmanager.example.server.user;

/** Hears of users that are about to go, and of those that are gone. */
public interface UserDeletion {
    /** Deletes what belongs to the user, within the transaction that deletes the user. */
    default void deleting(User user) {}

    /** The user is gone for good, or all tokens given out so far have ended. */
    default void ended(long userId) {}
}
