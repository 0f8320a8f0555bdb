package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all brokers: the door of the engine, owned by the manager. No method blocks. This class is thread-safe.
 */
public final class Connections {
    private static final int SLOW_PLACES = 200;
    private static final int TEST_PLACES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Engine engine;

    /** Ends what the links ran on. */
    private final Supplier<CompletableFuture<Void>> end;

    private final ConcurrentMap<BrokerId, BrokerConnection> connections = new ConcurrentHashMap<>();
    /** Removed ones that are not closed yet. */
    private final ConcurrentMap<BrokerId, BrokerConnection> ending = new ConcurrentHashMap<>();

    /** Of brokers without a connection, whose definitions cannot be read. */
    private final ConcurrentMap<BrokerId, Unread> unreadable = new ConcurrentHashMap<>();

    /** Ended ones of which something is open yet: handlers that run. Guarded by this, as is {@link #over}. */
    private final Set<BrokerConnection> settling = new HashSet<>();

    /** What went through connections of which nothing is open. */
    private TrafficCounters over = TrafficCounters.ZERO;

    /** Tests that are not over. */
    private final Set<TestRun> testing = ConcurrentHashMap.newKeySet();

    private final SlowSet tests = new SlowSet(TEST_PLACES);

    /** Writes guarded by this, so that nothing begins beside the end. */
    private volatile boolean closed;

    private record Unread(UnreadableDefinition definition, BrokerStatus status) {}

    /**
     * What the engine runs on and whom it asks. The threads belong to the caller, who ends them after {@link #close}.
     *
     * @param control runs the connections' own work; never blocked
     * @param network runs event loops: each task stays until the engine is closed
     * @param networkThreads how many event loops
     * @param dns may be blocked by name servers; begins each task at once, for the engine bounds them itself
     * @param events runs the listeners, one task after the other
     * @param timer of one thread; never blocked
     * @param clock for what people read
     * @param startsPerSecond how many attempts may begin in a second
     * @param inboundLimits how much of what comes in is kept
     * @param coalesceFrom how many devices with one template are worth one filter with a wildcard
     */
    public record Environment(
            Executor control,
            Executor network,
            int networkThreads,
            Executor dns,
            Executor events,
            ScheduledExecutorService timer,
            InstantSource clock,
            int startsPerSecond,
            InboundLimits inboundLimits,
            int coalesceFrom,
            ReconnectPolicy reconnectPolicy,
            HostResolver hostResolver,
            NetworkPolicy networkPolicy,
            TlsBundles tlsBundles,
            OutboundLimits outboundLimits,
            TopicName responsePrefix) {}

    /**
     * @param router takes what comes in
     * @param demand tells what is to be subscribed at a broker; called often, on the control threads
     */
    public Connections(Environment environment, InboundRouter router, Function<BrokerId, TopicDemand> demand) {
        this(environment, router, demand, new EventLoops(environment.network(), environment.networkThreads()));
    }

    private Connections(
            Environment environment, InboundRouter router, Function<BrokerId, TopicDemand> demand, EventLoops loops) {
        this(engine(environment, router, demand, loops), loops::close);
    }

    Connections(Engine engine, Supplier<CompletableFuture<Void>> end) {
        this.engine = engine;
        this.end = end;
        engine.timer().scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
    }

    private static Engine engine(
            Environment environment, InboundRouter router, Function<BrokerId, TopicDemand> demand, EventLoops loops) {
        LinkTimeouts timeouts = LinkTimeouts.DEFAULT;
        return new Engine(
                environment.control(),
                environment.timer(),
                environment.clock(),
                System::nanoTime,
                new SecureRandom(),
                new AddressResolver(
                        environment.hostResolver(),
                        environment.dns(),
                        environment.timer(),
                        System::nanoTime,
                        timeouts.dns(),
                        AddressResolver.Bounds.DEFAULT),
                new StartLimiter(environment.startsPerSecond(), environment.timer(), System::nanoTime),
                new StartLimiter(environment.startsPerSecond(), environment.timer(), System::nanoTime),
                new SlowSet(SLOW_PLACES),
                new TriedPorts(System::nanoTime),
                new HiveMqLinks(
                        loops,
                        environment.tlsBundles(),
                        timeouts,
                        environment.clock(),
                        environment.outboundLimits().window(),
                        router::wantsRetained),
                timeouts,
                Liveness.DEFAULT,
                environment.outboundLimits(),
                new OutboundBudget(environment.outboundLimits().overallBytes()),
                new InboundBudget(environment.inboundLimits()),
                environment.responsePrefix(),
                environment.reconnectPolicy(),
                environment.networkPolicy(),
                router,
                demand,
                environment.coalesceFrom(),
                new StatusFeed(environment.events()));
    }

