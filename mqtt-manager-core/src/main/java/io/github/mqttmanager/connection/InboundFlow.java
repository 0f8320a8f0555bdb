package io.github.mqttmanager.connection;

import io.reactivex.FlowableSubscriber;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * The one flow of all inbound publishes of a client. It asks for everything: what may be unacknowledged is bounded by the receive
 * maximum, and a flow that held back would make the client drop QoS 0 messages without a word.
 */
final class InboundFlow<P> implements FlowableSubscriber<P> {
    static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Consumer<P> publishes;
    private final Runnable ended;
    private volatile @Nullable Subscription subscription;
    private volatile boolean cancelled;

    InboundFlow(Consumer<P> publishes, Runnable ended) {
        this.publishes = publishes;
        this.ended = ended;
    }

    @Override
    public void onSubscribe(Subscription made) {
        subscription = made;
        made.request(Long.MAX_VALUE);
    }

    /** The consumer does not throw; if it did, the client would end the flow and stay connected. */
    @Override
    public void onNext(P publish) {
        publishes.accept(publish);
    }

    @Override
    public void onError(Throwable failure) {
        onComplete();
    }

    @Override
    public void onComplete() {
        if (!cancelled) {
            ended.run();
        }
    }

    void cancel() {
        cancelled = true;
        Subscription made = subscription;
        if (made != null) {
            made.cancel();
        }
    }
}
