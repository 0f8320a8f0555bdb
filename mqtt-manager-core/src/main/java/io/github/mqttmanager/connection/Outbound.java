package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The publishes that go to one broker: bounded before the client is given any, in their order, until each has a receipt or a typed
 * failure. What was in flight when its client ended is sent again by the next one; the client itself sends again what a lost
 * connection left open. Thread-safe; hand-over happens on the lane only.
 */
final class Outbound {
    private final BrokerId broker;
    private final OutboundLimits limits;
    private final Executor lane;
    private final InstantSource clock;
    private final LongSupplier nanos;

    // guarded by this
    /** By the order in which they were accepted, also when one comes back. */
    private final NavigableMap<Long, Pending> queue = new TreeMap<>();

    private final Set<Pending> inFlight = new LinkedHashSet<>();
    private long queuedBytes;
    private long accepted;
    private long published;
    private long failed;
    private long expired;
    private @Nullable MqttLink link;
    private MqttLink.@Nullable Granted granted;
    private boolean closed;
    private @Nullable Instant lastAcknowledgedAt;

    Outbound(BrokerId broker, OutboundLimits limits, Executor lane, InstantSource clock, LongSupplier nanos) {
        this.broker = broker;
        this.limits = limits;
        this.lane = lane;
        this.clock = clock;
        this.nanos = nanos;
    }

    private final class Pending {
        final OutboundPublish publish;
        final TopicName topic;
        final long bytes;
        final long number;
        final long acceptedAt = nanos.getAsLong();
        final CompletableFuture<PublishReceipt> outcome = new CompletableFuture<>();
        /** Guarded by the outer object. */
        @Nullable
        MqttLink handedTo;

        Pending(OutboundPublish publish, long number) {
            this.number = number;
            this.publish = publish;
            this.topic = Objects.requireNonNull(publish.topic());
            this.bytes = publish.payload().remaining() + topic.value().getBytes(StandardCharsets.UTF_8).length;
        }

        /** What is left of the message's own expiry, or null if it has none. */
        @Nullable
        Duration remaining() {
            Duration expiry = publish.properties().expiry();
            return expiry == null ? null : expiry.minusNanos(nanos.getAsLong() - acceptedAt);
        }

        boolean isExpired() {
            Duration remaining = remaining();
            return (remaining != null && (remaining.isNegative() || remaining.isZero()))
                    || nanos.getAsLong() - acceptedAt > limits.age().toNanos();
        }

        /** The publish as it is to be sent now. */
        OutboundPublish current() {
            Duration remaining = remaining();
            if (remaining == null) {
                return publish;
            }
            PublishProperties properties = publish.properties();
            // Whole seconds on the wire (MQTT 5 section 3.3.2.3.3): rounded up, for it has not expired yet.
            Duration rest = Duration.ofSeconds(
                    Math.max(1, remaining.plusNanos(999_999_999).toSeconds()));
            return new OutboundPublish(
                    publish.topic(),
                    publish.payload(),
                    publish.qos(),
                    publish.retain(),
                    publish.whenDisconnected(),
                    new PublishProperties(
                            rest,
                            properties.text(),
                            properties.contentType(),
                            properties.responseTopic(),
                            properties.correlationData(),
                            properties.userProperties()));
        }
    }

    /** Takes a publish that has a topic. Any thread. */
    CompletableFuture<PublishReceipt> accept(OutboundPublish publish) {
        Pending pending;
        PublishException refusal = null;
        synchronized (this) {
            pending = new Pending(publish, ++accepted);
            if (closed) {
                refusal = failure(PublishFailure.CLOSED, "broker " + broker + " was deleted, or the manager is closed");
            } else if (link == null && publish.whenDisconnected() == WhenDisconnected.FAIL) {
                refusal = failure(PublishFailure.NOT_CONNECTED, "broker " + broker + " is not connected");
            } else if (queue.size() >= limits.count() || queuedBytes + pending.bytes > limits.bytes()) {
                refusal = failure(
                        PublishFailure.QUEUE_FULL, queue.size() + " publishes already wait for broker " + broker);
            } else {
                enqueue(pending);
            }
            if (refusal != null) {
                failed++;
            }
        }
        if (refusal != null) {
            pending.outcome.completeExceptionally(refusal);
        } else {
            pending.outcome.whenComplete((receipt, failure) -> {
                if (pending.outcome.isCancelled()) {
                    cancelled(pending);
                }
            });
            lane.execute(this::pump);
        }
        return pending.outcome;
    }

