package io.github.mqttmanager.test;

/** The types of MQTT control packets, in the order of their codes. */
public enum PacketType {
    /** Code 0, which MQTT forbids: the other side does not speak MQTT. */
    RESERVED,
    CONNECT,
    CONNACK,
    PUBLISH,
    PUBACK,
    PUBREC,
    PUBREL,
    PUBCOMP,
    SUBSCRIBE,
    SUBACK,
    UNSUBSCRIBE,
    UNSUBACK,
    PINGREQ,
    PINGRESP,
    DISCONNECT,
    AUTH;

    private static final PacketType[] BY_CODE = values();

    static PacketType of(int firstByte) {
        return BY_CODE[(firstByte >> 4) & 0x0F];
    }
}
