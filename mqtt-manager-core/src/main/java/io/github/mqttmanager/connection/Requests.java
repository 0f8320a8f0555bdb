package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests through one broker and their responses (MQTT 5 section 4.10). All responses of a connection come to one topic, which is
 * subscribed as soon as somebody has asked; the correlation data, 16 random bytes, tell whose they are. Thread-safe.
 */
final class Requests {
    private static final int MOST = 1_000;
    private static final int CORRELATION_BYTES = 16;

    /** The heap that a request takes beside its payload, roughly. */
    private static final int OVERHEAD = 1_000;

    private static final Duration LEAST_EXPIRY = Duration.ofSeconds(1);

    /** What a connection does for its requests. */
    interface Host {
        CompletableFuture<PublishReceipt> publish(OutboundPublish publish);

        /** The wanted filters have changed. */
        void filtersChanged();
    }

    private final BrokerId broker;
    private final Engine engine;
    private final Lane lane;
    private final Host host;

    /** Where the responses come to, or null if the protocol knows none. */
    private volatile @Nullable TopicName topic;

    /** Changed on the lane. */
    private volatile boolean connected;

    // guarded by this
    /** By their correlation data, in the order in which they came. */
    private Map<ByteBuffer, Request> open = Map.of();

    private boolean used;
    private boolean closed;

    /** Belongs to the lane: whether the broker has granted the subscription on the present connection. */
    private boolean granted;

    Requests(BrokerDefinition definition, Engine engine, Lane lane, Host host) {
        this.broker = definition.id();
        this.engine = engine;
        this.lane = lane;
        this.host = host;
        apply(definition, null);
    }

    private final class Request extends CompletableFuture<InboundPublish> {
        final OutboundPublish publish;
        final ByteBuffer correlation;
        final long deadline;
        final long bytes;

        // Belong to the lane.
        @Nullable
        CompletableFuture<PublishReceipt> sent;

        @Nullable
        ScheduledFuture<?> limit;

        boolean nobodyListens;

        Request(OutboundPublish publish, Duration timeout) {
            byte[] random = new byte[CORRELATION_BYTES];
            engine.random().nextBytes(random);
            this.publish = publish;
            this.correlation = ByteBuffer.wrap(random);
            this.deadline = engine.nanos().getAsLong() + timeout.toNanos();
            this.bytes = publish.payload().remaining() + OVERHEAD;
        }

        /** Nothing is waited for any more, and the request is taken back unless it was handed over. */
        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            if (cancelled) {
                lane.execute(() -> {
                    if (forget(this)) {
                        release(this);
                    }
                });
            }
            return cancelled;
        }

