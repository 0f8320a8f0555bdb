package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.MqttVersion;

/** The reason codes of MQTT 5 (section 2.4) by name, and the return codes of MQTT 3.1.1. */
final class ReasonCodes {
    static final int NO_MATCHING_SUBSCRIBERS = 0x10;
    static final int UNSPECIFIED = 0x80;
    static final int IMPLEMENTATION_SPECIFIC = 0x83;
    static final int UNSUPPORTED_VERSION = 0x84;
    static final int CLIENT_ID_INVALID = 0x85;
    static final int BAD_USER_OR_PASSWORD = 0x86;
    static final int NOT_AUTHORIZED = 0x87;
    static final int SERVER_UNAVAILABLE = 0x88;
    static final int SERVER_BUSY = 0x89;
    static final int BANNED = 0x8A;
    static final int SERVER_SHUTTING_DOWN = 0x8B;
    static final int KEEP_ALIVE_TIMEOUT = 0x8D;
    static final int SESSION_TAKEN_OVER = 0x8E;
    static final int PACKET_TOO_LARGE = 0x95;
    static final int QUOTA_EXCEEDED = 0x97;
    static final int USE_ANOTHER_SERVER = 0x9C;
    static final int SERVER_MOVED = 0x9D;
    static final int CONNECTION_RATE_EXCEEDED = 0x9F;

    /** What the return codes 1 to 5 of a CONNACK of MQTT 3.1.1 are in MQTT 5. */
    private static final int[] OF_RETURN_CODE = {
        0, UNSUPPORTED_VERSION, CLIENT_ID_INVALID, SERVER_UNAVAILABLE, BAD_USER_OR_PASSWORD, NOT_AUTHORIZED
    };

    private ReasonCodes() {}

    static int ofReturnCode(int code) {
        return code > 0 && code < OF_RETURN_CODE.length ? OF_RETURN_CODE[code] : UNSPECIFIED;
    }

    /** For people: the number and its meaning. */
    static String of(int code, MqttVersion version) {
        if (version == MqttVersion.V3_1_1 && code < UNSPECIFIED) {
            return "return code " + code + ", " + name(ofReturnCode(code));
        }
        return "reason code " + Failures.hex(code) + ", " + name(code);
    }

    /** Whether a DISCONNECT with it says that the client did wrong, and not that the broker wants to be alone. */
    static boolean blamesTheClient(int code) {
        return switch (code) {
            case 0x81, 0x82, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x99, 0x9A, 0x9B, 0x9E, 0xA1, 0xA2 -> true;
            default -> false;
        };
    }

    private static String name(int code) {
        return switch (code) {
            case 0x00 -> "normal";
            case 0x04 -> "with the will message";
            case UNSPECIFIED -> "unspecified error";
            case 0x81 -> "malformed packet";
            case 0x82 -> "protocol error";
            case IMPLEMENTATION_SPECIFIC -> "an error of its implementation";
            case UNSUPPORTED_VERSION -> "unsupported protocol version";
            case CLIENT_ID_INVALID -> "client identifier not valid";
            case BAD_USER_OR_PASSWORD -> "bad user name or password";
            case NOT_AUTHORIZED -> "not authorized";
            case SERVER_UNAVAILABLE -> "server unavailable";
            case SERVER_BUSY -> "server busy";
            case BANNED -> "banned";
            case SERVER_SHUTTING_DOWN -> "server shutting down";
            case 0x8C -> "bad authentication method";
            case KEEP_ALIVE_TIMEOUT -> "keep-alive time-out";
            case SESSION_TAKEN_OVER -> "session taken over";
            case 0x8F -> "topic filter invalid";
            case 0x90 -> "topic name invalid";
            case 0x91 -> "packet identifier in use";
            case 0x93 -> "receive maximum exceeded";
            case 0x94 -> "topic alias invalid";
            case PACKET_TOO_LARGE -> "packet too large";
            case 0x96 -> "message rate too high";
            case QUOTA_EXCEEDED -> "quota exceeded";
            case 0x98 -> "administrative action";
            case 0x99 -> "payload format invalid";
            case 0x9A -> "retain not supported";
            case 0x9B -> "QoS not supported";
            case USE_ANOTHER_SERVER -> "use another server";
            case SERVER_MOVED -> "server moved";
            case 0x9E -> "shared subscriptions not supported";
            case CONNECTION_RATE_EXCEEDED -> "connection rate exceeded";
            case 0xA0 -> "maximum connect time";
            case 0xA1 -> "subscription identifiers not supported";
            case 0xA2 -> "wildcard subscriptions not supported";
            default -> "unknown to MQTT";
        };
    }
}
