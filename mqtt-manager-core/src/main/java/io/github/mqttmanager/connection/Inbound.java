package io.github.mqttmanager.connection;

import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.InboundRouter;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The publishes that come from one broker: counted, and given to the router. Thread-safe. */
final class Inbound {
    private final InboundRouter router;
    private final LongAdder received = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder unrouted = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongSupplier nanos;
    private volatile @Nullable Instant lastAt;
    private volatile long lastNanos;

    Inbound(InboundRouter router, LongSupplier nanos) {
        this.router = router;
        this.nanos = nanos;
        this.lastNanos = nanos.getAsLong();
    }

    void receive(InboundPublish publish, Runnable acknowledge) {
        received.increment();
        lastAt = publish.receivedAt();
        lastNanos = nanos.getAsLong();
        router.route(publish, new Once(acknowledge));
    }

    /** One that could not even be read; it was acknowledged. */
    void malformed() {
        received.increment();
        unrouted.increment();
    }

    @Nullable
    Instant lastAt() {
        return lastAt;
    }

    /** When the last publish came in, in monotonic time; before the first, when this was made. */
    long lastNanos() {
        return lastNanos;
    }

    /** The inbound half of the counters: received = acknowledged + unrouted + dropped + open. */
    TrafficCounters counters(TrafficCounters outbound) {
        // What has ended is read before what has begun, so that open is never negative.
        long a = acknowledged.sum();
        long u = unrouted.sum();
        long d = dropped.sum();
        long r = received.sum();
        return new TrafficCounters(
                r,
                a,
                u,
                d,
                r - a - u - d,
                outbound.accepted(),
                outbound.published(),
                outbound.failed(),
                outbound.expired(),
                outbound.rejected(),
                outbound.queued(),
                outbound.inFlight());
    }

    private final class Once implements Acknowledgement {
        private final AtomicBoolean done = new AtomicBoolean();
        private final Runnable acknowledge;

        Once(Runnable acknowledge) {
            this.acknowledge = acknowledge;
        }

        @Override
        public void handled() {
            end(acknowledged);
        }

        @Override
        public void unrouted() {
            end(unrouted);
        }

        @Override
        public void dropped() {
            end(dropped);
        }

        private void end(LongAdder counter) {
            if (done.compareAndSet(false, true)) {
                counter.increment();
                acknowledge.run();
            }
        }
    }
}
