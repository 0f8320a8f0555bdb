package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ten thousand random lives of a connection: whatever comes in whatever order, some things hold. */
class BrokerConnectionModelTest {
    private static final long SEED = 20_300_101;
    private static final int HISTORIES = 10_000;
    private static final String[] HOSTS = {"one.example", "two.example", "unknown.example", "forbidden.example"};
    private static final String[] FILTERS = {"a", "b/+", "c/#", "d"};

    private final Map<ConnectionState, Integer> visited = new EnumMap<>(ConnectionState.class);

    @Test
    void holdsInEveryHistory() {
        int connected = 0;
        for (int i = 0; i < HISTORIES; i++) {
            History history = new History(SEED + i);
            try {
                connected += history.run() ? 1 : 0;
            } catch (Throwable e) {
                throw new AssertionError(
                        "history with seed " + (SEED + i) + ":\n  " + String.join("\n  ", history.steps), e);
            }
        }
        assertThat(visited.keySet()).containsExactlyInAnyOrder(ConnectionState.values());
        assertThat(visited.values()).as("steps in each state %s", visited).allMatch(n -> n > 1_000);
        assertThat(connected)
                .as("histories that were brought to an open connection")
                .isGreaterThan(2_000);
    }

    private final class History {
        private final Random random;
        private final EngineHarness harness = new EngineHarness();
        private final List<String> steps = new ArrayList<>();
        private final BrokerConnection connection;
        private BrokerDefinition definition;
        private boolean ended;

        History(long seed) {
            random = new Random(seed);
            harness.unknownHosts.put("unknown.example", "");
            harness.policy = (d, address, port) -> !d.endpoints().get(0).host().startsWith("forbidden");
            harness.answering = random.nextBoolean();
            harness.limits = new OutboundLimits(5, 1_000, 1_000_000, Duration.ofMinutes(5), 3, Duration.ofSeconds(30));
            definition = EngineHarness.definition().active(random.nextBoolean()).build();
            connection = new BrokerConnection(definition, harness.engine(), null);
        }

        boolean run() {
            connection.apply(definition);
            for (int n = 10 + random.nextInt(30); n > 0 && !ended; n--) {
                step();
                check();
            }
            boolean recovers = !ended && random.nextInt(3) == 0;
            if (recovers) {
                makeTheWorldGood();
            }
            finish();
            return recovers;
        }

        private void note(String step) {
            steps.add(step);
        }

        private void apply(BrokerDefinition.Builder change) {
            definition = change.version(definition.version() + 1).build();
            connection.apply(definition);
        }

        private @Nullable ScriptedLink link() {
            return harness.links.isEmpty() ? null : harness.link();
        }

        private void step() {
            ScriptedLink link = link();
            switch (random.nextInt(23)) {
                case 0 -> {
                    note("activate");
                    apply(definition.toBuilder().active(true));
                }
                case 1 -> {
                    note("deactivate");
                    apply(definition.toBuilder().active(false));
                }
                case 2 -> {
                    String host = HOSTS[random.nextInt(HOSTS.length)];
                    note("host " + host);
                    apply(definition.toBuilder().endpoints(List.of(Endpoint.of(host, 1883))));
                }
                case 3 -> {
                    note("rename");
                    apply(definition.toBuilder().name("name " + random.nextInt(3)));
                }
                case 22 -> {
                    boolean active = random.nextBoolean();
                    note("somebody asks for " + active);
                    connection.requested(active, "somebody");
                }
                case 4 -> {
                    note("connect now");
                    connection.connectNow();
                }
                case 5, 6 -> {
                    changeFilters();
                    note("filters " + harness.demand.texts());
                    harness.tell(connection);
                }
                case 7 -> publish();
                case 8 -> {
                    if (random.nextInt(6) == 0) {
                        note("remove");
                        connection.remove();
                        ended = true;
                    }
                }
                case 9 -> {
                    if (random.nextInt(6) == 0) {
                        note("stop");
                        connection.stop();
                        ended = true;
                    }
                }
                case 10, 11, 12 -> {
                    if (link != null && link.phase == ScriptedLink.Phase.ATTEMPTING) {
                        boolean present = random.nextBoolean() && !harness.held.isEmpty();
                        note("opened, session present " + present);
                        link.opened(present, 1 + random.nextInt(4), QoS.EXACTLY_ONCE, true);
                    }
                }
                case 13, 14 -> down(link);
                case 15 -> {
                    if (link != null && link.endSession != null) {
                        note("closed");
                        link.closed();
                    }
                }
                case 16, 17 -> answer(link);
                case 18 -> {
                    if (link != null && !link.publishes.isEmpty()) {
                        note("a publish is answered");
                        ScriptedLink.Publish publish = link.publishes.get(random.nextInt(link.publishes.size()));
                        if (random.nextInt(4) > 0) {
                            publish.answer().complete(0);
                        } else {
                            publish.answer().completeExceptionally(new MqttLink.RefusedPublish(0x97, "refused"));
                        }
                    }
                }
                case 19 -> advance(Duration.ofMillis(random.nextInt(50)));
                case 20 -> advance(Duration.ofSeconds(random.nextInt(20)));
                default -> advance(Duration.ofSeconds(random.nextInt(random.nextInt(5) == 0 ? 2_500 : 200)));
            }
        }

