package io.github.mqttmanager.test;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedBroker} does about a packet. Runs on the thread of the connection, which reads nothing else meanwhile; what it
 * throws ends the connection.
 */
@FunctionalInterface
public interface Reaction {
    void react(ScriptedConnection connection, ReceivedPacket packet) throws IOException;

    /** First this and then the other. */
    default Reaction then(Reaction next) {
        return (connection, packet) -> {
            react(connection, packet);
            next.react(connection, packet);
        };
    }

    /** What a broker does that accepts and grants everything. */
    static Reaction behave() {
        return Behaviour::react;
    }

    /** No answer; the connection stays. */
    static Reaction silence() {
        return (connection, packet) -> {};
    }

    /** Ends the connection without a word. */
    static Reaction close() {
        return (connection, packet) -> connection.close();
    }

    /** Ends the connection by RST. */
    static Reaction reset() {
        return (connection, packet) -> connection.reset();
    }

    /** Sends these bytes, whatever they are. */
    static Reaction send(byte... bytes) {
        byte[] copy = bytes.clone();
        return (connection, packet) -> connection.send(copy);
    }

    /** A CONNACK with this code of the client's MQTT version; what is not success ends the connection, as it must. */
    static Reaction connAck(int code) {
        return connAck(code, null, null);
    }

    /** A CONNACK with more words, which MQTT 3.1.1 does not know and leaves out. */
    static Reaction connAck(int code, @Nullable String reason, @Nullable String serverReference) {
        return (connection, packet) -> {
            connection.send(Behaviour.connAck(connection.version(), code, reason, serverReference));
            if (code != 0) {
                connection.close();
            }
        };
    }

    /** An answer to SUBSCRIBE that has this code for each filter. */
    static Reaction subAck(int code) {
        return (connection, packet) -> connection.send(Behaviour.subAck(connection.version(), packet, code));
    }

    /** An answer to a PUBLISH of QoS 1 with this code, which MQTT 3.1.1 leaves out. */
    static Reaction pubAck(int code) {
        return (connection, packet) -> connection.send(Behaviour.pubAck(connection.version(), packet, code));
    }

    /** A DISCONNECT with this code, after which the connection ends; MQTT 3.1.1 knows none, so there it just ends. */
    static Reaction disconnect(int code) {
        return (connection, packet) -> connection.disconnect(code, null, null);
    }
}
