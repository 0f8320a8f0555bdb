package io.github.mqttmanager.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Just enough MQTT 3.1.1 and 5 to accept and grant everything, and the packets for it. */
final class Behaviour {
    private static final int MQTT_5 = 5;
    private static final int SERVER_REFERENCE = 0x1C;
    private static final int REASON_STRING = 0x1F;

    private Behaviour() {}

    static void react(ScriptedConnection connection, ReceivedPacket packet) throws IOException {
        int version = connection.version();
        switch (packet.type()) {
            case CONNECT -> connection.send(connAck(version, 0, null, null));
            case SUBSCRIBE -> connection.send(subAck(version, packet, null));
            case UNSUBSCRIBE -> connection.send(unsubAck(version, packet));
            case PUBLISH -> {
                int qos = (packet.flags() >> 1) & 3;
                if (qos == 1) {
                    connection.send(pubAck(version, packet, 0));
                } else if (qos == 2) {
                    connection.send(packet(0x50, twoBytes(publishId(packet))));
                }
            }
            case PUBREC -> connection.send(packet(0x62, twoBytes(packet.read().getShort())));
            case PUBREL -> connection.send(packet(0x70, twoBytes(packet.read().getShort())));
            case PINGREQ -> connection.send(packet(0xD0));
            case DISCONNECT -> connection.close();
            default -> {
                // nothing is due
            }
        }
    }

    static byte[] connAck(int version, int code, @Nullable String reason, @Nullable String serverReference) {
        return version == MQTT_5
                ? packet(0x20, new byte[] {0, (byte) code}, properties(reason, serverReference))
                : packet(0x20, new byte[] {0, (byte) code});
    }

    static byte[] disconnect(int code, @Nullable String reason, @Nullable String serverReference) {
        return packet(0xE0, new byte[] {(byte) code}, properties(reason, serverReference));
    }

    static byte[] pubAck(int version, ReceivedPacket publish, int code) {
        byte[] id = twoBytes(publishId(publish));
        return version == MQTT_5 && code != 0 ? packet(0x40, id, new byte[] {(byte) code}) : packet(0x40, id);
    }

    /** @param code for each filter; null grants what was asked for */
    static byte[] subAck(int version, ReceivedPacket subscribe, @Nullable Integer code) {
        ByteBuffer body = subscribe.read();
        short id = body.getShort();
        skipProperties(version, body);
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        while (body.hasRemaining()) {
            skipText(body);
            int wanted = body.get() & 3;
            codes.write(code == null ? wanted : code);
        }
        return answer(0x90, version, id, codes);
    }

    private static byte[] unsubAck(int version, ReceivedPacket unsubscribe) {
        ByteBuffer body = unsubscribe.read();
        short id = body.getShort();
        if (version != MQTT_5) {
            return packet(0xB0, twoBytes(id));
        }
        skipProperties(version, body);
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        while (body.hasRemaining()) {
            skipText(body);
            codes.write(0);
        }
        return answer(0xB0, version, id, codes);
    }

    private static byte[] answer(int first, int version, short id, ByteArrayOutputStream codes) {
        byte[] noProperties = version == MQTT_5 ? new byte[1] : new byte[0];
        return packet(first, twoBytes(id), noProperties, codes.toByteArray());
    }

    /** A PUBLISH of QoS 0. */
    static byte[] publish(int version, String topic, byte[] payload) {
        return packet(0x30, text(topic), version == MQTT_5 ? new byte[1] : new byte[0], payload);
    }

    static byte[] packet(int first, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        packet.writeBytes(variableLength(length));
        for (byte[] part : parts) {
            packet.writeBytes(part);
        }
        return packet.toByteArray();
    }

    private static byte[] properties(@Nullable String reason, @Nullable String serverReference) {
        ByteArrayOutputStream properties = new ByteArrayOutputStream();
        if (serverReference != null) {
            properties.write(SERVER_REFERENCE);
            properties.writeBytes(text(serverReference));
        }
        if (reason != null) {
            properties.write(REASON_STRING);
            properties.writeBytes(text(reason));
        }
        byte[] content = properties.toByteArray();
        return ByteBuffer.allocate(content.length + variableLength(content.length).length)
                .put(variableLength(content.length))
                .put(content)
                .array();
    }

    private static byte[] variableLength(int length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rest = length;
        do {
            bytes.write(rest > 0x7F ? (rest & 0x7F) | 0x80 : rest);
            rest >>>= 7;
        } while (rest > 0);
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + utf8.length)
                .putShort((short) utf8.length)
                .put(utf8)
                .array();
    }

    private static byte[] twoBytes(short value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static short publishId(ReceivedPacket publish) {
        ByteBuffer body = publish.read();
        skipText(body);
        return body.getShort();
    }

    static void skipProperties(int version, ByteBuffer body) {
        if (version == MQTT_5) {
            int length = 0;
            int shift = 0;
            byte next;
            do {
                next = body.get();
                length |= (next & 0x7F) << shift;
                shift += 7;
            } while (next < 0);
            body.position(body.position() + length);
        }
    }

    private static void skipText(ByteBuffer body) {
        int length = body.getShort() & 0xFFFF;
        body.position(body.position() + length);
    }
}
