package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A link whose broker is the test: it notes what is asked of it, and answers when and how the test says. What no real link would stand
 * is noted as a violation.
 */
final class ScriptedLink implements MqttLink {
    enum Phase {
        IDLE,
        ATTEMPTING,
        OPEN,
        WAITING,
        CLOSED
    }

    /** A SUBSCRIBE that waits for its answer. */
    record Subscribe(List<TopicFilter> filters, CompletableFuture<List<SubscriptionStatus>> answer) {}

    /** An UNSUBSCRIBE that waits for its answer. */
    record Unsubscribe(List<TopicFilter> filters, CompletableFuture<Void> answer) {}

    /** A PUBLISH that waits for its answer. */
    record Publish(OutboundPublish message, CompletableFuture<Integer> answer) {
        String topic() {
            return String.valueOf(message.topic());
        }
    }

    /** An exception as the client's, when the connection is gone. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone() {
            super("connection is gone");
        }
    }

    final BrokerDefinition definition;
    final Observer observer;
    final List<InetSocketAddress> opens = new ArrayList<>();
    final List<Subscribe> subscribes = new ArrayList<>();
    final List<Unsubscribe> unsubscribes = new ArrayList<>();
    final List<Publish> publishes = new ArrayList<>();
    final List<CompletableFuture<Void>> probes = new ArrayList<>();
    final List<CompletableFuture<Void>> releases = new ArrayList<>();
    final List<String> violations = new ArrayList<>();
    Phase phase = Phase.IDLE;
    int drops;
    /** Whether nothing is to be taken from the broker. */
    boolean onHold;

    int closedTold;
    /** Whether SUBSCRIBE and UNSUBSCRIBE are answered at once. */
    boolean answering = true;
    /** What the broker refuses. */
    Set<String> refusing = Set.of();
    /** The filters of the session at the broker, which outlives links. */
    Set<String> held = new HashSet<>();
    /** What close was given, or null if it was not called. */
    @Nullable
    Boolean endSession;

    @Nullable
    RuntimeException openFailure;

    /** Which way the last attempt went. */
    @Nullable
    InetSocketAddress proxy;

    private boolean sessionOpenedHere;

    ScriptedLink(BrokerDefinition definition, Observer observer) {
        this.definition = definition;
        this.observer = observer;
    }

    static Granted granted(
            boolean sessionPresent, int receiveMaximum, QoS maximumQos, boolean retain, boolean sessionOpenedHere) {
        return new Granted(
                new BrokerGrants(
                        sessionPresent,
                        Duration.ofSeconds(30),
                        Duration.ofDays(1),
                        receiveMaximum,
                        1_000_000,
                        maximumQos,
                        retain,
                        true,
                        true,
                        null),
                sessionOpenedHere,
                null);
    }

    // ---- what the test does

    void opened() {
        opened(false);
    }

    void opened(boolean sessionPresent) {
        opened(sessionPresent, 100, QoS.EXACTLY_ONCE, true);
    }

    void opened(boolean sessionPresent, int receiveMaximum, QoS maximumQos, boolean retain) {
        require(phase == Phase.ATTEMPTING, "opened while " + phase);
        phase = Phase.OPEN;
        onHold = false;
        if (!sessionPresent) {
            held.clear();
        }
        sessionOpenedHere |= !sessionPresent;
        if (endSession != null) {
            // Found out within the attempt that it is closing: DISCONNECT.
            down(null);
        } else {
            observer.opened(granted(sessionPresent, receiveMaximum, maximumQos, retain, sessionOpenedHere));
        }
    }

    /** The attempt fails, the link breaks, or DISCONNECT is done. */
    void down(@Nullable Throwable cause) {
        boolean wasOpen = phase == Phase.OPEN;
        require(wasOpen || phase == Phase.ATTEMPTING, "down while " + phase);
        List<CompletableFuture<?>> lost = new ArrayList<>();
        subscribes.forEach(subscribe -> lost.add(subscribe.answer));
        unsubscribes.forEach(unsubscribe -> lost.add(unsubscribe.answer));
        if (endSession != null) {
            end();
        } else {
            phase = Phase.WAITING;
            observer.down(new LinkDown(cause, wasOpen, true, 0));
        }
        lost.forEach(answer -> answer.completeExceptionally(new Gone()));
    }

    /** What close began is done. */
    void closed() {
        require(endSession != null, "closed though nobody asked");
        switch (phase) {
            case OPEN, ATTEMPTING -> down(null);
            case IDLE, WAITING -> end();
            case CLOSED -> {}
        }
    }

    /** It was given up, and not even that worked: it ends unasked. */
    void beyondThat() {
        require(drops > 0, "ended though nobody gave it up");
        end();
    }