        private void changeFilters() {
            harness.want(
                    Stream.of(FILTERS).filter(filter -> random.nextBoolean()).toArray(String[]::new));
        }

        private void publish() {
            note("publish");
            CompletableFuture<?> outcome = connection.publish(OutboundPublish.builder()
                    .topic(TopicName.of("t"))
                    .qos(QoS.of(random.nextInt(3)))
                    .expiry(random.nextBoolean() ? null : Duration.ofSeconds(30))
                    .whenDisconnected(random.nextBoolean() ? WhenDisconnected.FAIL : WhenDisconnected.QUEUE)
                    .build());
            if (random.nextInt(4) == 0) {
                outcome.cancel(false);
            }
        }

        private void down(@Nullable ScriptedLink link) {
            if (link != null
                    && (link.phase == ScriptedLink.Phase.ATTEMPTING || link.phase == ScriptedLink.Phase.OPEN)) {
                Exception[] causes = {
                    null,
                    new IOException("Connection reset"),
                    new ConnectException("Connection refused"),
                    new IllegalStateException("x"),
                    new IllegalStateException("Server closed connection without DISCONNECT."),
                    taken()
                };
                Exception cause = causes[random.nextInt(causes.length)];
                note("down " + cause);
                link.down(cause);
            }
        }

        /** As the client tells that another one took the session over. */
        private static Exception taken() {
            return new Mqtt5DisconnectException(
                    Mqtt5Disconnect.builder()
                            .reasonCode(Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER)
                            .build(),
                    "Server sent DISCONNECT.");
        }

        private void answer(@Nullable ScriptedLink link) {
            if (link == null) {
                return;
            }
            List<CompletableFuture<?>> open = new ArrayList<>();
            for (ScriptedLink.Subscribe subscribe : List.copyOf(link.subscribes)) {
                if (!subscribe.answer().isDone()) {
                    if (random.nextInt(5) > 0) {
                        note("SUBSCRIBE is answered");
                        link.answer(subscribe);
                    } else {
                        open.add(subscribe.answer());
                    }
                }
            }
            link.unsubscribes.forEach(unsubscribe -> {
                if (random.nextInt(5) > 0) {
                    unsubscribe.answer().complete(null);
                } else {
                    open.add(unsubscribe.answer());
                }
            });
            open.forEach(answer -> {
                if (random.nextInt(3) == 0) {
                    note("an answer fails");
                    answer.completeExceptionally(new ScriptedLink.Gone());
                }
            });
        }

        private void advance(Duration by) {
            note("advance " + by);
            harness.time.advance(by);
            connection.sweep();
        }