    private void sweep() {
        connections.values().forEach(BrokerConnection::sweep);
        synchronized (this) {
            for (Iterator<BrokerConnection> all = settling.iterator(); all.hasNext(); ) {
                BrokerConnection connection = all.next();
                if (connection.isSettled()) {
                    over = over.plus(connection.counters());
                    all.remove();
                }
            }
        }
    }

    /** What went through all brokers, also those that were removed. */
    public synchronized TrafficCounters traffic() {
        return Stream.of(connections.values(), settling)
                .flatMap(Collection::stream)
                .map(BrokerConnection::counters)
                .reduce(over, TrafficCounters::plus);
    }

    /** Makes the broker's connection be as the definition says; begins one where none was. */
    public synchronized void apply(BrokerDefinition definition) {
        if (closed) {
            return;
        }
        BrokerConnection made = made(definition);
        BrokerConnection known = connections.putIfAbsent(definition.id(), made);
        unreadable.remove(definition.id());
        (known == null ? made : known).apply(definition);
    }

    private BrokerConnection made(BrokerDefinition definition) {
        return new BrokerConnection(definition, engine, ending.get(definition.id()));
    }

    /** Begins the broker's connection unless there is one already. */
    public synchronized void begin(BrokerDefinition definition) {
        if (!closed && !connections.containsKey(definition.id())) {
            BrokerConnection made = made(definition);
            if (connections.putIfAbsent(definition.id(), made) == null) {
                unreadable.remove(definition.id());
                made.apply(definition);
            }
        }
    }

    /** Shows why the broker has no connection; one that it has goes on as it is. */
    public synchronized void unreadable(UnreadableDefinition definition) {
        if (closed || connections.containsKey(definition.broker())) {
            return;
        }
        Unread before = unreadable.get(definition.broker());
        if (before == null || !before.definition.equals(definition)) {
            BrokerStatus status =
                    BrokerStatus.unreadable(definition, engine.clock().instant());
            unreadable.put(definition.broker(), new Unread(definition, status));
            engine.feed().changed(status);
        }
    }

    /** Whether the broker has a connection, whatever its state. */
    public boolean has(BrokerId broker) {
        return connections.containsKey(broker);
    }

    /** Ends the broker's connection and session; what waits to be sent fails. */
    public void remove(BrokerId broker) {
        BrokerConnection connection;
        synchronized (this) {
            connection = connections.get(broker);
            if (connection != null) {
                ending.put(broker, connection);
                connections.remove(broker, connection);
                settling.add(connection);
            } else if (unreadable.remove(broker) != null) {
                engine.feed().removed(broker);
            }
        }
        if (connection != null) {
            connection.remove().whenComplete((ended, failure) -> ending.remove(broker, connection));
        }
    }

    /** Tries at once what would be tried later; does nothing in any other state. */
    public void connectNow(BrokerId broker) {
        BrokerConnection connection = connections.get(broker);
        if (connection != null) {
            connection.connectNow();
        }
    }

    /**
     * Notes for the broker's history that somebody asked for a connection or for its end.
     *
     * @param by the name of a person or program, or null
     */
    public void requested(BrokerId broker, boolean active, @Nullable String by) {
        BrokerConnection connection = connections.get(broker);
        if (connection != null) {
            connection.requested(active, by == null ? null : Failures.clean(by));
        }
    }

    /** What happened to the broker's connection, the latest first, at most 100; empty if it does not exist. */
    public List<BrokerEvent> history(BrokerId broker) {
        BrokerConnection connection = connections.get(broker);
        return connection == null ? List.of() : connection.history();
    }

    /** What the broker is to be asked for may have changed: a device has the template now, or no longer. */
    public void demandChanged(BrokerId broker, TopicTemplate template, String deviceName) {
        BrokerConnection connection = connections.get(broker);
        if (connection != null) {
            connection.demandChanged(template, deviceName);
        }
    }

    /** The subscriptions that would bring a message to the topic, with the broker's answers. */
    public List<SubscriptionStatus> subscriptions(BrokerId broker, TopicName topic) {
        BrokerConnection connection = connections.get(broker);
        return connection == null ? List.of() : connection.subscriptions(topic);
    }

