package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.Endpoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to the connection of a broker. Attempts that fail in the same way one after the other are told as one event.
 *
 * @param sequence rises with each event of the broker
 * @param firstAt when it happened for the first time
 * @param at when it happened last
 * @param repeated how often it happened, at least 1
 * @param type what happened
 * @param initiator who made it happen
 * @param actor the person or program behind it, where the host named one; else null
 * @param endpoint at which it happened, or null where none was chosen
 * @param failure why, or null where nothing went wrong
 */
public record BrokerEvent(
        long sequence,
        Instant firstAt,
        Instant at,
        int repeated,
        Type type,
        Initiator initiator,
        @Nullable String actor,
        @Nullable Endpoint endpoint,
        @Nullable ConnectionFailure failure) {
    /** What happened. */
    public enum Type {
        /** Somebody wants it connected. */
        CONNECT_REQUESTED,
        /** Somebody wants it disconnected. */
        DISCONNECT_REQUESTED,
        /** Something was changed that CONNECT carries: the link is replaced. */
        DEFINITION_CHANGED,
        /** The broker accepted us and answered the wanted subscriptions. */
        CONNECTED,
        /** An attempt failed. */
        ATTEMPT_FAILED,
        /** An established connection ended, and not by our will. */
        CONNECTION_LOST,
        /** We ended the connection, for it is not wanted any more or is replaced. */
        DISCONNECTED,
        /** The broker does not answer our probe. */
        UNRESPONSIVE,
        /** It answers again. */
        RESPONSIVE,
        /** The broker refused wanted filters. */
        SUBSCRIPTION_REFUSED,
        /** Another client keeps taking the session over; we no longer fight for it. */
        QUARANTINED,
        /** The broker has forgotten the session that the former connection had, and with it what it kept for us; a new one was begun. */
        SESSION_LOST,
        /** For some seconds now the host's handlers fail, are overdue, or so far behind that nothing more is read. */
        HANDLERS_TROUBLED,
        /** For a while now they have been fine again. */
        HANDLERS_RECOVERED
    }

    /** Who made it happen. */
    public enum Initiator {
        /** Somebody who asked for it through the manager. */
        USER,
        /** A change of what is stored. */
        DEFINITION,
        /** The broker, which said so. */
        BROKER,
        /** The network, the name service, or an end that nobody explained. */
        NETWORK,
        /** The manager by itself. */
        MANAGER
    }
}
