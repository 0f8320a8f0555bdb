package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the link to one broker as its definition wants it. Everything happens on its lane, one thing after the other; what comes from
 * other threads (network, timer, resolver, callers) is a task on the lane, and finds out there whether it is still of interest.
 */
final class BrokerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);
    private static final int FILTERS_PER_SUBSCRIBE = 50;
    private static final Duration NEXT_ENDPOINT = Duration.ofMillis(50);
    private static final Duration SLOW = Duration.ofMillis(500);

    /** How long a link that we gave up may take to end, before it is left behind. */
    private static final Duration GIVE_UP = Duration.ofSeconds(3);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    private final Engine engine;
    private final Lane lane;
    private final Inbound inbound;
    private final Outbound outbound;
    private final CompletableFuture<Void> predecessorEnded;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Replaced on the lane, read by anybody. */
    private volatile BrokerStatus status;

    // Everything below belongs to the lane.
    private BrokerDefinition definition;
    private boolean removed;
    private boolean endSession;
    private boolean stopping;
    private @Nullable MqttLink link;
    private @Nullable BrokerDefinition linkDefinition;
    private boolean linkOpen;
    private boolean linkClosing;

    /** Raised whenever an attempt begins or is given up, so that what belongs to an older one is recognised. */
    private int attemptSerial;

    private int attempts;

    /** Whether the broker let us wait at the last attempt. */
    private boolean slow;

    private boolean inSlowSet;
    private long attemptStartNanos;
    private int endpointIndex;
    private int addressIndex;
    private boolean outage;
    private long outageStartNanos;
    private long connectedAtNanos;
    private Duration previousDelay = Duration.ZERO;
    private @Nullable ScheduledFuture<?> nextAttempt;
    private @Nullable ScheduledFuture<?> subscribeLimit;

    /** Until when a link that we end may take to end. */
    private @Nullable ScheduledFuture<?> endLimit;

    private @Nullable Boolean sessionPresent;
    private MqttLink.@Nullable Granted granted;
    private int answersAwaited;

    /** Raised when the broker accepts us; an answer to an earlier connection's SUBSCRIBE does not count for this one. */
    private int connectionSerial;

    /** When the broker last answered us, in monotonic time. */
    private long answeredAtNanos;

    /** When the probe that is not answered yet was sent, in monotonic time; meaningful while {@link #probing}. */
    private long probedAtNanos;

    private boolean probing;
    private boolean responsive = true;
    private @Nullable Duration roundTrip;

    /** Why we dropped the link ourselves. */
    private @Nullable ConnectionFailure pendingFailure;

    /** The outcome of the last birth message. */
    private CompletableFuture<PublishReceipt> birthAnswer = CompletableFuture.completedFuture(null);

    /** Why the present connection's birth message was not taken. */
    private @Nullable ConnectionFailure birthFailure;

    private final Map<TopicFilter, SubscriptionStatus> subscriptions = new LinkedHashMap<>();

    /** Filters that the broker may still hold for our session and that nobody wants. */
    private final Set<TopicFilter> unwanted = new TreeSet<>();

    /**
     * @param predecessor of the same broker, or null: what it says comes first, and no attempt is made before it has ended, or both
     *     would use one client identifier
     */
    BrokerConnection(BrokerDefinition definition, Engine engine, @Nullable BrokerConnection predecessor) {
        this.definition = definition;
        this.engine = engine;
        this.lane = predecessor == null ? new Lane(definition.id().value(), engine.control()) : predecessor.lane;
        this.predecessorEnded = predecessor == null ? CompletableFuture.completedFuture(null) : predecessor.ended;
        this.inbound = new Inbound(engine.router(), engine.nanos());
        this.outbound = new Outbound(definition.id(), engine.outboundLimits(), lane, engine.clock(), engine.nanos());
        this.status = BrokerStatus.initial(definition, engine.clock().instant());
    }

    // ---- commands, from any thread
    // -------------------------------------------------------------------------------------------

    /** Makes the connection be as the definition says, which was read last: a lower version is that of a broker made anew. */
    void apply(BrokerDefinition wanted) {
        lane.execute(() -> {
            if (removed) {
                return;
            }
            boolean shown = !wanted.name().equals(definition.name())
                    || !Objects.equals(wanted.owner(), definition.owner())
                    || wanted.active() != definition.active();
            boolean other = !wanted.connectsLike(definition);
            definition = wanted;
            if (other) {
                slow = false;
                beginAnew();
            }
            if (shown) {
                publishStatus();
            }
            if (other || status.state() == ConnectionState.DISCONNECTED || !wanted.active()) {
                reconcile(other);
            }
        });
    }

    /** Tries at once what would be tried later. */
    void connectNow() {
        lane.execute(() -> {
            if (wanted() && isWaiting()) {
                attempts = 0;
                beginAttempt();
            }
        });
    }

    /** The wanted filters may have changed. */
    void filtersChanged() {
        lane.execute(() -> {
            MqttLink open = link;
            if (open != null && linkOpen && !linkClosing) {
                synchronizeFilters(open);
            }
        });
    }

    /** Ends the link for good, and with it the session at the broker if that can be reached. Nothing more is told of it. */
    CompletableFuture<Void> remove() {
        lane.execute(() -> {
            if (removed) {
                return;
            }
            removed = true;
            endSession = true;
            outbound.close();
            engine.feed().removed(definition.id());
            publishStatus();
            reconcile(false);
        });
        return ended;
    }

    /** Ends the link for good and leaves the session to the broker. */
    CompletableFuture<Void> stop() {
        lane.execute(() -> {
            stopping = true;
            outbound.close();
            publishStatus();
            reconcile(false);
        });
        return ended;
    }

    CompletableFuture<PublishReceipt> publish(OutboundPublish publish) {
        return outbound.accept(publish);
    }

    /** Looks whether something is too old, or the link too silent. From any thread, about every second. */
    void sweep() {
        outbound.sweep();
        if (status.isConnected()) {
            lane.execute(this::checkLiveness);
        }
    }

    /** What is known now, with fresh counters. */
    BrokerStatus status() {
        BrokerStatus last = status;
        return new BrokerStatus(
                last.broker(),
                last.name(),
                last.owner(),
                last.wanted(),
                last.state(),
                last.since(),
                last.attempt(),
                last.nextAttemptAt(),
                last.failure(),
                last.subscriptions(),
                last.sessionPresent(),
                last.responsive(),
                last.roundTrip(),
                last.certificate(),
                inbound.lastAt(),
                outbound.lastAcknowledgedAt(),
                inbound.counters(outbound.counters()),
                engine.clock().instant());
    }

    // ---- on the lane
    // ---------------------------------------------------------------------------------------------------------

    private boolean wanted() {
        return definition.active() && !removed && !stopping;
    }

    private boolean isWaiting() {
        return status.state() == ConnectionState.RECONNECTING || status.state() == ConnectionState.FAILED;
    }

    /**
     * Compares what is with what is wanted, and takes the next step towards it. Called after every change.
     *
     * @param replace whether the link was made for another definition
     */
    private void reconcile(boolean replace) {
        boolean keep = wanted() && !replace;
        if (link != null) {
            if (linkClosing) {
                return; // closed() comes back here
            }
            if (keep && linkDefinition != null && definition.connectsLike(linkDefinition)) {
                return;
            }
            closeLink(link);
            return;
        }
        cancelAttempt();
        if (status.state() != ConnectionState.DISCONNECTED) {
            enter(ConnectionState.DISCONNECTED, null);
        }
        if (wanted()) {
            beginAttempt();
        } else if (removed || stopping) {
            // Not before those who had the client identifier earlier.
            predecessorEnded.whenComplete((done, failure) -> ended.complete(null));
        }
    }

    private void closeLink(MqttLink closing) {
        cancelAttempt();
        linkClosing = true;
        pendingFailure = null;
        outbound.disconnected();
        enter(ConnectionState.DISCONNECTING, null);
        if (endSession && linkOpen && definition.mqttVersion() == MqttVersion.V3_1_1 && !subscriptions.isEmpty()) {
            // MQTT 3.1.1 cannot end a session by DISCONNECT: without filters the broker keeps at least no messages.
            Runnable close = () -> lane.execute(() -> closing.close(true));
            ScheduledFuture<?> limit = engine.timer().schedule(close, 2, TimeUnit.SECONDS);
            closing.unsubscribe(new ArrayList<>(subscriptions.keySet())).whenComplete((ok, failure) -> {
                limit.cancel(false);
                close.run();
            });
        } else {
            closing.close(endSession);
        }
        // Longer than an attempt and the client's own patience together.
        endLimit(CLOSE_LIMIT, () -> {
            if (closing == link && linkClosing) {
                LOG.warn("[{}] the link does not end; it is left to itself", definition.id());
                closing.abandon();
                closed(closing);
            }
        });
    }

    private void cancelAttempt() {
        attemptSerial++;
        if (nextAttempt != null) {
            nextAttempt.cancel(false);
            nextAttempt = null;
        }
        leaveSlowSet();
        cancelSubscribeLimit();
    }

    private void leaveSlowSet() {
        if (inSlowSet) {
            inSlowSet = false;
            engine.slow().leave();
        }
    }

    /** Who lets us wait leaves the fast lane, until it answers quickly again. */
    private void attemptEnded() {
        slow = engine.nanos().getAsLong() - attemptStartNanos >= SLOW.toNanos();
        leaveSlowSet();
    }

    private void beginAttempt() {
        cancelAttempt();
        int serial = attemptSerial;
        attempts++;
        enter(ConnectionState.CONNECTING, status.failure());
        attemptStartNanos = engine.nanos().getAsLong();
        predecessorEnded.whenComplete((done, failure) -> lane.execute(() -> {
            if (serial != attemptSerial) {
                return;
            }
            if (!slow) {
                awaitTurn(serial);
                return;
            }
            engine.slow()
                    .enter(() -> lane.execute(() -> {
                        if (serial == attemptSerial) {
                            inSlowSet = true;
                            awaitTurn(serial);
                        } else {
                            engine.slow().leave();
                        }
                    }));
        }));
    }

    private void awaitTurn(int serial) {
        String owner = definition.owner();
        engine.starts()
                .turn(
                        owner == null ? "" : owner,
                        () -> lane.execute(() -> {
                            if (serial == attemptSerial) {
                                attemptStartNanos = engine.nanos().getAsLong();
                                resolve(serial);
                            }
                        }));
    }

    private Endpoint endpoint() {
        return definition.endpoints().get(endpointIndex % definition.endpoints().size());
    }

    private FailureClassifier classifier() {
        return classifier(endpoint());
    }

    private FailureClassifier classifier(Endpoint about) {
        return new FailureClassifier(
                definition, about, engine.timeouts(), engine.clock().instant());
    }

    private void resolve(int serial) {
        resolve(serial, endpoint(), broker -> {
            ProxySettings proxy = definition.proxy();
            if (proxy == null) {
                open(new Route(broker, null));
            } else {
                resolve(serial, proxy.endpoint(), via -> open(new Route(broker, via)));
            }
        });
    }

    /** Looks the name up and has all its addresses checked; one of them goes on. */
    private void resolve(int serial, Endpoint asked, Consumer<InetSocketAddress> then) {
        engine.resolver()
                .resolve(asked.host())
                .whenComplete((addresses, failure) -> lane.execute(() -> {
                    if (serial != attemptSerial) {
                        return;
                    }
                    if (failure != null) {
                        attemptFailed(
                                Failures.unwrap(failure) instanceof UnknownHostException
                                        ? classifier(asked).unknownHost()
                                        : classifier(asked).dnsTimeout());
                    } else if (!addresses.stream().allMatch(address -> permits(address, asked.port()))) {
                        attemptFailed(classifier(asked).addressRefused());
                    } else {
                        // The name stays with the address, for TLS checks it; the address is the one that was checked.
                        then.accept(new InetSocketAddress(
                                named(asked.host(), addresses.get(addressIndex % addresses.size())), asked.port()));
                    }
                }));
    }

    private void open(Route route) {
        addressIndex++;
        MqttLink opened = link;
        boolean fresh = opened == null;
        if (opened == null) {
            LinkObserver observer = new LinkObserver();
            try {
                opened = engine.links().on(lane).create(definition, observer);
            } catch (RuntimeException | LinkageError e) {
                attemptFailed(classifier().unusable(e));
                return;
            }
            observer.link = opened;
            link = opened;
            linkDefinition = definition;
            linkClosing = false;
        }
        try {
            opened.open(route);
        } catch (RuntimeException | LinkageError e) {
            if (fresh) {
                link = null;
            }
            attemptFailed(classifier().unusable(e));
        }
    }

    /** The policy is the host's code: when it fails, nothing is permitted. */
    private boolean permits(InetAddress address, int port) {
        try {
            return engine.networkPolicy().permits(definition, address, port);
        } catch (RuntimeException e) {
            LOG.error("[{}] the network policy failed", definition.id(), e);
            return false;
        }
    }

    private static InetAddress named(String host, InetAddress address) {
        try {
            return InetAddress.getByAddress(host, address.getAddress());
        } catch (UnknownHostException e) {
            return address;
        }
    }

    private void opened(MqttLink by, MqttLink.Granted grants) {
        if (linkClosing) {
            return;
        }
        attemptEnded();
        linkOpen = true;
        connectionSerial++;
        answersAwaited = 0;
        answeredAtNanos = engine.nanos().getAsLong();
        probing = false;
        responsive = true;
        connectedAtNanos = engine.nanos().getAsLong();
        sessionPresent = grants.sessionPresent();
        granted = grants;
        if (!grants.sessionPresent()) {
            // Nothing is left of what an earlier session held.
            unwanted.clear();
        } else {
            unwanted.addAll(subscriptions.keySet());
        }
        subscriptions.clear();
        birthFailure = null;
        synchronizeFilters(by);
    }

    /** Asks for what is wanted and not held, gives back what is held and not wanted. */
    private void synchronizeFilters(MqttLink to) {
        Set<TopicFilter> wanted = engine.wantedFilters().apply(definition.id());
        List<TopicFilter> missing = wanted.stream()
                .filter(filter -> !subscriptions.containsKey(filter))
                .sorted()
                .toList();
        Set<TopicFilter> surplus = new HashSet<>(subscriptions.keySet());
        surplus.addAll(unwanted);
        surplus.removeAll(wanted);
        for (List<TopicFilter> batch : batches(missing)) {
            batch.forEach(
                    filter -> subscriptions.put(filter, new SubscriptionStatus(filter, QoS.AT_LEAST_ONCE, null, null)));
            answersAwaited++;
            if (subscribeLimit == null) {
                awaitAnswer(to);
            }
            int serial = connectionSerial;
            to.subscribe(batch, QoS.AT_LEAST_ONCE)
                    .whenComplete((answers, failure) -> lane.execute(() -> {
                        if (to == link && linkOpen && serial == connectionSerial) {
                            subscribed(to, batch, answers, failure);
                        }
                    }));
        }
        for (List<TopicFilter> batch : batches(surplus.stream().sorted().toList())) {
            batch.forEach(subscriptions::remove);
            unwanted.addAll(batch);
            to.unsubscribe(batch)
                    .whenComplete((ok, failure) -> lane.execute(() -> {
                        if (failure == null && to == link) {
                            batch.forEach(unwanted::remove);
                        }
                    }));
        }
        settled(to);
    }

    /** The client has no limit of its own: a broker that stays silent would leave us without filters and none the wiser. */
    private void awaitAnswer(MqttLink by) {
        cancelSubscribeLimit();
        int serial = connectionSerial;
        subscribeLimit = engine.timer()
                .schedule(
                        () -> lane.execute(() -> {
                            if (by == link && linkOpen && serial == connectionSerial && answersAwaited > 0) {
                                pendingFailure = classifier().noSubscribeAnswer();
                                drop(by);
                            }
                        }),
                        engine.timeouts().suback().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void cancelSubscribeLimit() {
        if (subscribeLimit != null) {
            subscribeLimit.cancel(false);
            subscribeLimit = null;
        }
    }

    /** Gives the connection up; what it still says before it is down does not count. */
    private void drop(MqttLink dropped) {
        linkOpen = false;
        outbound.disconnected();
        dropped.drop();
        int serial = connectionSerial;
        endLimit(GIVE_UP, () -> {
            if (dropped == link && !linkClosing && !linkOpen && serial == connectionSerial && !isWaiting()) {
                LOG.warn("[{}] the dead link does not end; a new one is made beside it", definition.id());
                abandon(dropped);
                down(new MqttLink.LinkDown(null, true, true, 0));
            }
        });
    }

    /** What the link had is taken over by its successor; what it still says is not heard. */
    private void abandon(MqttLink dead) {
        dead.abandon();
        link = null;
        linkDefinition = null;
        outbound.clientEnded();
    }

    private void endLimit(Duration delay, Runnable task) {
        cancelEndLimit();
        endLimit = engine.timer().schedule(() -> lane.execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelEndLimit() {
        if (endLimit != null) {
            endLimit.cancel(false);
            endLimit = null;
        }
    }

    private void subscribed(
            MqttLink by,
            List<TopicFilter> batch,
            @Nullable List<SubscriptionStatus> answers,
            @Nullable Throwable failure) {
        answersAwaited--;
        if (answers != null) {
            for (SubscriptionStatus answer : answers) {
                subscriptions.computeIfPresent(answer.filter(), (filter, before) -> answer);
            }
        } else if (failure != null) {
            LOG.debug("[{}] SUBSCRIBE failed", definition.id(), failure);
            // On a live link this cannot be left: nobody would ever know that the filters are not there.
            batch.forEach(subscriptions::remove);
            unwanted.addAll(batch);
            pendingFailure = classifier().subscribeFailed(failure);
            drop(by);
            return;
        }
        if (answersAwaited > 0) {
            awaitAnswer(by);
        }
        settled(by);
    }

    /** When nothing is awaited any more: we are connected, and say what was refused. */
    private void settled(MqttLink by) {
        if (by != link || linkClosing) {
            return;
        }
        if (answersAwaited > 0) {
            publishStatus();
            return;
        }
        cancelSubscribeLimit();
        List<SubscriptionStatus> refused = subscriptions.values().stream()
                .filter(SubscriptionStatus::isRefused)
                .toList();
        ConnectionFailure failure =
                refused.isEmpty() ? birthFailure : classifier().subscriptionsRefused(refused);
        boolean first = status.state() != ConnectionState.CONNECTED;
        enter(ConnectionState.CONNECTED, failure);
        if (first && granted != null) {
            announce(granted);
            outbound.connected(by, granted);
        }
    }

    /** Says that we are there, before anything that waited. One that is still in flight is brought to its end by the client. */
    private void announce(MqttLink.Granted grants) {
        Birth birth = definition.birth();
        if (birth == null || !birthAnswer.isDone()) {
            return;
        }
        int serial = connectionSerial;
        birthAnswer = outbound.first(OutboundPublish.builder()
                .topic(birth.topic())
                .payload(birth.payload())
                .qos(grants.sessionOpenedHere() ? birth.qos() : QoS.AT_LEAST_ONCE)
                .retain(birth.retain())
                .whenDisconnected(WhenDisconnected.FAIL)
                .build());
        birthAnswer.whenComplete((receipt, failure) -> lane.execute(() -> {
            if (failure instanceof PublishException refusal
                    && refusal.failure() != PublishFailure.NOT_CONNECTED
                    && linkOpen
                    && serial == connectionSerial) {
                birthFailure = classifier().birthRefused(refusal);
                LOG.warn("[{}] {}: {}", definition.id(), birthFailure.kind(), birthFailure.message());
                publishStatus(status.state(), status.failure() == null ? birthFailure : status.failure(), null);
            }
        }));
    }

    /**
     * A link can be up and dead: when nothing came in for a while the broker is asked to answer, by giving back a filter that was never
     * subscribed. That needs no right, and every broker must answer.
     */
    private void checkLiveness() {
        MqttLink asked = link;
        if (asked == null || !linkOpen || status.state() != ConnectionState.CONNECTED) {
            return;
        }
        long now = engine.nanos().getAsLong();
        long heardAt = Math.max(answeredAtNanos, inbound.lastNanos());
        if (!probing) {
            if (now - heardAt >= engine.liveness().idle().toNanos()) {
                probe(asked, now);
            }
            return;
        }
        long silent = now - Math.max(probedAtNanos, heardAt);
        if (!responsive && silent < engine.liveness().unresponsive().toNanos()) {
            responsive = true;
            settled(asked);
        }
        if (silent >= engine.liveness().lost().toNanos()) {
            pendingFailure = classifier().notResponding(Duration.ofNanos(now - heardAt));
            drop(asked);
        } else if (silent >= engine.liveness().unresponsive().toNanos() && responsive) {
            responsive = false;
            ConnectionFailure failure = classifier().notResponding(Duration.ofNanos(now - heardAt));
            LOG.warn("[{}] {}: {}", definition.id(), failure.kind(), failure.message());
            publishStatus(status.state(), failure, null);
        }
    }

    private void probe(MqttLink asked, long now) {
        probing = true;
        probedAtNanos = now;
        int serial = connectionSerial;
        asked.probe()
                .whenComplete((answer, failure) -> lane.execute(() -> {
                    if (asked != link || !linkOpen || serial != connectionSerial || failure != null) {
                        return; // a failure comes with the loss of the connection, or looks like silence
                    }
                    probing = false;
                    answeredAtNanos = engine.nanos().getAsLong();
                    roundTrip = Duration.ofNanos(answeredAtNanos - probedAtNanos);
                    responsive = true;
                    settled(asked);
                }));
    }

    private void down(MqttLink.LinkDown down) {
        if (!linkClosing) {
            cancelEndLimit();
        }
        linkOpen = false;
        responsive = true;
        answersAwaited = 0;
        outbound.disconnected();
        if (linkClosing) {
            return;
        }
        ConnectionFailure failure =
                pendingFailure != null ? pendingFailure : classifier().closed(down);
        pendingFailure = null;
        if (status.state() == ConnectionState.CONNECTED
                && engine.nanos().getAsLong() - connectedAtNanos
                        >= definition.reconnect().stableAfter().toNanos()) {
            beginAnew();
        }
        attemptFailed(failure);
    }

    /** The next attempt is the first one again. */
    private void beginAnew() {
        attempts = 0;
        endpointIndex = 0;
        previousDelay = Duration.ZERO;
        outage = false;
    }

    private void attemptFailed(ConnectionFailure failure) {
        if (status.state() == ConnectionState.CONNECTING && !linkOpen) {
            attemptEnded();
        }
        cancelAttempt();
        if (attempts > 0) {
            endpointIndex++;
        }
        long now = engine.nanos().getAsLong();
        if (!outage) {
            outage = true;
            outageStartNanos = now;
        }
        // The endpoints of a round follow each other at once, whatever is wrong with the one before.
        boolean another = endpointIndex % definition.endpoints().size() != 0;
        Duration delay = another
                ? NEXT_ENDPOINT
                : delay(new ReconnectPolicy.Outage(
                        Math.max(attempts, 1), Duration.ofNanos(now - outageStartNanos), failure, previousDelay));
        previousDelay = delay;
        int serial = attemptSerial;
        nextAttempt = engine.timer()
                .schedule(
                        () -> lane.execute(() -> {
                            if (serial == attemptSerial) {
                                beginAttempt();
                            }
                        }),
                        delay.toMillis(),
                        TimeUnit.MILLISECONDS);
        enter(
                failure.retryable() || another ? ConnectionState.RECONNECTING : ConnectionState.FAILED,
                failure,
                engine.clock().instant().plus(delay));
    }

    /** The policy may be the host's code: when it fails, the usual one decides, or nobody would ever try again. */
    private Duration delay(ReconnectPolicy.Outage outage) {
        try {
            return Objects.requireNonNull(
                    engine.reconnectPolicy().delay(outage, definition.reconnect(), engine.random()));
        } catch (RuntimeException e) {
            LOG.error("[{}] the reconnect policy failed", definition.id(), e);
            return ReconnectPolicy.exponential().delay(outage, definition.reconnect(), engine.random());
        }
    }

    private void closed(MqttLink by) {
        if (by != link) {
            return;
        }
        cancelEndLimit();
        link = null;
        linkDefinition = null;
        linkOpen = false;
        linkClosing = false;
        answersAwaited = 0;
        sessionPresent = null;
        unwanted.addAll(subscriptions.keySet());
        subscriptions.clear();
        outbound.clientEnded();
        reconcile(false);
    }

    private void enter(ConnectionState state, @Nullable ConnectionFailure failure) {
        enter(state, failure, null);
    }

    private void enter(ConnectionState state, @Nullable ConnectionFailure failure, @Nullable Instant nextAttemptAt) {
        ConnectionState before = status.state();
        if (state != before && !before.mayBecome(state)) {
            LOG.error("[{}] illegal transition from {} to {}", definition.id(), before, state);
        }
        if (state == ConnectionState.DISCONNECTED) {
            beginAnew();
        }
        if (state != before) {
            log(state, failure, nextAttemptAt);
        }
        publishStatus(state, failure, nextAttemptAt);
    }

    private void log(ConnectionState state, @Nullable ConnectionFailure failure, @Nullable Instant nextAttemptAt) {
        if (failure != null && state == ConnectionState.FAILED) {
            LOG.warn("[{}] {}: {} {}", definition.id(), failure.kind(), failure.message(), failure.remedy());
        } else if (failure != null && state == ConnectionState.RECONNECTING && attempts <= 1) {
            LOG.info(
                    "[{}] {}: {} Next attempt at {}",
                    definition.id(),
                    failure.kind(),
                    failure.message(),
                    nextAttemptAt);
        } else if (state == ConnectionState.CONNECTED || state == ConnectionState.DISCONNECTED) {
            LOG.info("[{}] {}", definition.id(), state);
        } else {
            LOG.debug("[{}] {} {}", definition.id(), state, failure == null ? "" : failure.message());
        }
    }

    /** The state is the same, something else that is shown is not. */
    private void publishStatus() {
        publishStatus(status.state(), status.failure(), status.nextAttemptAt());
    }

    private void publishStatus(
            ConnectionState state, @Nullable ConnectionFailure failure, @Nullable Instant nextAttemptAt) {
        BrokerStatus before = status;
        Instant now = engine.clock().instant();
        int shownAttempt = switch (state) {
            case CONNECTING -> attempts;
            case RECONNECTING, FAILED -> attempts + 1;
            default -> 0;
        };
        BrokerStatus after = new BrokerStatus(
                definition.id(),
                definition.name(),
                definition.owner(),
                wanted(),
                state,
                state == before.state() ? before.since() : now,
                shownAttempt,
                nextAttemptAt,
                failure,
                new ArrayList<>(subscriptions.values()),
                sessionPresent,
                responsive,
                roundTrip,
                link == null ? before.certificate() : link.certificate(),
                inbound.lastAt(),
                outbound.lastAcknowledgedAt(),
                inbound.counters(outbound.counters()),
                now);
        status = after;
        if (!removed && !sameNews(before, after)) {
            engine.feed().changed(after);
        }
    }

    private static boolean sameNews(BrokerStatus a, BrokerStatus b) {
        return a.state() == b.state()
                && a.wanted() == b.wanted()
                && a.attempt() == b.attempt()
                && a.responsive() == b.responsive()
                && a.name().equals(b.name())
                && Objects.equals(a.owner(), b.owner())
                && Objects.equals(a.failure(), b.failure())
                && Objects.equals(a.nextAttemptAt(), b.nextAttemptAt())
                && a.subscriptions().equals(b.subscriptions());
    }

    private static List<List<TopicFilter>> batches(List<TopicFilter> filters) {
        List<List<TopicFilter>> batches = new ArrayList<>();
        for (int i = 0; i < filters.size(); i += FILTERS_PER_SUBSCRIBE) {
            batches.add(List.copyOf(filters.subList(i, Math.min(i + FILTERS_PER_SUBSCRIBE, filters.size()))));
        }
        return batches;
    }

    /** Brings what happens to one link onto the lane; what a replaced link still says is not heard. */
    private final class LinkObserver implements MqttLink.Observer {
        private volatile @Nullable MqttLink link;

        @Override
        public void opened(MqttLink.Granted granted) {
            onLane(by -> BrokerConnection.this.opened(by, granted));
        }

        @Override
        public void down(MqttLink.LinkDown down) {
            onLane(by -> BrokerConnection.this.down(down));
        }

        @Override
        public void received(InboundPublish publish, Runnable acknowledge) {
            inbound.receive(publish, acknowledge);
        }

        @Override
        public void receivedMalformed() {
            inbound.malformed();
        }

        @Override
        public void closed() {
            onLane(BrokerConnection.this::closed);
        }

        private void onLane(Consumer<MqttLink> event) {
            lane.execute(() -> {
                MqttLink by = link;
                if (by != null && by == BrokerConnection.this.link) {
                    event.accept(by);
                }
            });
        }
    }
}