        private void check() {
            harness.assertNothingWrong();
            ScriptedLink link = link();
            BrokerStatus status = connection.status();
            ConnectionState state = status.state();
            visited.merge(state, 1, Integer::sum);
            boolean wanted = definition.active() && !ended;
            assertThat(status.wanted()).isEqualTo(wanted);
            if (!wanted) {
                assertThat(state).isIn(ConnectionState.DISCONNECTED, ConnectionState.DISCONNECTING);
            }
            switch (state) {
                case DISCONNECTED -> {
                    assertThat(wanted).as("wanted and nothing happens").isFalse();
                    assertThat(link == null || link.phase == ScriptedLink.Phase.CLOSED)
                            .isTrue();
                }
                case DISCONNECTING -> {
                    assertThat(link).isNotNull();
                    assertThat(link.endSession).isNotNull();
                    assertThat(link.phase).isNotEqualTo(ScriptedLink.Phase.CLOSED);
                }
                case CONNECTED -> {
                    assertThat(link).isNotNull();
                    assertThat(link.phase).isEqualTo(ScriptedLink.Phase.OPEN);
                    assertThat(link.endSession).isNull();
                    assertThat(status.attempt()).isZero();
                    if (link.drops == 0) {
                        Set<String> asked = status.subscriptions().stream()
                                .map(s -> s.filter().value())
                                .collect(Collectors.toSet());
                        assertThat(asked).containsAll(harness.demand.texts());
                        if (status.subscriptionCounts().pending() == 0) {
                            assertThat(asked).isEqualTo(harness.demand.texts());
                        }
                    }
                }
                case CONNECTING -> {
                    boolean awaited = harness.time.scheduled() > 0
                            || (link != null
                                    && EnumSet.of(ScriptedLink.Phase.ATTEMPTING, ScriptedLink.Phase.OPEN)
                                            .contains(link.phase));
                    assertThat(awaited).as("an attempt that nothing can end").isTrue();
                }
                case RECONNECTING, FAILED -> {
                    assertThat(status.failure()).isNotNull();
                    assertThat(status.nextAttemptAt()).isAfterOrEqualTo(harness.time.instant());
                    assertThat(harness.time.scheduled()).isPositive();
                }
            }
            assertThat(connection.history().size()).isLessThanOrEqualTo(100);
            TrafficCounters c = status.counters();
            assertThat(c.published() + c.failed() + c.expired() + c.rejected() + c.queued() + c.inFlight())
                    .isEqualTo(c.accepted());
            assertThat(c.queued()).isLessThanOrEqualTo(5 + 3);
            assertThat(c.inFlight()).isLessThanOrEqualTo(3);
        }

        /** From here on everything works: the connection has to come back, with the wanted filters and no others. */
        private void makeTheWorldGood() {
            note("the world is good");
            harness.answering = true;
            harness.links.forEach(link -> link.answering = true);
            apply(definition.toBuilder().active(true).endpoints(List.of(Endpoint.of("good.example", 1883))));
            for (int n = 0; n < 20; n++) {
                ScriptedLink link = link();
                if (link != null && link.endSession != null && link.phase != ScriptedLink.Phase.CLOSED) {
                    link.closed();
                } else if (link != null && link.phase == ScriptedLink.Phase.ATTEMPTING) {
                    link.opened(!harness.held.isEmpty());
                } else if (link != null && link.drops > 0 && link.phase == ScriptedLink.Phase.OPEN) {
                    link.drops = 0;
                    link.down(null);
                } else if (connection.status().state() == ConnectionState.CONNECTED) {
                    break;
                } else {
                    harness.time.advance(Duration.ofSeconds(20));
                }
                check();
            }
            ScriptedLink last = link();
            if (last != null) {
                last.subscribes.stream()
                        .filter(subscribe -> !subscribe.answer().isDone())
                        .toList()
                        .forEach(last::answer);
            }
            check();
            assertThat(connection.status().state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(harness.held).as("what the broker holds for the session").isEqualTo(harness.demand.texts());
            advance(Duration.ofHours(1));
            assertThat(connection.status().state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(harness.time.scheduled()).isZero();
        }

        private void finish() {
            CompletableFuture<Void> end = connection.stop();
            ended = true;
            check();
            ScriptedLink link = link();
            if (link != null) {
                link.closed();
            }
            harness.time.advance(Duration.ofMinutes(1));
            check();
            assertThat(end).isCompleted();
            harness.assertNothingLeft();
            assertThat(harness.links).allMatch(each -> each.closedTold == 1);
            TrafficCounters c = connection.status().counters();
            assertThat(c.queued() + c.inFlight()).isZero();
        }
    }
}