    /** On the lane, before {@link #connected}: a publish of our own that goes before all others, whatever waits. */
    CompletableFuture<PublishReceipt> first(OutboundPublish publish) {
        Pending pending;
        synchronized (this) {
            pending = new Pending(publish, - ++accepted);
            if (!closed) {
                enqueue(pending);
                return pending.outcome;
            }
            failed++;
        }
        pending.outcome.completeExceptionally(
                failure(PublishFailure.CLOSED, "broker " + broker + " was deleted, or the manager is closed"));
        return pending.outcome;
    }

    /** On the lane: publishes may be handed to this link from now on. */
    void connected(MqttLink now, MqttLink.Granted grants) {
        synchronized (this) {
            link = now;
            granted = grants;
        }
        pump();
    }

    /** On the lane: nothing is handed over until {@link #connected}; what is in flight stays with the client. */
    void disconnected() {
        List<Pending> refused = new ArrayList<>();
        synchronized (this) {
            link = null;
            for (Iterator<Pending> all = queue.values().iterator(); all.hasNext(); ) {
                Pending pending = all.next();
                if (pending.publish.whenDisconnected() == WhenDisconnected.FAIL) {
                    all.remove();
                    queuedBytes -= pending.bytes;
                    failed++;
                    refused.add(pending);
                }
            }
        }
        refused.forEach(pending -> pending.outcome.completeExceptionally(
                failure(PublishFailure.NOT_CONNECTED, "the connection to broker " + broker + " was lost")));
    }

    /** On the lane: the client is gone. Whether the broker has what was in flight is unknown: it is sent again. */
    void clientEnded() {
        List<Pending> lost = new ArrayList<>();
        synchronized (this) {
            link = null;
            List<Pending> again = new ArrayList<>(inFlight);
            inFlight.clear();
            for (Pending pending : again) {
                if (pending.publish.qos() == QoS.AT_MOST_ONCE
                        || pending.publish.whenDisconnected() == WhenDisconnected.FAIL
                        || pending.outcome.isDone()) {
                    failed++;
                    lost.add(pending);
                } else {
                    enqueue(pending);
                }
            }
        }
        lost.forEach(pending -> pending.outcome.completeExceptionally(
                failure(PublishFailure.CLOSED, "the connection to broker " + broker + " ended")));
    }

    /** On the lane: hands over what the window allows. */
    private void pump() {
        while (true) {
            Pending next;
            PublishException refusal = null;
            MqttLink to;
            synchronized (this) {
                to = link;
                MqttLink.Granted grants = granted;
                if (to == null
                        || grants == null
                        || inFlight.size()
                                >= Math.min(limits.window(), grants.grants().receiveMaximum())) {
                    return;
                }
                Map.Entry<Long, Pending> first = queue.pollFirstEntry();
                if (first == null) {
                    return;
                }
                next = first.getValue();
                queuedBytes -= next.bytes;
                if (next.isExpired()) {
                    expired++;
                    refusal = failure(
                            PublishFailure.EXPIRED, "the message for broker " + broker + " expired while it waited");
                } else {
                    refusal = unsendable(next.publish, grants);
                    if (refusal == null) {
                        inFlight.add(next);
                        next.handedTo = to;
                    } else {
                        failed++;
                    }
                }
            }
            if (refusal != null) {
                next.outcome.completeExceptionally(refusal);
            } else {
                handOver(to, next);
            }
        }
    }

    private @Nullable PublishException unsendable(OutboundPublish publish, MqttLink.Granted grants) {
        if (publish.qos().compareTo(grants.grants().maximumQos()) > 0) {
            return failure(
                    PublishFailure.NOT_SENDABLE,
                    "broker " + broker + " takes no quality of service above "
                            + grants.grants().maximumQos().code());
        }
        if (publish.retain() && !grants.grants().retainAvailable()) {
            return failure(PublishFailure.NOT_SENDABLE, "broker " + broker + " keeps no retained messages");
        }
        // Packet identifiers of an earlier process may be open in a session that it left behind: the broker would take
        // this
        // message for that one, confirm it, and never deliver it (MQTT 5 section 4.3.3).
        if (publish.qos() == QoS.EXACTLY_ONCE && !grants.sessionOpenedHere()) {
            return failure(
                    PublishFailure.UNSAFE_QOS_2,
                    "broker " + broker
                            + " resumed a session of an earlier process, in which QoS 2 can be lost; use QoS 1, or a clean start");
        }
        return null;
    }

