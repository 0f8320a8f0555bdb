package io.github.mqttmanager.test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A packet that a client sent to a {@link ScriptedBroker}. Immutable; its text form does not show the content. */
public final class ReceivedPacket {
    private final PacketType type;
    private final byte[] bytes;
    private final int headerLength;

    ReceivedPacket(byte[] bytes, int headerLength) {
        this.type = PacketType.of(bytes[0]);
        this.bytes = bytes;
        this.headerLength = headerLength;
    }

    public PacketType type() {
        return type;
    }

    /** The four lower bits of the first byte: of a PUBLISH, whether it is a duplicate, its QoS, whether it is retained. */
    public int flags() {
        return bytes[0] & 0x0F;
    }

    /** The whole packet, header included. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** What follows the fixed header. */
    public byte[] body() {
        return Arrays.copyOfRange(bytes, headerLength, bytes.length);
    }

    /** Whether the text occurs in the packet, as UTF-8: a topic, a client identifier, a payload. */
    public boolean contains(String text) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (int start = 0; start + wanted.length <= bytes.length; start++) {
            if (Arrays.equals(bytes, start, start + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    ByteBuffer read() {
        return ByteBuffer.wrap(bytes, headerLength, bytes.length - headerLength);
    }

    @Override
    public String toString() {
        return type + " of " + bytes.length + " bytes";
    }
}
