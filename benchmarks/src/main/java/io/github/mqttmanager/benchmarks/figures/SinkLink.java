package io.github.mqttmanager.benchmarks.figures;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection to the {@link SinkBroker}. Belongs to its serving thread. */
final class SinkLink {
    private static final int LARGEST = 60_000;

    private final SocketChannel channel;
    private final boolean silent;
    private final Moments connects;
    private boolean version5;
    private int receiveMaximum = 65_535;
    private int unacknowledged;
    private int lastIdentifier;
    private @Nullable Pour pour;

    /** What came of a packet that is not complete. */
    private byte @Nullable [] rest;

    /** What could not be written yet. */
    private @Nullable ByteBuffer unwritten;

    SinkLink(SocketChannel channel, boolean silent, Moments connects) {
        this.channel = channel;
        this.silent = silent;
        this.connects = connects;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Reads, answers, writes. @return whether the connection goes on; if not it is closed */
    boolean serve(SelectionKey key, ByteBuffer buffer) {
        try {
            if (key.isWritable()) {
                write(key, new byte[0]);
            }
            if (!key.isReadable()) {
                return true;
            }
            buffer.clear();
            if (rest != null) {
                buffer.put(rest);
                rest = null;
            }
            int read = channel.read(buffer);
            buffer.flip();
            if (read < 0) {
                channel.close();
                return false;
            }
            ByteArrayOutputStream answers = new ByteArrayOutputStream();
            boolean goesOn = true;
            while (goesOn && !silent) {
                Packet packet = packet(buffer);
                if (packet == null) {
                    break;
                }
                goesOn = answer(packet, answers);
            }
            if (!silent && buffer.hasRemaining()) {
                rest = new byte[buffer.remaining()];
                buffer.get(rest);
            }
            pourOn(answers);
            write(key, answers.toByteArray());
            if (!goesOn) {
                channel.close();
            }
            return goesOn;
        } catch (IOException | RuntimeException e) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // it is gone
            }
            return false;
        }
    }

    /** Takes part in the pouring, if it has subscribed to anything by now. */
    void pour(SelectionKey key, Pour begun) {
        pour = begun;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pourOn(out);
        try {
            write(key, out.toByteArray());
        } catch (IOException e) {
            System.err.println("pour: " + e);
        }
    }

    private void pourOn(ByteArrayOutputStream out) {
        // What the other side does not take is not made.
        while (pour != null && unwritten == null && unacknowledged < receiveMaximum && pour.hasNext()) {
            unacknowledged++;
            lastIdentifier = lastIdentifier % 65_535 + 1;
            pour.next(lastIdentifier, version5, out);
        }
    }

    private void acknowledged() {
        unacknowledged--;
        if (pour != null) {
            pour.acknowledged();
        }
    }

    private void write(SelectionKey key, byte[] more) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(more);
        if (unwritten != null) {
            out = ByteBuffer.allocate(unwritten.remaining() + more.length)
                    .put(unwritten)
                    .put(more)
                    .flip();
        }
        channel.write(out);
        unwritten = out.hasRemaining() ? out : null;
        key.interestOps(unwritten == null ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    /** A packet without its length. */
    private record Packet(int first, ByteBuffer body) {}

    /** The next whole packet, or null; what is not whole stays in the buffer. */
    private static @Nullable Packet packet(ByteBuffer buffer) {
        int length = 0;
        for (int i = 0; i < 4; i++) {
            int at = buffer.position() + 1 + i;
            if (at >= buffer.limit()) {
                return null;
            }
            int digit = buffer.get(at);
            length |= (digit & 0x7F) << (7 * i);
            if (digit >= 0) {
                if (length > LARGEST) {
                    throw new IllegalStateException("packet of " + length);
                }
                if (at + 1 + length > buffer.limit()) {
                    return null;
                }
                Packet packet = new Packet(buffer.get(buffer.position()) & 0xFF, buffer.slice(at + 1, length));
                buffer.position(at + 1 + length);
                return packet;
            }
        }
        throw new IllegalStateException("malformed length");
    }

    /** @return whether the connection goes on */
    private boolean answer(Packet packet, ByteArrayOutputStream out) {
        ByteBuffer body = packet.body();
        switch (packet.first() >> 4) {
            case 1 -> {
                version5 = body.get(6) == 5;
                receiveMaximum = version5 ? receiveMaximum(body) : 200;
                connects.add();
                out.writeBytes(version5 ? new byte[] {0x20, 3, 0, 0, 0} : new byte[] {0x20, 2, 0, 0});
            }
            case 3 -> published(packet.first(), body, out);
            case 4 -> acknowledged();
            case 6 -> out.writeBytes(new byte[] {0x70, 2, body.get(0), body.get(1)});
            case 8 -> filters(0x90, body, out);
            case 10 -> filters(0xB0, body, out);
            case 12 -> out.writeBytes(new byte[] {(byte) 0xD0, 0});
            case 14 -> {
                return false;
            }
            default -> throw new IllegalStateException("unexpected packet " + packet.first());
        }
        return true;
    }

    /** Of CONNECT, whose properties are less than 128 bytes (MQTT 5 section 3.1.2.11). */
    private static int receiveMaximum(ByteBuffer connect) {
        int at = 11;
        int end = at + connect.get(10);
        while (at < end) {
            switch (connect.get(at)) {
                case 0x21:
                    return connect.getShort(at + 1) & 0xFFFF;
                case 0x22:
                    at += 3;
                    break;
                case 0x11, 0x27:
                    at += 5;
                    break;
                case 0x17, 0x19:
                    at += 2;
                    break;
                default:
                    return 65_535;
            }
        }
        return 65_535;
    }

    private static void published(int first, ByteBuffer body, ByteArrayOutputStream out) {
        int qos = first >> 1 & 3;
        byte[] topic = new byte[2 + body.getShort(0)];
        body.get(topic);
        if (qos > 0) {
            out.writeBytes(new byte[] {(byte) (qos == 1 ? 0x40 : 0x50), 2, body.get(), body.get()});
        }
        if (new String(topic, 2, topic.length - 2, StandardCharsets.UTF_8).startsWith("devices/")) {
            byte[] remaining = new byte[body.remaining()];
            body.get(remaining);
            out.write(0x30);
            length(topic.length + remaining.length, out);
            out.writeBytes(topic);
            out.writeBytes(remaining);
        }
    }

    private void filters(int answer, ByteBuffer body, ByteArrayOutputStream out) {
        byte[] id = {body.get(), body.get()};
        if (version5) {
            body.position(body.position() + 1 + body.get(body.position())); // properties, of less than 128 bytes
        }
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        while (body.hasRemaining()) {
            body.position(body.position() + 2 + body.getShort(body.position()));
            codes.write(answer == 0x90 ? body.get() & 3 : 0);
        }
        boolean coded = answer == 0x90 || version5;
        out.write(answer);
        length(2 + (version5 ? 1 : 0) + (coded ? codes.size() : 0), out);
        out.writeBytes(id);
        if (version5) {
            out.write(0);
        }
        if (coded) {
            out.writeBytes(codes.toByteArray());
        }
    }

    static void length(int value, ByteArrayOutputStream out) {
        int remaining = value;
        do {
            int digit = remaining & 0x7F;
            remaining >>= 7;
            out.write(remaining > 0 ? digit | 0x80 : digit);
        } while (remaining > 0);
    }
}
