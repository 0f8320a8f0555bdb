package io.github.mqttmanager.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.function.BooleanSupplier;

/**
 * How much one read takes from a socket: what was seen to come lately, and next to nothing while the socket is held. The bound is lower
 * than Netty's, for all messages of one read come in together, whatever the bounds on messages say.
 */
final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int READS_AT_ONCE = 16;
    private static final int LEAST = 512;
    private static final int FIRST = 2_048;
    private static final int MOST = 16_384;

    private final BooleanSupplier held;

    ReadBuffers(BooleanSupplier held) {
        super(READS_AT_ONCE);
        this.held = held;
    }

    @Override
    @SuppressWarnings("deprecation") // of a part that is not used
    public Handle newHandle() {
        return new Sizes();
    }

    private final class Sizes extends MaxMessageHandle {
        private int size = FIRST;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(guess());
        }

        @Override
        public int guess() {
            return held.getAsBoolean() ? LEAST : size;
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            if (bytes >= size) {
                size = Math.min(2 * size, MOST);
            } else if (bytes < size / 4) {
                size = Math.max(size / 2, LEAST);
            }
        }
    }
}
