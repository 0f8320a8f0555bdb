package io.github.mqttmanager.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Reads the length of each packet that comes in (MQTT 3.1.1 section 2.2.3), and ends the connection at one that is too large: the client
 * would keep up to 256 MB of it in memory, waiting for the rest. MQTT 5 has a limit of its own, which the broker is told.
 */
final class PacketSizeLimit extends ChannelInboundHandlerAdapter {
    /** A packet is too large. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int maximum;

        Exceeded(long size, int maximum) {
            super(
                    "packet of " + size + " bytes exceeds the maximum packet size of " + maximum + " bytes",
                    null,
                    false,
                    false);
            this.maximum = maximum;
        }

        int maximum() {
            return maximum;
        }
    }

    private final int maximum;

    /** How much of the present packet is still to come; 0 while its header is read. */
    private long left;

    /** How many bytes of the header were read. */
    private int header;

    private long length;
    private boolean exceeded;

    PacketSizeLimit(int maximum) {
        this.maximum = maximum;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (exceeded) {
            ReferenceCountUtil.release(message);
        } else if (!(message instanceof ByteBuf bytes) || accepts(bytes)) {
            context.fireChannelRead(message);
        } else {
            exceeded = true;
            ReferenceCountUtil.release(message);
            context.fireExceptionCaught(new Exceeded(length + header, maximum));
            context.close();
        }
    }

    private boolean accepts(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (left > 0) {
                long skipped = Math.min(left, end - at);
                left -= skipped;
                at += (int) skipped;
            } else if (!header(bytes.getByte(at++))) {
                return false;
            }
        }
        return true;
    }

    private boolean header(byte next) {
        header++;
        if (header == 1) {
            length = 0;
            return true;
        }
        length |= (long) (next & 0x7F) << 7 * (header - 2);
        if (length + header > maximum) {
            return false;
        }
        if ((next & 0x80) == 0 || header == 5) {
            // A fifth byte of the length is malformed, and the client says so.
            left = length;
            header = 0;
        }
        return true;
    }
}