        /** The publish as it is sent now: worth delivering for as long as somebody waits for the response. */
        OutboundPublish current(TopicName responses) {
            PublishProperties properties = publish.properties();
            Duration expiry = Duration.ofNanos(deadline - engine.nanos().getAsLong());
            if (expiry.compareTo(LEAST_EXPIRY) < 0) {
                expiry = LEAST_EXPIRY;
            }
            if (properties.expiry() != null && properties.expiry().compareTo(expiry) < 0) {
                expiry = properties.expiry();
            }
            return new OutboundPublish(
                    publish.topic(),
                    publish.payload(),
                    publish.qos(),
                    publish.retain(),
                    publish.whenDisconnected(),
                    new PublishProperties(
                            expiry,
                            properties.text(),
                            properties.contentType(),
                            responses,
                            correlation,
                            properties.userProperties()));
        }
    }

    // ---- from any thread

    /** Sends a publish that has a topic, and waits for the response. */
    CompletableFuture<InboundPublish> ask(OutboundPublish publish, Duration timeout) {
        Request request = new Request(publish, timeout);
        PublishException refusal = register(request);
        if (refusal != null) {
            request.completeExceptionally(refusal);
            return request;
        }
        lane.execute(() -> {
            if (isOpen(request)) {
                request.limit = engine.timer()
                        .schedule(() -> lane.execute(() -> timedOut(request)), timeout.toNanos(), TimeUnit.NANOSECONDS);
                advance();
            }
        });
        return request;
    }

    private synchronized @Nullable PublishException register(Request request) {
        if (closed) {
            return failure(PublishFailure.CLOSED, "broker " + broker + " was deleted, or the manager is closed");
        }
        if (topic == null) {
            return failure(
                    PublishFailure.NOT_SENDABLE, "broker " + broker + " speaks MQTT 3.1.1, which has no requests");
        }
        if (!connected && request.publish.whenDisconnected() == WhenDisconnected.FAIL) {
            return failure(PublishFailure.NOT_CONNECTED, "broker " + broker + " is not connected");
        }
        if (open.size() >= MOST) {
            return failure(PublishFailure.QUEUE_FULL, MOST + " requests to broker " + broker + " are open already");
        }
        if (!engine.outboundBudget().take(request.bytes)) {
            return failure(PublishFailure.QUEUE_FULL, "too much waits for all brokers together");
        }
        if (!used) {
            used = true;
            open = new LinkedHashMap<>();
        }
        open.put(request.correlation, request);
        return null;
    }

    /** The filter of the responses, if anybody has ever asked. */
    Set<TopicFilter> filters() {
        TopicName responses = topic;
        synchronized (this) {
            return used && responses != null ? Set.of(TopicFilter.of(responses.value())) : Set.of();
        }
    }

    /** Takes the responses out of what comes in: those never reach a device's handler. */
    InboundRouter before(InboundRouter router) {
        return (publish, acknowledgement) -> {
            if (publish.topic().equals(topic)) {
                respond(publish, acknowledgement);
            } else {
                router.route(publish, acknowledgement);
            }
        };
    }

    /** On a network thread. */
    private void respond(InboundPublish publish, Acknowledgement acknowledgement) {
        ByteBuffer correlation = publish.properties().correlationData();
        Request request;
        synchronized (this) {
            request = correlation == null || !used ? null : open.remove(correlation);
        }
        if (request == null) {
            // Too late, for nobody, or not even meant for us.
            acknowledgement.unrouted();
            return;
        }
        acknowledgement.handled();
        lane.execute(() -> {
            release(request);
            request.complete(publish);
        });
    }

    private boolean isOpen(Request request) {
        synchronized (this) {
            return open.get(request.correlation) == request;
        }
    }

    /** @return whether it was open */
    private boolean forget(Request request) {
        synchronized (this) {
            return open.remove(request.correlation, request);
        }
    }

    /** Fails all that is open; nothing is accepted any more. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        lane.execute(() -> failAll(failure(
                PublishFailure.CLOSED,
                "broker " + broker + " was deleted, or the manager was closed, before the response")));
    }

    // ---- on the lane

    /** The definition is this now. */
    void defined(BrokerDefinition definition) {
        apply(definition, null);
    }

    /** @param information of the broker: the basis for topics of responses (MQTT 5 section 3.2.2.3.14), or null */
    private void apply(BrokerDefinition definition, @Nullable String information) {
        if (definition.mqttVersion() == MqttVersion.V3_1_1) {
            topic = null;
            return;
        }
        // As a level of its own: no wildcard, no separator.
        String level = URLEncoder.encode(definition.clientIdentifier(), StandardCharsets.UTF_8)
                .replace("+", "%20");
        TopicName responses = TopicName.of(engine.responsePrefix().value() + "/" + level);
        if (information != null) {
            try {
                responses = TopicName.of(information + (information.endsWith("/") ? "" : "/") + level);
            } catch (IllegalArgumentException e) {
                // What is no topic cannot be the basis of one.
            }
        }
        topic = responses;
    }

    /** The broker accepted us; what is wanted is subscribed next. */
    void connected(BrokerDefinition definition, @Nullable String information) {
        apply(definition, information);
        granted = false;
        connected = true;
    }

    /** What was sent is still waited for: the response may come in on the next connection. */
    void disconnected() {
        granted = false;
        connected = false;
        for (Request request : all()) {
            if (request.sent == null && request.publish.whenDisconnected() == WhenDisconnected.FAIL) {
                fail(
                        request,
                        failure(PublishFailure.NOT_CONNECTED, "the connection to broker " + broker + " was lost"));
            }
        }
    }

    /** What is wanted was subscribed. @param subscription of the responses, or null if it is not known */
    void subscribed(@Nullable SubscriptionStatus subscription) {
        if (subscription != null && subscription.isRefused()) {
            failAll(failure(
                    PublishFailure.REFUSED,
                    "broker " + broker + " refused the subscription of " + subscription.filter()
                            + ", where responses come in"));
            return;
        }
        granted = subscription != null && subscription.granted() != null;
        advance();
    }

    private void advance() {
        TopicName responses = topic;
        if (granted && responses != null) {
            for (Request request : all()) {
                if (request.sent == null) {
                    send(request, responses);
                }
            }
        } else if (connected && !all().isEmpty()) {
            host.filtersChanged();
        }
    }

    private void send(Request request, TopicName responses) {
        CompletableFuture<PublishReceipt> sent = host.publish(request.current(responses));
        request.sent = sent;
        sent.whenComplete((receipt, failure) -> lane.execute(() -> {
            if (failure != null) {
                fail(request, Failures.unwrap(failure));
            } else {
                request.nobodyListens = receipt.reasonCode() == ReasonCodes.NO_MATCHING_SUBSCRIBERS;
            }
        }));
    }

    private synchronized List<Request> all() {
        return new ArrayList<>(open.values());
    }

    private void failAll(PublishException failure) {
        all().forEach(request -> fail(request, failure));
    }

    private void timedOut(Request request) {
        fail(
                request,
                failure(
                        PublishFailure.NO_ANSWER,
                        request.nobodyListens
                                ? "no response came in time: nobody subscribes to " + request.publish.topic()
                                : "no response came in time from " + request.publish.topic() + " at broker " + broker));
    }

    private void fail(Request request, Throwable failure) {
        if (forget(request)) {
            release(request);
            request.completeExceptionally(failure);
        }
    }

    /** Once, when it is open no more. */
    private void release(Request request) {
        engine.outboundBudget().giveBack(request.bytes);
        if (request.limit != null) {
            request.limit.cancel(false);
        }
        if (request.sent != null) {
            request.sent.cancel(false);
        }
    }

    private static PublishException failure(PublishFailure failure, String message) {
        return new PublishException(failure, message);
    }
}