    /** What is known of the broker now. */
    public Optional<BrokerStatus> status(BrokerId broker) {
        Unread unread = unreadable.get(broker); // before the connection that takes its place
        BrokerConnection connection = connections.get(broker);
        return connection == null ? Optional.ofNullable(unread).map(Unread::status) : Optional.of(connection.status());
    }

    /** What is known of all brokers now, by id. */
    public List<BrokerStatus> statuses() {
        Map<BrokerId, BrokerStatus> all = new TreeMap<>();
        unreadable.forEach((id, unread) -> all.put(id, unread.status)); // before the connections that take their place
        connections.forEach((id, connection) -> all.put(id, connection.status()));
        return List.copyOf(all.values());
    }

    /** The ids of all brokers that have a connection, whatever its state. */
    public Set<BrokerId> brokers() {
        return Set.copyOf(connections.keySet());
    }

    /**
     * Tests a definition by a connection of its own, beside the one that may exist; at most {@value #TEST_PLACES} at once, the others wait.
     *
     * @return completes within about half a minute after its turn has come, whatever the outcome is; cancelling it ends the test
     * @throws IllegalStateException if the manager is closed
     */
    public CompletableFuture<ConnectionTest> test(BrokerDefinition definition) {
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        TestRun run = new TestRun(
                definition,
                "mm-test-" + HexFormat.of().formatHex(random),
                engine.demand().apply(definition.id()),
                engine);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the manager is closed");
            }
            testing.add(run);
        }
        run.ended().whenComplete((ended, failure) -> testing.remove(run));
        return run.start(tests);
    }

    /**
     * Sends a publish that has a topic.
     *
     * @return completes with the broker's receipt, or exceptionally with a {@link PublishException}; cancelling it takes the message
     *     back unless it was handed over
     */
    public CompletableFuture<PublishReceipt> publish(BrokerId broker, OutboundPublish publish) {
        BrokerConnection connection = connections.get(broker);
        return connection == null ? CompletableFuture.failedFuture(noConnection(broker)) : connection.publish(publish);
    }

    /**
     * Sends a publish that has a topic, and waits for the response.
     *
     * @return completes with the response, or exceptionally with a {@link PublishException}; cancelling it ends the wait
     */
    public CompletableFuture<InboundPublish> request(BrokerId broker, OutboundPublish publish, Duration timeout) {
        BrokerConnection connection = connections.get(broker);
        return connection == null
                ? CompletableFuture.failedFuture(noConnection(broker))
                : connection.request(publish, timeout);
    }

    private PublishException noConnection(BrokerId broker) {
        if (closed) {
            return new PublishException(PublishFailure.CLOSED, "the manager is closed");
        }
        return unreadable.containsKey(broker)
                ? new PublishException(
                        PublishFailure.NOT_CONNECTED, "the definition of broker " + broker + " cannot be read")
                : new PublishException(PublishFailure.UNKNOWN_BROKER, "there is no broker " + broker);
    }

    /** Whether a publish that has a topic is small enough to wait for a broker at all. */
    public boolean canWait(OutboundPublish publish) {
        OutboundLimits limits = engine.outboundLimits();
        return Outbound.bytes(publish) <= Math.min(limits.bytes(), limits.overallBytes() - Outbound.OVERHEAD);
    }

    /** Tells of what listeners are told of, at the moment of the change, on the control threads. Neither blocks nor throws. */
    public void watch(Consumer<? super BrokerStatus> watcher) {
        engine.feed().watch(watcher);
    }

    public void addListener(ConnectionListener listener) {
        engine.feed().add(listener);
    }

    public void removeListener(ConnectionListener listener) {
        engine.feed().remove(listener);
    }

    /** Gives nothing more to the router; what comes in meanwhile is left to the brokers. */
    public void stopIntake() {
        connections.values().forEach(BrokerConnection::stopIntake);
    }

    /**
     * Ends all connections and leaves the sessions to the brokers.
     *
     * @return completes when nothing is left, or after the time-out
     */
    public CompletableFuture<Void> close(Duration timeout) {
        CompletableFuture<?>[] all;
        synchronized (this) {
            closed = true;
            all = Stream.concat(
                            ending.values().stream().map(BrokerConnection::remove),
                            Stream.concat(
                                    connections.values().stream().map(BrokerConnection::stop),
                                    testing.stream().map(TestRun::stop)))
                    .toArray(CompletableFuture[]::new);
            settling.addAll(connections.values());
            connections.clear();
            unreadable.clear();
        }
        return CompletableFuture.allOf(all)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> null)
                .thenCompose(ended -> end.get());
    }
}