    private void enqueue(Pending pending) {
        queue.put(pending.number, pending);
        queuedBytes += pending.bytes;
    }

    private void handOver(MqttLink to, Pending pending) {
        CompletableFuture<Integer> answer;
        try {
            answer = to.publish(pending.current());
        } catch (RuntimeException e) {
            // It would be thrown again and again.
            answer = CompletableFuture.failedFuture(
                    new MqttLink.RefusedPublish(null, "cannot be handed over: " + Failures.clean(e.toString())));
        }
        answer.whenComplete((code, failure) -> answered(to, pending, code, failure));
    }

    private void answered(MqttLink from, Pending pending, @Nullable Integer code, @Nullable Throwable failure) {
        PublishException refusal = null;
        PublishReceipt receipt = null;
        synchronized (this) {
            // What an earlier client says late does not concern the hand-over to the present one.
            if (pending.handedTo != from || !inFlight.remove(pending)) {
                return;
            }
            if (code != null && failure == null) {
                published++;
                lastAcknowledgedAt = clock.instant();
                receipt = new PublishReceipt(broker, pending.topic, pending.publish.qos(), code, lastAcknowledgedAt);
            } else if (failure != null && Failures.unwrap(failure) instanceof MqttLink.RefusedPublish refused) {
                failed++;
                refusal = failure(
                        refused.reasonCode() == null ? PublishFailure.NOT_SENDABLE : PublishFailure.REFUSED,
                        "the publish to broker " + broker + " " + refused.getMessage());
            } else if (pending.publish.qos() == QoS.AT_MOST_ONCE
                    || pending.outcome.isDone()
                    || closed
                    || (link == null && pending.publish.whenDisconnected() == WhenDisconnected.FAIL)) {
                failed++;
                refusal = failure(PublishFailure.NOT_CONNECTED, "the connection to broker " + broker + " was lost");
            } else {
                // An exception of the client says that the outcome is unknown, not that it was not delivered.
                enqueue(pending);
            }
        }
        if (receipt != null) {
            pending.outcome.complete(receipt);
        } else if (refusal != null) {
            pending.outcome.completeExceptionally(refusal);
        }
        lane.execute(this::pump);
    }

    private void cancelled(Pending pending) {
        synchronized (this) {
            if (queue.remove(pending.number, pending)) {
                queuedBytes -= pending.bytes;
                failed++;
            }
        }
    }

    /** Fails what has expired while waiting. Any thread, from time to time. */
    void sweep() {
        List<Pending> old = new ArrayList<>();
        synchronized (this) {
            for (Iterator<Pending> all = queue.values().iterator(); all.hasNext(); ) {
                Pending pending = all.next();
                if (pending.isExpired()) {
                    all.remove();
                    queuedBytes -= pending.bytes;
                    expired++;
                    old.add(pending);
                }
            }
        }
        old.forEach(pending -> pending.outcome.completeExceptionally(
                failure(PublishFailure.EXPIRED, "the message for broker " + broker + " expired while it waited")));
    }

    /** Fails everything; nothing is accepted any more. Any thread. */
    void close() {
        List<Pending> all;
        synchronized (this) {
            closed = true;
            link = null;
            all = new ArrayList<>(queue.values());
            all.addAll(inFlight);
            queue.clear();
            inFlight.clear();
            queuedBytes = 0;
            failed += all.size();
        }
        all.forEach(pending -> pending.outcome.completeExceptionally(failure(
                PublishFailure.CLOSED,
                "broker " + broker + " was deleted, or the manager was closed, before it answered")));
    }

    synchronized @Nullable Instant lastAcknowledgedAt() {
        return lastAcknowledgedAt;
    }

    /** The outbound half of the counters: accepted = published + failed + expired + queued + in flight. */
    synchronized TrafficCounters counters() {
        return new TrafficCounters(
                0, 0, 0, 0, 0, 0, 0, accepted, published, failed, expired, queue.size(), inFlight.size());
    }

    private static PublishException failure(PublishFailure failure, String message) {
        return new PublishException(failure, message);
    }
}
