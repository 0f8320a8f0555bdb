package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.connection.ConnectionTest.Outcome;
import io.github.mqttmanager.connection.ConnectionTest.Step;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One test of a definition, on a lane of its own, in the steps that a connection takes. Its links are closed whatever happens, also when
 * the caller gives up.
 */
final class TestRun {
    /** What a person waits for; every stage has a shorter limit of its own. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int MAXIMUM_FILTERS = 50;

    private final Engine engine;
    private final Lane lane;
    private final BrokerDefinition definition;
    private final List<TopicFilter> filters;
    private final CompletableFuture<ConnectionTest> outcome = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // Everything below belongs to the lane.
    private final Map<ConnectionStage, Step> passed = new EnumMap<>(ConnectionStage.class);
    private boolean begun;
    private boolean done;
    private long begunAt;
    private int endpointIndex;
    private ConnectionStage stage = ConnectionStage.DNS;
    private long stageBegunAt;
    private @Nullable MqttLink link;
    private int openLinks;
    private @Nullable BrokerGrants grants;
    private @Nullable BrokerCertificate certificate;
    private List<SubscriptionStatus> answers = List.of();
    private volatile StartLimiter.@Nullable Turn turn;
    private @Nullable ScheduledFuture<?> limit;
    private @Nullable ScheduledFuture<?> subscribeLimit;

    /**
     * @param clientIdentifier that nobody else has
     * @param demand what to ask for, or some of it
     */
    TestRun(BrokerDefinition definition, String clientIdentifier, TopicDemand demand, Engine engine) {
        this.engine = engine;
        this.lane = new Lane(definition.id().value() + " (test)", engine.control());
        this.definition = definition.toBuilder()
                .clientIdentifier(clientIdentifier)
                .will(null)
                .session(new SessionSettings(
                        true,
                        Duration.ZERO,
                        definition.session().receiveMaximum(),
                        definition.session().maximumPacketSize()))
                .build();
        this.filters = demand.templates()
                // To join a shared subscription would take messages away from those who share it.
                .filter(template -> !template.isShared())
                .flatMap(template -> demand.names(template).map(template::filter))
                .distinct()
                .limit(MAXIMUM_FILTERS)
                .sorted()
                .toList();
    }

    /** Begins when there is a place for it; a caller who cancels what is returned ends the test. */
    CompletableFuture<ConnectionTest> start(SlowSet places) {
        outcome.whenComplete((told, failure) -> lane.execute(this::end));
        lane.execute(() -> {
            SlowSet.Place place = places.enter(() -> lane.execute(this::begin));
            ended.whenComplete((nothing, failure) -> place.leave());
        });
        return outcome;
    }

    /** Ends it, without an outcome if there is none yet. Completes when nothing is left of it. */
    CompletableFuture<Void> stop() {
        outcome.cancel(false);
        return ended;
    }

    /** Completes when nothing is left of it. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void begin() {
        begun = true;
        if (done) {
            endIfNothingIsLeft();
            return;
        }
        begunAt = engine.nanos().getAsLong();
        begin(ConnectionStage.DNS);
        limit = engine.timer()
                .schedule(
                        () -> lane.execute(() -> finish(classifier().tookTooLong(stage, LIMIT))),
                        LIMIT.toMillis(),
                        TimeUnit.MILLISECONDS);
        tryEndpoint();
    }

    private void end() {
        done = true;
        cancel(limit);
        cancel(subscribeLimit);
        StartLimiter.Turn present = turn;
        if (present != null) {
            present.cancel();
        }
        closeLink();
        endIfNothingIsLeft();
    }

    private static void cancel(@Nullable ScheduledFuture<?> scheduled) {
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    private void closeLink() {
        MqttLink open = link;
        if (open != null) {
            link = null;
            open.close(true);
        }
    }

    private void endIfNothingIsLeft() {
        if (done && begun && openLinks == 0) {
            ended.complete(null);
        }
    }

    private Endpoint endpoint() {
        return definition.endpoints().get(endpointIndex);
    }

    private FailureClassifier classifier() {
        return new FailureClassifier(
                definition, endpoint(), engine.timeouts(), engine.clock().instant());
    }

    /** As every attempt, it waits for its turn: a test is no way to knock at doors faster. */
    private void tryEndpoint() {
        passed.clear();
        turn = engine.lookUps()
                .turn(
                        owner(),
                        false,
                        () -> unlessDone(() -> {
                            begin(ConnectionStage.DNS);
                            resolve();
                        }));
    }

    private String owner() {
        String owner = definition.owner();
        return owner == null ? "" : owner;
    }

    private void unlessDone(Runnable step) {
        lane.execute(() -> {
            if (!done) {
                step.run();
            }
        });
    }

    private void resolve() {
        new Routes(engine)
                .find(definition, endpoint(), 0)
                .whenComplete((route, failure) -> lane.execute(() -> {
                    if (done) {
                        return;
                    }
                    if (failure == null) {
                        pass(null);
                        turn = engine.starts().turnToBegin(owner(), false, () -> unlessDone(() -> open(route)));
                    } else {
                        failed(Routes.failure(failure));
                    }
                }));
    }

