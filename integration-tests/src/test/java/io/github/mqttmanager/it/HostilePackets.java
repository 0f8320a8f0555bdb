package io.github.mqttmanager.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Generates what no decent broker sends. Not thread-safe. */
final class HostilePackets {
    /** What is wrong with a packet. */
    enum Sort {
        GARBAGE,
        TRUNCATED,
        OVERSIZED,
        LYING_LENGTH,
        WRONG_FLAGS,
        FORBIDDEN_TYPE,
        UNKNOWN_IDENTIFIER,
        MUTATED,
        BAD_PROPERTIES,
        BAD_TOPIC,
        VALID
    }

    private static final Sort[] SORTS = Sort.values();

    private final Random random;
    private final boolean five;

    HostilePackets(Random random, int version) {
        this.random = random;
        this.five = version == 5;
    }

    Sort sort() {
        return SORTS[random.nextInt(SORTS.length)];
    }

    byte[] make(Sort sort) {
        return switch (sort) {
            case GARBAGE -> bytes(1 + random.nextInt(200));
            case TRUNCATED -> {
                byte[] packet = valid();
                yield Arrays.copyOf(packet, 1 + random.nextInt(packet.length));
            }
            case OVERSIZED -> oversized();
            case LYING_LENGTH -> {
                byte[] packet = valid();
                packet[1] = (byte) random.nextInt(128);
                yield packet;
            }
            case WRONG_FLAGS -> {
                byte[] packet = valid();
                packet[0] ^= (byte) (1 + random.nextInt(15));
                yield packet;
            }
            case FORBIDDEN_TYPE -> {
                int[] types = {0x00, 0x10, 0x82, 0xA2, 0xC0, 0xF0};
                yield packet(types[random.nextInt(types.length)], bytes(random.nextInt(20)));
            }
            case UNKNOWN_IDENTIFIER -> {
                int[] types = {0x40, 0x50, 0x62, 0x70, 0x90, 0xB0};
                int type = types[random.nextInt(types.length)];
                yield packet(type, bytes(2), type >= 0x90 ? (five ? new byte[2] : new byte[1]) : new byte[0]);
            }
            case MUTATED -> {
                byte[] packet = valid();
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    packet[random.nextInt(packet.length)] = (byte) random.nextInt();
                }
                yield packet;
            }
            case BAD_PROPERTIES -> badProperties();
            case BAD_TOPIC -> {
                byte[][] topics = {
                    text(""),
                    text("a/+/b"),
                    text("#"),
                    text("a\0b"),
                    text("$share/g/t"),
                    text("\uffff"),
                    {0, 3, (byte) 0xC0, (byte) 0x80, 'a'},
                    {0, 2, (byte) 0xED, (byte) 0xA0},
                    {(byte) 0xFF, (byte) 0xFF, 'x'}
                };
                yield packet(
                        0x30 | random.nextInt(3) << 1,
                        topics[random.nextInt(topics.length)],
                        bytes(2),
                        five ? new byte[1] : new byte[0],
                        bytes(5));
            }
            case VALID -> valid();
        };
    }

    /** Announces more than it sends, sometimes much more, or really sends as much as we refuse. */
    private byte[] oversized() {
        return switch (random.nextInt(4)) {
            case 0 -> new byte[] {0x30, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F, 0, 1, 'a'};
            case 1 -> new byte[] {0x30, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F};
            case 2 -> packet(0x30, text("a"), five ? new byte[1] : new byte[0], new byte[300_000]);
            default -> packet(0x30, text("x".repeat(65_535)), five ? new byte[1] : new byte[0], new byte[10]);
        };
    }

    private byte[] valid() {
        byte[] none = five ? new byte[1] : new byte[0];
        return switch (random.nextInt(12)) {
            case 0 -> packet(0x20, five ? new byte[3] : new byte[2]);
            case 1 -> packet(0x30, text("devices/x/telemetry"), none, bytes(random.nextInt(100)));
            case 2 -> packet(0x32, text("devices/x/telemetry"), bytes(2), none, bytes(random.nextInt(100)));
            case 3 -> packet(0x34, text("devices/x/telemetry"), bytes(2), none, bytes(random.nextInt(100)));
            case 4 -> packet(0x40, new byte[] {0, 1});
            case 5 -> packet(0x50, new byte[] {0, 1});
            case 6 -> packet(0x62, new byte[] {0, 1});
            case 7 -> packet(0x70, new byte[] {0, 1});
            case 8 -> packet(0x90, new byte[] {0, 1}, none, new byte[1]);
            case 9 -> packet(0xB0, new byte[] {0, 1}, none, five ? new byte[1] : new byte[0]);
            case 10 -> packet(0xD0);
            default -> packet(0xE0, new byte[] {(byte) (0x80 + random.nextInt(35))}, new byte[1]);
        };
    }

    /** Properties that are unknown, doubled, at the wrong place, cut off, or whose length is wrong. */
    private byte[] badProperties() {
        byte[] properties = bytes(1 + random.nextInt(30));
        if (random.nextBoolean()) {
            properties[0] = (byte) random.nextInt(0x2B);
        }
        byte[] length = {(byte) (random.nextInt(4) == 0 ? random.nextInt() : properties.length)};
        return switch (random.nextInt(5)) {
            case 0 -> packet(0x20, new byte[2], length, properties);
            case 1 -> packet(0x30, text("t"), length, properties, bytes(3));
            case 2 -> packet(0x90, new byte[] {0, 1}, length, properties, new byte[1]);
            case 3 -> packet(0xE0, new byte[] {(byte) 0x8B}, length, properties);
            // A topic alias that was never told.
            default -> packet(0x30, text(""), new byte[] {3, 0x23, 0, 7}, bytes(3));
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(utf8.length >> 8);
        bytes.write(utf8.length);
        bytes.writeBytes(utf8);
        return bytes.toByteArray();
    }

    private static byte[] packet(int first, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        int rest = length;
        do {
            packet.write(rest > 0x7F ? (rest & 0x7F) | 0x80 : rest);
            rest >>>= 7;
        } while (rest > 0);
        for (byte[] part : parts) {
            packet.writeBytes(part);
        }
        return packet.toByteArray();
    }
}