    private void end() {
        phase = Phase.CLOSED;
        closedTold++;
        // Publishes stay without an answer: a client that ends does not always say a last word about them.
        observer.closed();
    }

    void answer(Subscribe subscribe) {
        subscribe.answer.complete(subscribe.filters.stream()
                .map(filter -> refusing.contains(filter.value())
                        ? new SubscriptionStatus(filter, QoS.AT_LEAST_ONCE, null, 0x87)
                        : new SubscriptionStatus(filter, QoS.AT_LEAST_ONCE, QoS.AT_LEAST_ONCE, 1))
                .toList());
    }

    /** The filters of all SUBSCRIBEs so far, in their order. */
    List<String> subscribed() {
        return subscribes.stream()
                .flatMap(s -> s.filters.stream())
                .map(TopicFilter::value)
                .toList();
    }

    List<String> unsubscribed() {
        return unsubscribes.stream()
                .flatMap(s -> s.filters.stream())
                .map(TopicFilter::value)
                .toList();
    }

    /** The topics of all publishes so far, in their order. */
    List<String> published() {
        return publishes.stream().map(Publish::topic).toList();
    }

    /** Acknowledges what is not answered yet. */
    void acknowledgeAll() {
        List.copyOf(publishes).forEach(publish -> publish.answer.complete(0));
    }

    private void require(boolean fine, String violation) {
        if (!fine) {
            violations.add(violation);
            throw new IllegalStateException(violation);
        }
    }

    // ---- what the engine does

    @Override
    public void open(Route route) {
        InetSocketAddress address = route.broker();
        require(endSession == null, "opened after close");
        require(phase == Phase.IDLE || phase == Phase.WAITING, "open while " + phase);
        if (address.isUnresolved()) {
            violations.add("the address is not resolved: " + address);
        }
        if ((definition.proxy() == null) != (route.proxy() == null)) {
            violations.add("the proxy's address is " + route.proxy());
        }
        proxy = route.proxy();
        if (openFailure != null) {
            phase = Phase.CLOSED;
            throw openFailure;
        }
        opens.add(address);
        phase = Phase.ATTEMPTING;
        observer.connecting();
    }

    @Override
    public CompletableFuture<List<SubscriptionStatus>> subscribe(List<TopicFilter> filters, QoS qos) {
        require(endSession == null, "SUBSCRIBE after close");
        require(!filters.isEmpty(), "SUBSCRIBE of nothing");
        Subscribe subscribe = new Subscribe(filters, new CompletableFuture<>());
        subscribes.add(subscribe);
        if (phase != Phase.OPEN) {
            subscribe.answer.completeExceptionally(new Gone());
            return subscribe.answer;
        }
        filters.stream()
                .map(TopicFilter::value)
                .filter(filter -> !refusing.contains(filter))
                .forEach(held::add);
        if (answering) {
            answer(subscribe);
        }
        return subscribe.answer;
    }

    @Override
    public CompletableFuture<Void> unsubscribe(List<TopicFilter> filters) {
        require(endSession == null, "UNSUBSCRIBE after close");
        require(!filters.isEmpty(), "UNSUBSCRIBE of nothing");
        Unsubscribe unsubscribe = new Unsubscribe(filters, new CompletableFuture<>());
        unsubscribes.add(unsubscribe);
        if (phase != Phase.OPEN) {
            unsubscribe.answer.completeExceptionally(new Gone());
            return unsubscribe.answer;
        }
        filters.stream().map(TopicFilter::value).forEach(held::remove);
        if (answering) {
            unsubscribe.answer.complete(null);
        }
        return unsubscribe.answer;
    }

    @Override
    public CompletableFuture<Void> probe() {
        require(endSession == null, "probe after close");
        CompletableFuture<Void> answer = new CompletableFuture<>();
        probes.add(answer);
        return answer;
    }

    @Override
    public void hold(boolean now) {
        onHold = now;
    }

    @Override
    public @Nullable BrokerCertificate certificate() {
        return null;
    }

    @Override
    public CompletableFuture<Integer> publish(OutboundPublish message) {
        Publish publish = new Publish(message, new CompletableFuture<>());
        publishes.add(publish);
        if (phase == Phase.CLOSED) {
            violations.add("publish to a closed link");
            publish.answer.completeExceptionally(new Gone());
        }
        return publish.answer;
    }

    @Override
    public CompletableFuture<Void> release() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        releases.add(released);
        return released;
    }

    @Override
    public Releases releases() {
        return Releases.NONE;
    }

    @Override
    public void drop() {
        drops++;
    }

    @Override
    public void close(boolean forgetSession) {
        if (endSession == null) {
            endSession = forgetSession;
        }
    }
}