    private void open(Route route) {
        begin(ConnectionStage.TCP);
        LinkObserver observer = new LinkObserver();
        try {
            MqttLink made = engine.links().on(lane).create(definition, observer);
            observer.link = made;
            link = made;
            openLinks++;
            made.open(route);
        } catch (RuntimeException | LinkageError e) {
            failed(classifier().unusable(e));
        }
    }

    private void begin(ConnectionStage next) {
        stage = next;
        stageBegunAt = engine.nanos().getAsLong();
    }

    private void pass(@Nullable String detail) {
        passed.put(stage, new Step(stage, Outcome.PASSED, since(stageBegunAt), detail));
    }

    private Duration since(long then) {
        return Duration.ofNanos(engine.nanos().getAsLong() - then);
    }

    private void passed(ConnectionStage reached) {
        if (reached == stage) {
            pass(null);
            begin(
                    reached == ConnectionStage.TCP && definition.transport().isSecure()
                            ? ConnectionStage.TLS
                            : ConnectionStage.MQTT);
        }
    }

    private void opened(MqttLink by, BrokerGrants granted) {
        grants = granted;
        pass(null);
        begin(ConnectionStage.SUBSCRIBE);
        if (filters.isEmpty()) {
            passed.put(stage, new Step(stage, Outcome.SKIPPED, null, "nothing is to be subscribed"));
            finish(null);
            return;
        }
        subscribeLimit = engine.timer()
                .schedule(
                        () -> lane.execute(() -> finish(classifier().noSubscribeAnswer())),
                        engine.timeouts().suback().toMillis(),
                        TimeUnit.MILLISECONDS);
        // QoS 0: what comes in is not wanted, and would have to be acknowledged.
        by.subscribe(filters, QoS.AT_MOST_ONCE)
                .whenComplete((told, failure) -> lane.execute(() -> {
                    if (failure == null) {
                        subscribed(told);
                    } else {
                        finish(classifier().subscribeFailed(failure));
                    }
                }));
    }

    private void subscribed(List<SubscriptionStatus> told) {
        answers = told;
        List<SubscriptionStatus> refused =
                told.stream().filter(SubscriptionStatus::isRefused).toList();
        if (refused.isEmpty()) {
            pass(null);
            finish(null);
        } else {
            finish(classifier().subscriptionsRefused(refused));
        }
    }

    private void down(MqttLink by, MqttLink.LinkDown down) {
        certificate = by.certificate();
        failed(classifier().closed(down));
    }

    /** One endpoint does not work: the next one is tried, as the connection would. */
    private void failed(ConnectionFailure failure) {
        if (done) {
            return;
        }
        if (endpointIndex + 1 == definition.endpoints().size()) {
            finish(failure);
            return;
        }
        closeLink();
        endpointIndex++;
        tryEndpoint();
    }

    private void finish(@Nullable ConnectionFailure failure) {
        if (done) {
            return;
        }
        done = true;
        if (link != null) {
            certificate = link.certificate();
        }
        outcome.complete(
                new ConnectionTest(steps(failure), endpoint(), certificate, failure, answers, grants, since(begunAt)));
    }

    private List<Step> steps(@Nullable ConnectionFailure failure) {
        List<Step> steps = new ArrayList<>();
        for (ConnectionStage each : ConnectionStage.values()) {
            if (each == ConnectionStage.TLS && !definition.transport().isSecure()) {
                continue;
            }
            Step known = passed.get(each);
            if (failure != null && each == stage) {
                steps.add(new Step(each, Outcome.FAILED, since(stageBegunAt), failure.message()));
            } else {
                steps.add(known == null ? new Step(each, Outcome.SKIPPED, null, null) : known);
            }
        }
        return steps;
    }

    /** Brings what happens to one link onto the lane; what a former one still says is not heard. */
    private final class LinkObserver implements MqttLink.Observer {
        private volatile @Nullable MqttLink link;

        private void onLane(Consumer<MqttLink> event) {
            lane.execute(() -> {
                MqttLink by = link;
                if (by != null && by == TestRun.this.link && !done) {
                    event.accept(by);
                }
            });
        }

        @Override
        public void connecting() {
            StartLimiter.Turn present = turn;
            if (present != null) {
                present.begin();
            }
        }

        @Override
        public void passed(ConnectionStage reached) {
            onLane(by -> TestRun.this.passed(reached));
        }

        @Override
        public void opened(MqttLink.Granted granted) {
            onLane(by -> TestRun.this.opened(by, granted.grants()));
        }

        @Override
        public void down(MqttLink.LinkDown down) {
            onLane(by -> TestRun.this.down(by, down));
        }

        @Override
        public void received(InboundPublish publish, Runnable acknowledge) {
            acknowledge.run();
        }

        @Override
        public void receivedMalformed() {}

        @Override
        public void closed() {
            lane.execute(() -> {
                openLinks--;
                endIfNothingIsLeft();
            });
        }
    }
}
