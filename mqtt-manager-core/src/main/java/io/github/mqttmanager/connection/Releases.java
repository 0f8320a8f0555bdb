package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.mqtt5.message.publish.pubcomp.Mqtt5PubComp;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrel.Mqtt5PubRel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the client and its codec (which has one form for packets of both versions): counts the PUBRELs of one connection and their
 * PUBCOMPs, and sends PUBRELs of our own, whose answers the client does not see. Belongs to the event loop, but for {@link #counted}.
 */
final class Releases extends ChannelDuplexHandler {
    /** PUBREL without reason and properties, in both versions (MQTT 5 section 3.6.1, MQTT 3.1.1 section 3.6.1). */
    private static final int PUBREL = 0x6202_0000;

    private volatile MqttLink.Releases counted = MqttLink.Releases.NONE;

    /** How many of our own are not answered yet. */
    private int missing;

    private @Nullable CompletableFuture<Void> released;

    MqttLink.Releases counted() {
        return counted;
    }

    /**
     * @param encoder behind which packets are bytes
     * @param last of the packet identifiers, which begin with 1
     */
    void releaseAll(ChannelHandlerContext encoder, int last, Duration limit, CompletableFuture<Void> outcome) {
        if (missing > 0 || counted.sent() != counted.completed()) {
            outcome.completeExceptionally(new IllegalStateException("other exchanges are open"));
            return;
        }
        missing = last;
        released = outcome;
        ByteBuf packets = encoder.alloc().buffer(last * Integer.BYTES);
        for (int identifier = 1; identifier <= last; identifier++) {
            packets.writeInt(PUBREL | identifier);
        }
        encoder.writeAndFlush(packets);
        encoder.executor()
                .schedule(
                        () -> outcome.completeExceptionally(
                                new MqttLink.NotReleased("it left PUBREL unanswered for " + limit.toSeconds() + " s")),
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof Mqtt5PubRel) {
            counted = new MqttLink.Releases(counted.sent() + 1, counted.completed());
        }
        context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Mqtt5PubComp) {
            if (missing > 0) {
                answered();
                return;
            }
            counted = new MqttLink.Releases(counted.sent(), counted.completed() + 1);
        }
        context.fireChannelRead(message);
    }

    private void answered() {
        missing--;
        CompletableFuture<Void> waiting = released;
        if (missing == 0 && waiting != null) {
            waiting.complete(null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        CompletableFuture<Void> waiting = released;
        if (waiting != null) {
            waiting.completeExceptionally(new ClosedChannelException());
        }
        context.fireChannelInactive();
    }
}
