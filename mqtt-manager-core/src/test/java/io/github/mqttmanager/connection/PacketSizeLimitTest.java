package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketSizeLimitTest {
    private static final int MAXIMUM = 20_000;

    private final EmbeddedChannel channel = new EmbeddedChannel(new PacketSizeLimit(MAXIMUM));

    /** A packet of this size with header and all. */
    private static byte[] packet(int size) {
        for (int digits = 1; digits <= 4; digits++) {
            int length = size - 1 - digits;
            int min = digits == 1 ? 0 : 1 << 7 * (digits - 1);
            if (length >= min && length < 1 << 7 * digits) {
                byte[] packet = new byte[size];
                packet[0] = 0x30;
                for (int i = 0; i < digits; i++) {
                    packet[1 + i] = (byte) (length >> 7 * i & 0x7F | (i + 1 < digits ? 0x80 : 0));
                }
                return packet;
            }
        }
        throw new IllegalArgumentException("no packet has " + size + " bytes");
    }

    private static byte[] join(byte[]... packets) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            all.writeBytes(packet);
        }
        return all.toByteArray();
    }

    private int passed() {
        int passed = 0;
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            passed += next.readableBytes();
            next.release();
        }
        return passed;
    }

    @Test
    void whatIsWithinTheLimitPassesHoweverItIsCut() {
        byte[] all = join(packet(2), packet(129), packet(131), packet(2), packet(16_386), packet(MAXIMUM), packet(2));
        Random random = new Random(7);
        for (int at = 0; at < all.length; ) {
            int n = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 700));
            channel.writeInbound(Unpooled.wrappedBuffer(all, at, n));
            at += n;
        }
        assertThat(passed()).isEqualTo(all.length);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void onePacketBeyondItEndsTheConnectionAtItsHeader() {
        byte[] all = join(packet(2), packet(131), packet(MAXIMUM + 1));
        channel.writeInbound(Unpooled.wrappedBuffer(all, 0, 133));
        assertThat(passed()).isEqualTo(133);
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(all, 133, 4)))
                .isInstanceOf(PacketSizeLimit.Exceeded.class)
                .hasMessageContaining("20001")
                .hasMessageContaining("20000");
        assertThat(channel.isOpen()).isFalse();
        assertThat(passed()).isZero();
    }
}
