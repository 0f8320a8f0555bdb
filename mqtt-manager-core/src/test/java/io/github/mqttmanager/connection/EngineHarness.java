package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.TopicName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An engine of which everything is in the test's hands: time, names, addresses, links, filters. All on the test's thread. */
final class EngineHarness {
    static final Duration SUBACK = LinkTimeouts.DEFAULT.suback();

    final ManualTime time = new ManualTime();
    final List<ScriptedLink> links = new ArrayList<>();
    final List<BrokerStatus> told = new ArrayList<>();
    final List<BrokerId> removed = new ArrayList<>();
    final List<String> violations = new ArrayList<>();
    final Map<String, String> unknownHosts = new HashMap<>();
    final ScriptedDemand demand = new ScriptedDemand();
    int coalesceFrom = 50;
    NetworkPolicy policy = NetworkPolicy.everything();
    ReconnectPolicy reconnectPolicy = ReconnectPolicy.exponential();
    InboundRouter router = (publish, acknowledgement) -> {};
    final Set<String> held = new HashSet<>();
    boolean answering = true;
    Set<String> refusing = Set.of();

    @Nullable
    RuntimeException createFailure;

    @Nullable
    RuntimeException openFailure;

    /** How long the name server takes. */
    Duration lookUp = Duration.ZERO;

    SlowSet slow = new SlowSet(200);
    OutboundLimits limits = OutboundLimits.DEFAULT;
    InboundLimits inboundLimits = InboundLimits.DEFAULT;
    private final Map<BrokerId, ConnectionState> states = new HashMap<>();

    Engine engine() {
        StatusFeed feed = new StatusFeed(Runnable::run);
        feed.add(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                told.add(current);
                ConnectionState before = states.put(current.broker(), current.state());
                if (before == null) {
                    before = ConnectionState.DISCONNECTED;
                }
                if (before != current.state() && !before.mayBecome(current.state())) {
                    violations.add("from " + before + " to " + current.state());
                }
                if ((current.nextAttemptAt() != null)
                        != (current.state() == ConnectionState.RECONNECTING
                                || current.state() == ConnectionState.FAILED)) {
                    violations.add("next attempt " + current.nextAttemptAt() + " while " + current.state());
                }
            }

            @Override
            public void brokerRemoved(BrokerId broker) {
                removed.add(broker);
                states.remove(broker);
            }
        });
        ScheduledExecutorService timer = time;
        return new Engine(
                Runnable::run,
                timer,
                time,
                time,
                new Random(1),
                new AddressResolver(
                        this::look,
                        task -> time.schedule(task, lookUp.toNanos(), TimeUnit.NANOSECONDS),
                        time,
                        time,
                        LinkTimeouts.DEFAULT.dns(),
                        AddressResolver.Bounds.DEFAULT),
                new StartLimiter(500, timer, time),
                new StartLimiter(500, timer, time),
                slow,
                new TriedPorts(time),
                this::factory,
                LinkTimeouts.DEFAULT,
                Liveness.DEFAULT,
                limits,
                new OutboundBudget(limits.overallBytes()),
                new InboundBudget(inboundLimits),
                TopicName.of("answers"),
                (outage, settings, random) -> reconnectPolicy.delay(outage, settings, random),
                (definition, address, port) -> policy.permits(definition, address, port),
                (publish, acknowledgement) -> router.route(publish, acknowledgement),
                broker -> demand,
                coalesceFrom,
                feed);
    }

    private LinkFactory factory(Executor lane) {
        return (definition, observer) -> {
            if (createFailure != null) {
                throw createFailure;
            }
            if (links.stream()
                    .anyMatch(link -> link.phase != ScriptedLink.Phase.CLOSED
                            && link.definition.id().equals(definition.id()))) {
                violations.add("a second link while one is not closed");
            }
            ScriptedLink link = new ScriptedLink(definition, observer);
            link.answering = answering;
            link.refusing = refusing;
            link.held = held;
            link.openFailure = openFailure;
            links.add(link);
            return link;
        };
    }

    private List<InetAddress> look(String host) throws UnknownHostException {
        if (unknownHosts.containsKey(host)) {
            throw new UnknownHostException(host);
        }
        // Every name has two addresses.
        int n = Math.abs(host.hashCode() % 200);
        return List.of(
                InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) n}),
                InetAddress.getByAddress(new byte[] {10, 0, 1, (byte) n}));
    }

    static BrokerDefinition.Builder definition() {
        return BrokerDefinition.builder("b", "broker.example", 1883).clientIdentifier("client");
    }

    /** One device wants these filters and no others; the connection is not told. */
    void want(String... filters) {
        demand.want(filters);
    }

    /** Tells of all that is wanted now or was before. */
    void tell(BrokerConnection connection) {
        demand.told((template, name) -> connection.demandChanged(template, name));
    }

    ScriptedLink link() {
        return links.get(links.size() - 1);
    }

    /** Lets a link be attempted: the turn, the name, and what else is due now. */
    void settle() {
        time.advance(Duration.ofMillis(20));
    }

    List<ConnectionState> states() {
        List<ConnectionState> all = new ArrayList<>();
        told.forEach(status -> {
            if (all.isEmpty() || all.get(all.size() - 1) != status.state()) {
                all.add(status.state());
            }
        });
        return all;
    }

    void assertNothingWrong() {
        List<String> all = new ArrayList<>(violations);
        links.forEach(link -> all.addAll(link.violations));
        assertThat(all).as("violations").isEmpty();
    }

    /** All links closed, and nothing that time could bring. */
    void assertNothingLeft() {
        assertNothingWrong();
        assertThat(links).allSatisfy(link -> {
            assertThat(link.phase).isEqualTo(ScriptedLink.Phase.CLOSED);
            assertThat(link.closedTold).isLessThanOrEqualTo(1);
        });
        assertThat(time.scheduled()).as("tasks left").isZero();
    }
}
