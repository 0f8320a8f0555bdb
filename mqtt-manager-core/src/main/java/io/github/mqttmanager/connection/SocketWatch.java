package io.github.mqttmanager.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands next to the socket of one attempt: tells how far it comes, and can end it whatever it waits for. */
final class SocketWatch extends ChannelOutboundHandlerAdapter {
    private final Consumer<ConnectionStage> passed;
    private volatile boolean cut;
    private volatile @Nullable ChannelHandlerContext context;
    private boolean written;

    SocketWatch(Consumer<ConnectionStage> passed) {
        this.passed = passed;
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

    private static void end(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            // Or the system would go on to send what was not taken.
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        // From here, not from the end of the pipeline, where TLS would want to say goodbye.
        context.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        if (cut) {
            end(added);
        }
    }

    /** Something is written when there is somebody to write to: a proxy that comes before has done its part. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!written) {
            written = true;
            passed.accept(ConnectionStage.TCP);
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (tls != null) {
                tls.handshakeFuture().addListener(handshake -> {
                    if (handshake.isSuccess()) {
                        passed.accept(ConnectionStage.TLS);
                    }
                });
            }
        }
        context.write(message, promise);
    }
}
