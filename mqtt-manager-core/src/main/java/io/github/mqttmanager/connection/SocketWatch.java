package io.github.mqttmanager.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands next to the socket of one attempt: tells how far it comes, and can end it whatever it waits for. What a loop writes in one go,
 * above all acknowledgements, leaves in one go: each by itself would be a system call.
 */
final class SocketWatch extends FlushConsolidationHandler {
    private static final int FLUSHES_TOGETHER = 256;

    /** The client's names for what turns bytes into packets, and packets into bytes. */
    private static final String DECODER = "decoder";

    private static final String ENCODER = "encoder";

    /** How often a little is read from a socket that is held. */
    private static final Duration TRICKLE = Duration.ofSeconds(2);

    private final MqttLink.Observer observer;
    private final int maximumPacketSize;
    private volatile boolean cut;
    private volatile boolean held;
    private volatile @Nullable ChannelHandlerContext context;

    /** Made when the broker has accepted us. */
    private volatile @Nullable Releases releases;

    private boolean written;
    private boolean limited;
    private boolean trickling;

    /** @param maximumPacketSize in bytes, where the client has no limit of its own; else 0 */
    SocketWatch(MqttLink.Observer observer, int maximumPacketSize) {
        super(FLUSHES_TOGETHER, true);
        this.observer = observer;
        this.maximumPacketSize = maximumPacketSize;
        this.limited = maximumPacketSize == 0;
    }

    /**
     * Ends the socket now: no DISCONNECT, no close_notify, no waiting for what the network does not take. The client finds it closed. From
     * any thread.
     */
    void cut() {
        cut = true;
        ChannelHandlerContext there = context;
        if (there != null) {
            there.executor().execute(() -> end(there));
        }
    }

    /** Reads hardly anything any more, so that the other side is slowed down by TCP; or goes on. From any thread. */
    void hold(boolean now) {
        held = now;
        ChannelHandlerContext there = context;
        if (there == null) {
            return;
        }
        if (there.executor().inEventLoop()) {
            applyHold(there);
        } else {
            there.executor().execute(() -> applyHold(there));
        }
    }

    /** On the event loop, where what counts is the last wish, whichever call brought us here. */
    private void applyHold(ChannelHandlerContext there) {
        there.channel().config().setAutoRead(!held);
        if (held && !trickling) {
            trickling = true;
            scheduleTrickle(there);
        }
    }

    private void scheduleTrickle(ChannelHandlerContext there) {
        there.executor().schedule(() -> trickle(there), TRICKLE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The client hears from the broker, and of the end of the connection, though hardly anything is read. */
    private void trickle(ChannelHandlerContext there) {
        trickling = held && there.channel().isActive();
        if (trickling) {
            there.channel().read();
            scheduleTrickle(there);
        }
    }

    /** Whether as little as possible is to be read at once. */
    boolean isHeld() {
        return held;
    }

    /**
     * On the event loop: what was read already, and not yet decoded, is not heard any more. The client goes on with it after it has told that
     * the connection ended, and a CONNACK in there would make it believe in a connection again.
     */
    void mute() {
        ChannelHandlerContext there = context;
        if (there != null && there.pipeline().context(DECODER) != null) {
            there.pipeline().addAfter(DECODER, null, new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ignored, Object message) {
                    ReferenceCountUtil.release(message);
                }
            });
        }
    }

    /**
     * Counts the PUBRELs and PUBCOMPs that pass from now on. On the event loop, when the broker has accepted us; a second time it does nothing.
     */
    void countReleases() {
        ChannelHandlerContext there = context;
        if (there != null && releases == null && there.pipeline().context(DECODER) != null) {
            // Next to the client's own handlers, of which those for PUBREL and PUBCOMP are there by now.
            Releases counting = new Releases();
            there.pipeline().addAfter(DECODER, null, counting);
            releases = counting;
        }
    }

    MqttLink.Releases releases() {
        Releases counting = releases;
        return counting == null ? MqttLink.Releases.NONE : counting.counted();
    }

    /** Releases the identifiers from 1 to the last one. From any thread; see {@link MqttLink#release}. */
    CompletableFuture<Void> release(int last, Duration limit) {
        CompletableFuture<Void> released = new CompletableFuture<>();
        ChannelHandlerContext there = context;
        if (there == null) {
            released.completeExceptionally(new ClosedChannelException());
        } else {
            there.executor().execute(() -> {
                countReleases();
                ChannelHandlerContext encoder = there.pipeline().context(ENCODER);
                Releases counting = releases;
                if (encoder == null || counting == null) {
                    released.completeExceptionally(new ClosedChannelException());
                } else {
                    counting.releaseAll(encoder, last, limit, released);
                }
            });
        }
        return released;
    }

    private static void end(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            // Or the system would go on to send what was not taken.
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // From here, not from the end of the pipeline, where TLS would want to say goodbye.
        context.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        super.handlerAdded(added);
        context = added;
        limit(added);
        if (cut) {
            end(added);
        }
    }

    @Override
    public void connect(
            ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        context.connect(remote, local, promise);
        observer.connecting();
    }

    /** Something is written when there is somebody to write to: a proxy that comes before has done its part. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!written) {
            written = true;
            observer.passed(ConnectionStage.TCP);
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (tls != null) {
                tls.handshakeFuture().addListener(handshake -> {
                    if (handshake.isSuccess()) {
                        observer.passed(ConnectionStage.TLS);
                    }
                });
            }
        }
        limit(context);
        context.write(message, promise);
    }

    /** As soon as MQTT is spoken, behind TLS and WebSocket. */
    private void limit(ChannelHandlerContext context) {
        if (!limited && context.pipeline().context(ENCODER) != null) {
            limited = true;
            context.pipeline().addBefore(ENCODER, null, new PacketSizeLimit(maximumPacketSize));
        }
    }
}
