package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.BrokerEvent.Initiator;
import io.github.mqttmanager.connection.BrokerEvent.Type;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
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
    private static final Duration SLOW = Duration.ofMillis(500);
    private static final CompletableFuture<Void> NO_PREDECESSOR = CompletableFuture.completedFuture(null);

    private final Engine engine;
    private final Lane lane;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Requests requests;
    private final History history;
    private final CompletableFuture<Void> predecessorEnded;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Replaced on the lane, read by anybody. */
    private volatile BrokerStatus status;

    // Everything below belongs to the lane.
    private final Attempts attempts;
    private final Subscriptions subscriptions;
    private final Responsiveness responsiveness;
    private final TakeOvers takeOvers;
    private final HandlingAlarm handlingAlarm;
    private BrokerDefinition definition;
    private boolean removed;
    private boolean endSession;
    private boolean stopping;
    private @Nullable MqttLink link;
    private @Nullable LinkObserver linkObserver;
    private @Nullable MqttLink openedBefore;
    private @Nullable BrokerDefinition linkDefinition;
    private boolean linkOpen;
    private boolean linkClosing;

    /** Raised whenever an attempt begins or is given up, so that what belongs to an older one is recognised. */
    private int attemptSerial;

    /** Whether the broker let us wait at the last attempt. */
    private boolean slow;

    /** This and the turn are replaced on the lane, and asked by anybody for the position. */
    private volatile SlowSet.@Nullable Place place;

    private volatile StartLimiter.@Nullable Turn turn;

    /** Of the attempt that is under way or was the last. */
    private Endpoint endpoint;

    private long attemptStartNanos;
    private long connectedAtNanos;
    private @Nullable ScheduledFuture<?> nextAttempt;
    private MqttLink.@Nullable Granted granted;

    /** Raised when the broker accepts us; an answer to an earlier connection's probe does not count for this one. */
    private int connectionSerial;

    /** Why we dropped the link ourselves. */
    private @Nullable ConnectionFailure pendingFailure;

    /** The outcome of the last birth message. */
    private @Nullable CompletableFuture<PublishReceipt> birthAnswer;

    /** Why the present connection's birth message was not taken. */
    private @Nullable ConnectionFailure birthFailure;

    /** Who wants what happens next; the manager itself, unless somebody asked. */
    private Initiator initiator = Initiator.MANAGER;

    private @Nullable String actor;

    /** What a person asked for, until the stored wish says so as well. */
    private @Nullable Boolean requested;

    /**
     * @param predecessor of the same broker, or null: what it says comes first, and no attempt is made before it has ended, or both
     *     would use one client identifier
     */
    BrokerConnection(BrokerDefinition definition, Engine engine, @Nullable BrokerConnection predecessor) {
        this.definition = definition;
        this.endpoint = definition.endpoints().get(0);
        this.engine = engine;
        this.lane = predecessor == null ? new Lane(definition.id().value(), engine.control()) : predecessor.lane;
        this.predecessorEnded = predecessor == null ? NO_PREDECESSOR : predecessor.ended;
        this.requests = new Requests(definition, engine, lane, new RequestsHost());
        this.inbound = new Inbound(
                requests.before(engine.router()),
                engine.inboundBudget(),
                engine.clock(),
                engine.nanos(),
                this::inboundOverflowed);
        this.handlingAlarm = new HandlingAlarm(engine.nanos());
        this.outbound = new Outbound(
                definition.id(),
                engine.outboundLimits(),
                engine.outboundBudget(),
                lane,
                engine.clock(),
                engine.nanos());
        this.history = new History(engine.clock());
        this.attempts = new Attempts(engine);
        this.subscriptions =
                new Subscriptions(definition.id(), engine, lane, requests::filters, new SubscriptionsListener());
        this.responsiveness = new Responsiveness(engine.liveness(), engine.nanos());
        this.takeOvers = new TakeOvers(engine.nanos());
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
            if (wanted.active() != definition.active()) {
                noteWish(wanted.active());
            }
            definition = wanted;
            if (other) {
                requests.defined(wanted);
                slow = false;
                attempts.beginAnew();
                takeOvers.beginAnew();
                initiator = Initiator.DEFINITION;
                actor = null;
                history.add(Type.DEFINITION_CHANGED, Initiator.DEFINITION);
            }
            if (shown) {
                publishStatus();
            }
            if (other || status.state() == ConnectionState.DISCONNECTED || !wanted.active()) {
                reconcile(other);
            }
        });
    }

    /** The stored wish has changed: because a person asked for it, who was noted already, or in any other way. */
    private void noteWish(boolean active) {
        if (requested == null || requested != active) {
            initiator = Initiator.DEFINITION;
            actor = null;
            history.add(
                    active ? Type.CONNECT_REQUESTED : Type.DISCONNECT_REQUESTED,
                    Initiator.DEFINITION,
                    null,
                    null,
                    null);
        }
        requested = null;
    }

    /** Somebody asked for a connection or for its end; what is stored tells the same, or soon will. */
    void requested(boolean active, @Nullable String by) {
        lane.execute(() -> {
            if (removed || stopping) {
                return;
            }
            requested = active == definition.active() ? null : active;
            initiator = Initiator.USER;
            actor = by;
            history.add(active ? Type.CONNECT_REQUESTED : Type.DISCONNECT_REQUESTED, Initiator.USER, by, null, null);
        });
    }

    /** Tries at once what would be tried later. */
    void connectNow() {
        lane.execute(() -> {
            if (wanted() && isWaiting()) {
                attempts.beginAnew();
                takeOvers.beginAnew();
                beginAttempt();
            }
        });
    }

    /** What is to be asked for may have changed; what is told in the meantime is looked at together. */
    void demandChanged(TopicTemplate template, String deviceName) {
        if (subscriptions.note(template, deviceName)) {
            lane.execute(subscriptions::follow);
        }
    }

    /** The subscriptions that would bring a message to the topic. */
    List<SubscriptionStatus> subscriptions(TopicName topic) {
        return subscriptions.bringing(topic);
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
            requests.close();
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
            requests.close();
            publishStatus();
            reconcile(false);
        });
        return ended;
    }

    CompletableFuture<PublishReceipt> publish(OutboundPublish publish) {
        return outbound.accept(publish);
    }

    CompletableFuture<InboundPublish> request(OutboundPublish publish, Duration timeout) {
        return requests.ask(publish, timeout);
    }

    private final class RequestsHost implements Requests.Host {
        @Override
        public CompletableFuture<PublishReceipt> publish(OutboundPublish publish) {
            return outbound.accept(publish);
        }

        @Override
        public void filtersChanged() {
            synchronizeFilters();
        }
    }

    /** Looks whether something is too old, or the link too silent. From any thread, about every second. */
    void sweep() {
        outbound.sweep();
        inbound.reconsider();
        boolean troubled = inbound.handling().isTroubled();
        if (status.isConnected() || troubled || handlingAlarm.isRaised()) {
            lane.execute(() -> {
                checkResponsiveness();
                checkHandling();
            });
        }
    }

    /** Gives nothing more to the router. */
    void stopIntake() {
        inbound.close();
    }

    /** What went through so far. */
    TrafficCounters counters() {
        return inbound.counters(outbound.counters());
    }

    /** Whether it has ended, and nothing is open of what went through. */
    boolean isSettled() {
        TrafficCounters counters = counters();
        return ended.isDone() && counters.open() + counters.queued() + counters.inFlight() == 0;
    }

    /** What happened, the latest first. */
    List<BrokerEvent> history() {
        return history.latest();
    }

    /** What is known now, with fresh counters. */
    BrokerStatus status() {
        BrokerStatus last = status;
        return last.with(
                last.state() == ConnectionState.CONNECTING ? waitingPosition() : null,
                inbound.lastAt(),
                outbound.lastAcknowledgedAt(),
                counters(),
                inbound.handling(),
                engine.clock().instant());
    }

    private @Nullable Integer waitingPosition() {
        SlowSet.Place slowPlace = place;
        StartLimiter.Turn startTurn = turn;
        OptionalInt position = slowPlace == null ? OptionalInt.empty() : slowPlace.position();
        if (position.isEmpty() && startTurn != null) {
            position = startTurn.position();
        }
        return position.isEmpty() ? null : position.getAsInt();
    }

    // ---- on the lane
    // ---------------------------------------------------------------------------------------------------------

    private void synchronizeFilters() {
        if (linkOpen && !linkClosing) {
            subscriptions.synchronize();
        }
    }

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
        requests.disconnected();
        List<List<TopicFilter>> filters = subscriptions.batches();
        subscriptions.closing();
        enter(ConnectionState.DISCONNECTING, null);
        if (endSession && linkOpen && definition.mqttVersion() == MqttVersion.V3_1_1 && !filters.isEmpty()) {
            // MQTT 3.1.1 cannot end a session by DISCONNECT: without filters the broker keeps at least no messages.
            Runnable close = () -> lane.execute(() -> closing.close(true));
            ScheduledFuture<?> limit = engine.timer().schedule(close, 2, TimeUnit.SECONDS);
            CompletableFuture.allOf(filters.stream().map(closing::unsubscribe).toArray(CompletableFuture[]::new))
                    .whenComplete((ok, failure) -> {
                        limit.cancel(false);
                        close.run();
                    });
        } else {
            closing.close(endSession);
        }
    }

    private void cancelAttempt() {
        attemptSerial++;
        if (nextAttempt != null) {
            nextAttempt.cancel(false);
            nextAttempt = null;
        }
        giveBackTurn();
    }

    private void giveBackTurn() {
        StartLimiter.Turn waiting = turn;
        if (waiting != null) {
            waiting.cancel();
            turn = null;
        }
        SlowSet.Place held = place;
        if (held != null) {
            held.leave();
            place = null;
        }
    }

    /** Who lets us wait leaves the fast lane, until it answers quickly again. */
    private void attemptEnded() {
        slow = engine.nanos().getAsLong() - attemptStartNanos >= SLOW.toNanos();
        giveBackTurn();
    }

    private void beginAttempt() {
        cancelAttempt();
        int serial = attemptSerial;
        attempts.begin();
        endpoint = attempts.endpoint(definition);
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
            place = engine.slow()
                    .enter(() -> lane.execute(() -> {
                        if (serial == attemptSerial) {
                            awaitTurn(serial);
                        }
                    }));
        }));
    }

    private void awaitTurn(int serial) {
        turn = engine.lookUps()
                .turn(
                        owner(),
                        attempts.isRetry(),
                        () -> ifCurrent(serial, () -> {
                            attemptStartNanos = engine.nanos().getAsLong();
                            resolve(serial);
                        }));
    }

    private String owner() {
        String owner = definition.owner();
        return owner == null ? "" : owner;
    }

    private void ifCurrent(int serial, Runnable step) {
        lane.execute(() -> {
            if (serial == attemptSerial) {
                step.run();
            }
        });
    }

    private FailureClassifier classifier() {
        return new FailureClassifier(
                definition, endpoint, engine.timeouts(), engine.clock().instant());
    }

    private void resolve(int serial) {
        new Routes(engine)
                .find(definition, endpoint, attempts.addressTurn())
                .whenComplete((route, failure) -> lane.execute(() -> {
                    if (serial != attemptSerial) {
                        return;
                    }
                    if (failure == null) {
                        openInTurn(serial, route);
                    } else {
                        attemptFailed(Routes.failure(failure));
                    }
                }));
    }

    /** However long the name took: those who waited for the same one shall not begin together. */
    private void openInTurn(int serial, Route route) {
        long lookedUpFor = engine.nanos().getAsLong() - attemptStartNanos;
        turn = engine.starts()
                .turnToBegin(
                        owner(),
                        attempts.isRetry(),
                        () -> ifCurrent(serial, () -> {
                            attemptStartNanos = engine.nanos().getAsLong() - lookedUpFor;
                            open(route);
                        }));
    }

    private void open(Route route) {
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
            linkObserver = observer;
            link = opened;
            linkDefinition = definition;
            linkClosing = false;
        }
        LinkObserver observer = linkObserver;
        if (observer != null) {
            observer.session = new Inbound.Session(definition.clientIdentifier(), endpoint);
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

    private void opened(MqttLink by, MqttLink.Granted grants) {
        if (linkClosing) {
            return;
        }
        attemptEnded();
        linkOpen = true;
        connectionSerial++;
        responsiveness.connected();
        connectedAtNanos = engine.nanos().getAsLong();
        granted = grants;
        birthFailure = null;
        if (!grants.grants().sessionPresent() && isSessionExpected()) {
            // A broker that was restarted has forgotten it; another client of our name would have kept it alive.
            takeOvers.explained();
            if (by == openedBefore) {
                LOG.info("[{}] the broker has forgotten the session", definition.id());
                history.add(Type.SESSION_LOST, Initiator.BROKER, null, endpoint, null);
            }
        }
        requests.connected(definition, grants.responseInformation());
        openedBefore = by;
        subscriptions.connected(by, grants.grants());
    }

    private boolean isSessionExpected() {
        return definition.mqttVersion() == MqttVersion.V5
                ? !definition.session().expiry().isZero()
                : !definition.session().cleanStart();
    }

    /** Gives the connection up; what it still says before it is down does not count. */
    private void drop(MqttLink dropped, ConnectionFailure why) {
        pendingFailure = why;
        linkOpen = false;
        subscriptions.disconnected();
        outbound.disconnected();
        requests.disconnected();
        dropped.drop();
    }

    private final class SubscriptionsListener implements Subscriptions.Listener {
        @Override
        public void subscriptionsChanged() {
            if (link != null && linkOpen && !linkClosing) {
                settled(link);
            }
        }

        @Override
        public void subscribingFailed(@Nullable Throwable cause) {
            if (cause == null && inbound.isPaused()) {
                subscriptions.awaitAnswer(); // it may have come, behind what is not read
            } else if (link != null && linkOpen) {
                drop(
                        link,
                        cause == null
                                ? classifier().noSubscribeAnswer()
                                : classifier().subscribeFailed(cause));
            }
        }
    }

    /** When nothing is awaited any more: we are connected, and say what was refused. */
    private void settled(MqttLink by) {
        if (!subscriptions.isAnswered()) {
            publishStatus();
            return;
        }
        List<SubscriptionStatus> refused = subscriptions.refused();
        ConnectionFailure failure =
                refused.isEmpty() ? birthFailure : classifier().subscriptionsRefused(refused);
        boolean first = status.state() != ConnectionState.CONNECTED;
        if (first) {
            history.add(Type.CONNECTED, initiator, actor, endpoint, null);
            initiator = Initiator.MANAGER;
            actor = null;
        }
        if (!refused.isEmpty() && (first || !sameReason(failure, status.failure()))) {
            history.add(Type.SUBSCRIPTION_REFUSED, Initiator.BROKER, null, endpoint, failure);
        }
        enter(ConnectionState.CONNECTED, failure);
        if (first && granted != null) {
            announce(granted);
            outbound.connected(by, granted);
        }
        for (TopicFilter responses : requests.filters()) {
            requests.subscribed(subscriptions.of(responses));
        }
    }

    private static boolean sameReason(@Nullable ConnectionFailure a, @Nullable ConnectionFailure b) {
        return a != null && b != null && a.kind() == b.kind() && a.message().equals(b.message());
    }

    /** Says that we are there, before anything that waited. One that is still in flight is brought to its end by the client. */
    private void announce(MqttLink.Granted grants) {
        Birth birth = definition.birth();
        if (birth == null || (birthAnswer != null && !birthAnswer.isDone())) {
            return;
        }
        int serial = connectionSerial;
        CompletableFuture<PublishReceipt> answer = outbound.first(OutboundPublish.builder()
                .topic(birth.topic())
                .payload(birth.payload())
                .qos(grants.sessionOpenedHere() ? birth.qos() : QoS.AT_LEAST_ONCE)
                .retain(birth.retain())
                .whenDisconnected(WhenDisconnected.FAIL)
                .build());
        birthAnswer = answer;
        answer.whenComplete((receipt, failure) -> lane.execute(() -> {
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

    private void checkResponsiveness() {
        MqttLink asked = link;
        if (asked == null || !linkOpen || status.state() != ConnectionState.CONNECTED) {
            return;
        }
        boolean paused = inbound.isPaused();
        if (paused) {
            // What the broker says waits behind what is not read.
            outbound.excuse();
            responsiveness.excuse();
        }
        String trouble = outbound.trouble();
        if (trouble != null) {
            drop(asked, classifier().publishUnanswered(trouble));
            return;
        }
        if (paused) {
            return;
        }
        switch (responsiveness.look(inbound.lastNanos())) {
            case FINE -> {}
            case ASK -> probe(asked);
            case UNRESPONSIVE -> {
                ConnectionFailure failure = notResponding();
                LOG.warn("[{}] {}: {}", definition.id(), failure.kind(), failure.message());
                history.add(Type.UNRESPONSIVE, Initiator.MANAGER, null, endpoint, failure);
                publishStatus(status.state(), failure, null);
            }
            case RESPONSIVE_AGAIN -> responsiveAgain(asked);
            case LOST -> drop(asked, notResponding());
        }
    }

    private void checkHandling() {
        Handling handling = inbound.handling();
        if (removed || !handlingAlarm.look(handling.isTroubled())) {
            return;
        }
        if (handlingAlarm.isRaised()) {
            ConnectionFailure failure = classifier().handlersInTrouble(handling);
            LOG.warn("[{}] {}: {}", definition.id(), failure.kind(), failure.message());
            history.add(Type.HANDLERS_TROUBLED, Initiator.MANAGER, null, endpoint, failure);
        } else {
            LOG.info("[{}] the handlers are fine again", definition.id());
            history.add(Type.HANDLERS_RECOVERED, Initiator.MANAGER, null, endpoint, null);
        }
        publishStatus();
    }

    /** From the network: the connection brought more than it may, and is left alone until the broker has it all back. */
    private void inboundOverflowed() {
        lane.execute(() -> {
            MqttLink full = link;
            if (full != null && linkOpen && !linkClosing) {
                drop(
                        full,
                        classifier()
                                .tooMuchOpen(
                                        inbound.counters(TrafficCounters.ZERO).open()));
            }
        });
    }

    private ConnectionFailure notResponding() {
        return classifier().notResponding(responsiveness.silence(inbound.lastNanos()));
    }

    private void responsiveAgain(MqttLink asked) {
        history.add(Type.RESPONSIVE, Initiator.BROKER, null, endpoint, null);
        settled(asked);
    }

    private void probe(MqttLink asked) {
        responsiveness.asked();
        int serial = connectionSerial;
        asked.probe()
                .whenComplete((answer, failure) -> lane.execute(() -> {
                    if (asked != link || !linkOpen || serial != connectionSerial || failure != null) {
                        return; // a failure comes with the loss of the connection, or looks like silence
                    }
                    boolean again = !responsiveness.isResponsive();
                    responsiveness.answered();
                    if (again) {
                        responsiveAgain(asked);
                    } else {
                        settled(asked);
                    }
                }));
    }

    private void down(MqttLink.LinkDown down) {
        linkOpen = false;
        responsiveness.disconnected();
        subscriptions.disconnected();
        outbound.disconnected();
        requests.disconnected();
        if (linkClosing) {
            return;
        }
        ConnectionFailure dropped = pendingFailure;
        pendingFailure = null;
        ConnectionFailure failure = dropped == null ? classifier().closed(down) : dropped;
        boolean worked = status.state() == ConnectionState.CONNECTED;
        boolean stable = worked
                && engine.nanos().getAsLong() - connectedAtNanos
                        >= definition.reconnect().stableAfter().toNanos();
        if (stable) {
            attempts.beginAnew();
        }
        boolean battle = false;
        if (failure.kind() == FailureKind.MQTT_SESSION_TAKEN_OVER) {
            battle = takeOvers.told();
        } else if (dropped == null && FailureClassifier.isUnexplained(down)) {
            battle = takeOvers.suspected(worked, stable);
        } else {
            takeOvers.explained();
        }
        if (battle) {
            quarantine(failure);
        } else {
            attemptFailed(failure);
        }
    }

    /** The session is left to the other client: to take it back would only go on with the battle. */
    private void quarantine(ConnectionFailure last) {
        ConnectionFailure failure = classifier().takenOverAgainAndAgain(last);
        history.add(Type.CONNECTION_LOST, initiator(last), null, endpoint, last);
        history.add(Type.QUARANTINED, Initiator.MANAGER, null, endpoint, failure);
        await(attempts.quarantined(definition, failure), failure);
    }

    private void attemptFailed(ConnectionFailure failure) {
        boolean lost = status.state() == ConnectionState.CONNECTED;
        history.add(lost ? Type.CONNECTION_LOST : Type.ATTEMPT_FAILED, initiator(failure), null, endpoint, failure);
        if (!lost && !linkOpen) {
            attemptEnded();
        }
        await(attempts.failed(definition, failure), failure);
    }

    private static Initiator initiator(ConnectionFailure failure) {
        return switch (failure.kind()) {
            case ADDRESS_REFUSED,
                    TRANSPORT_MISSING,
                    TLS_MATERIAL,
                    TLS_UNKNOWN_CA,
                    TLS_EXPIRED,
                    TLS_NOT_YET_VALID,
                    TLS_HOSTNAME_MISMATCH,
                    MQTT_NO_RESPONSE,
                    MQTT_RECEIVE_MAXIMUM_EXCEEDED,
                    HANDLERS_BEHIND -> Initiator.MANAGER;
            case CONNECTION_LOST, MQTT_KEEPALIVE_TIMEOUT, UNKNOWN, MQTT_CONNACK_TIMEOUT, TLS_TIMEOUT ->
                failure.reasonCode() == null ? Initiator.NETWORK : Initiator.BROKER;
            default ->
                switch (failure.stage()) {
                    case DNS, TCP -> Initiator.NETWORK;
                    case TLS, MQTT, SUBSCRIBE -> Initiator.BROKER;
                };
        };
    }

    private void await(Attempts.Next next, ConnectionFailure failure) {
        cancelAttempt();
        int serial = attemptSerial;
        nextAttempt = engine.timer()
                .schedule(
                        () -> lane.execute(() -> {
                            if (serial == attemptSerial) {
                                beginAttempt();
                            }
                        }),
                        next.delay().toMillis(),
                        TimeUnit.MILLISECONDS);
        enter(
                failure.retryable() || next.sameRound() ? ConnectionState.RECONNECTING : ConnectionState.FAILED,
                failure,
                engine.clock().instant().plus(next.delay()));
    }

    private void closed(MqttLink by) {
        if (by != link) {
            return;
        }
        boolean expected = linkClosing;
        link = null;
        openedBefore = null;
        linkDefinition = null;
        linkOpen = false;
        linkClosing = false;
        granted = null;
        subscriptions.clientEnded();
        outbound.clientEnded();
        if (expected) {
            history.add(Type.DISCONNECTED, initiator, actor, endpoint, null);
            reconcile(false);
        } else {
            // Given up, and beyond that: its successor takes over.
            down(new MqttLink.LinkDown(null, true, true, 0));
        }
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
            attempts.beginAnew();
        }
        if (state != before) {
            log(state, failure, nextAttemptAt);
        }
        publishStatus(state, failure, nextAttemptAt);
    }

    private void log(ConnectionState state, @Nullable ConnectionFailure failure, @Nullable Instant nextAttemptAt) {
        if (failure != null && state == ConnectionState.FAILED) {
            LOG.warn("[{}] {}: {} {}", definition.id(), failure.kind(), failure.message(), failure.remedy());
        } else if (failure != null && state == ConnectionState.RECONNECTING && attempts.number() <= 1) {
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
            case CONNECTING -> attempts.number();
            case RECONNECTING, FAILED -> attempts.number() + 1;
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
                null,
                state == ConnectionState.DISCONNECTED ? null : endpoint,
                failure,
                subscriptions.shown(),
                subscriptions.counts(),
                granted == null ? null : granted.grants(),
                responsiveness.isResponsive(),
                responsiveness.roundTrip(),
                link == null ? before.certificate() : link.certificate(),
                inbound.lastAt(),
                outbound.lastAcknowledgedAt(),
                counters(),
                inbound.handling(),
                now);
        status = after;
        if (!removed && !after.tellsTheSameAs(before)) {
            engine.feed().changed(after);
        }
    }

    /** Brings what happens to one link onto the lane; what a replaced link still says is not heard. */
    private final class LinkObserver implements MqttLink.Observer {
        private volatile @Nullable MqttLink link;

        /** Which session the attempt that is under way would resume. */
        private volatile Inbound.@Nullable Session session;

        @Override
        public void connecting() {
            StartLimiter.Turn present = turn;
            if (present != null) {
                present.begin();
            }
        }

        @Override
        public void opened(MqttLink.Granted granted) {
            MqttLink own = link;
            Inbound.Session resumed = session;
            if (own != null && resumed != null) {
                // Here, for what the broker delivers again may be right behind.
                inbound.connected(own, resumed, granted.grants().sessionPresent());
            }
            onLane(by -> BrokerConnection.this.opened(by, granted));
        }

        @Override
        public void down(MqttLink.LinkDown down) {
            inbound.disconnected();
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
            inbound.disconnected();
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
