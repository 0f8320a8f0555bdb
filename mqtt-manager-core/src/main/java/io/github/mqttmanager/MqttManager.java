package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.connection.BrokerEvent;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.ConnectionTest;
import io.github.mqttmanager.connection.Connections;
import io.github.mqttmanager.connection.HostResolver;
import io.github.mqttmanager.connection.InboundLimits;
import io.github.mqttmanager.connection.NetworkPolicy;
import io.github.mqttmanager.connection.OutboundLimits;
import io.github.mqttmanager.connection.ReconnectPolicy;
import io.github.mqttmanager.connection.SubscriptionStatus;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.device.AsyncDeviceMessageHandler;
import io.github.mqttmanager.device.DeadLetterHandler;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.DeviceRouter;
import io.github.mqttmanager.device.DuplicateDeviceException;
import io.github.mqttmanager.device.HandlerSettings;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.device.PresenceListener;
import io.github.mqttmanager.device.RouteExplanation;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxCounters;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the connections to all brokers of a host application: what its repositories hold is made real in the background.
 *
 * <pre>{@code
 * MqttManager manager = MqttManager.builder()
 *         .handler((device, publish) -> System.out.println(device.name() + ": " + publish.payloadText()))
 *         .build();
 * manager.start();
 * manager.save(BrokerDefinition.builder("plant-7", "localhost", 1883).build());
 * manager.save(Device.builder("boiler", "plant-7").build());
 * manager.publish(DeviceId.of("boiler"), OutboundPublish.of("on"));
 * }</pre>
 *
 * <p>No method waits for a broker. Those that read or change what is stored call the repository on the caller's thread, and take as
 * long as it does. This class is thread-safe.
 */
public final class MqttManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MqttManager.class);
    private static final Duration CONNECTIONS_DEADLINE = Duration.ofSeconds(10);

    private enum Life {
        NEW,
        STARTED,
        CLOSED
    }

    private final BrokerRepository brokers;
    private final DeviceRepository devices;
    private final Transactions transactions;
    private final ManagerThreads threads;
    private final DeviceRouter router;
    private final Connections connections;
    private final InstantSource clock;
    private final @Nullable Outbox outbox;
    private final @Nullable OutboxDrain drain;
    private final Duration closeDeadline;
    private final StoreSync sync;
    private Life life = Life.NEW; // guarded by this

    private MqttManager(Builder builder, HandlerSettings handler) {
        this.brokers = builder.brokers;
        this.devices = builder.devices;
        this.transactions = builder.transactions;
        this.closeDeadline = builder.closeDeadline;
        this.threads = new ManagerThreads(builder.handlerThreads, builder.handlerExecutor);
        this.router = new DeviceRouter(
                devices, handler, threads.handlers, threads.events, threads.timer, builder.clock, System::nanoTime);
        builder.presenceListeners.forEach(router::addListener);
        NetworkPolicy policy = builder.networkPolicy;
        this.connections = new Connections(
                new Connections.Environment(
                        threads.control,
                        threads.network,
                        threads.networkThreads,
                        threads.dns,
                        threads.events,
                        threads.timer,
                        builder.clock,
                        builder.startsPerSecond,
                        builder.inboundLimits,
                        builder.coalesceFrom,
                        builder.reconnectPolicy,
                        builder.hostResolver,
                        policy == null ? NetworkPolicy.everything() : policy,
                        builder.tlsBundles,
                        builder.outboundLimits,
                        builder.responsePrefix),
                router,
                router::demand);
        if (policy == null) {
            LOG.warn("Every network address may be connected to; set a NetworkPolicy if definitions come from users");
        }
        connections.watch(status -> router.reached(status.broker(), status.isConnected() && status.responsive()));
        builder.listeners.forEach(connections::addListener);
        this.sync = new StoreSync(brokers, devices, router, connections, threads, builder.lastSeenInterval);
        this.clock = builder.clock;
        this.outbox = builder.outbox;
        this.drain = outbox == null ? null : drain(outbox, builder.outboxListeners);
    }

    private OutboxDrain drain(Outbox from, List<OutboxListener> listeners) {
        OutboxDrain made = new OutboxDrain(
                from, new DrainedBrokers(), listeners, threads.outbox, threads.timer, clock, System::nanoTime);
        connections.addListener(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                if (current.isConnected()) {
                    made.wake(current.broker());
                }
            }
        });
        return made;
    }

    private final class DrainedBrokers implements OutboxDrain.Brokers {
        @Override
        public boolean isConnected(BrokerId broker) {
            return status(broker).map(BrokerStatus::isConnected).orElse(false);
        }

        @Override
        public boolean exists(BrokerId broker) {
            return status(broker).isPresent() || wanted(broker).isPresent();
        }

        @Override
        public CompletableFuture<PublishReceipt> publish(BrokerId broker, OutboundPublish publish) {
            if (!connections.canWait(publish)) {
                // It was added when more could wait: it would be refused for ever.
                return CompletableFuture.failedFuture(tooLarge());
            }
            return connections.publish(broker, publish);
        }
    }

    /** Begins a manager. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- life
    // ----------------------------------------------------------------------------------------------------------------

    /**
     * Begins to load definitions and to connect, in the background; returns at once, whatever the state of the brokers and of the
     * repositories. A second time it does nothing.
     *
     * @throws IllegalStateException if the manager was closed
     */
    public void start() {
        synchronized (this) {
            if (life == Life.CLOSED) {
                throw new IllegalStateException("the manager was closed");
            }
            if (life == Life.STARTED) {
                return;
            }
            life = Life.STARTED;
            sync.start();
        }
        if (drain != null) {
            drain.start();
        }
    }

    /**
     * Whether all that was stored when the manager started is loaded, brokers and devices. Each broker connects as soon as its own
     * devices are known, whatever is still to come.
     */
    public boolean isLoaded() {
        return sync.isLoaded();
    }

    /**
     * Ends all connections and leaves the sessions to the brokers, which keep what comes meanwhile. No handler begins any more; those that
     * run get 5 s to return, or what {@link Builder#closeDeadline} says, and are then interrupted if they run on the manager's own
     * threads. What is not finished by then is not acknowledged, and comes again. What waits to be sent fails.
     *
     * <p>Blocks for at most 15 s beyond that deadline; a second time it does nothing.
     */
    @Override
    public void close() {
        Life before;
        synchronized (this) {
            before = life;
            life = Life.CLOSED;
            sync.stop();
        }
        if (before == Life.CLOSED) {
            return;
        }
        if (drain != null) {
            drain.stop();
        }
        connections.stopIntake();
        boolean interrupted = awaitHandlers(router.close());
        router.abandon();
        threads.interruptHandlers();
        connections.close(CONNECTIONS_DEADLINE).join();
        Future<?> sent = drain == null ? CompletableFuture.completedFuture(null) : threads.outbox.submit(drain::finish);
        try {
            sync.writeAllLastSeen().get(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (Exception e) {
            LOG.warn("The latest last-seen times could not be written", e);
        }
        try {
            sent.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (Exception e) {
            LOG.warn("What was sent from the outbox could not be removed in time; it may be sent again", e);
        }
        threads.shutdown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether the wait was interrupted */
    private boolean awaitHandlers(CompletableFuture<Void> idle) {
        try {
            idle.get(closeDeadline.toMillis(), TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            LOG.warn("Handlers still run after {}; their messages will come again", closeDeadline);
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it never fails
        } catch (InterruptedException e) {
            return true;
        }
    }

    // ---- definitions
    // ---------------------------------------------------------------------------------------------------------

    /** Where broker definitions are kept; to be read by anybody, changed through the manager or told by {@link #refresh(BrokerId)}. */
    public BrokerRepository brokers() {
        return brokers;
    }

    /** Where devices are kept; to be read by anybody, changed through the manager or told by {@link #refresh(DeviceId)}. */
    public DeviceRepository devices() {
        return devices;
    }

    /**
     * Stores a definition, and makes it real as soon as the change is committed.
     *
     * @return what was stored
     * @throws VersionConflictException if somebody else changed it meanwhile
     */
    public BrokerDefinition save(BrokerDefinition definition) {
        return transactions.run(() -> {
            BrokerDefinition saved = brokers.save(definition);
            transactions.afterCommit(() -> {
                if (saved.version() == 1 && sync.isRunning()) {
                    // New, so it has no devices yet: its status can be asked for at once.
                    connections.begin(saved);
                }
                refresh(saved.id());
            });
            return saved;
        });
    }

    /**
     * Deletes a broker, and ends its connection and session as soon as the change is committed. What waits for it in the outbox is deleted
     * with it.
     *
     * @return whether there was one
     * @throws BrokerInUseException if it has devices, and they are not to be deleted with it
     */
    public boolean delete(BrokerId id, WhenDevicesExist whenDevicesExist) {
        return transactions.run(() -> {
            long linked = devices.countOfBroker(id);
            if (linked > 0
                    && whenDevicesExist == WhenDevicesExist.REFUSE
                    && wanted(id).isPresent()) {
                throw new BrokerInUseException(id, linked);
            }
            devices.deleteOfBroker(id);
            long unsent = outbox == null ? 0 : outbox.deleteOfBroker(id);
            if (unsent > 0) {
                transactions.afterCommit(() -> LOG.info("[{}] was deleted with {} entries of the outbox", id, unsent));
            }
            boolean deleted = brokers.delete(id);
            transactions.afterCommit(() -> refresh(id));
            return deleted;
        });
    }

    /**
     * Deletes a broker as {@link #delete(BrokerId, WhenDevicesExist)} does, after all its devices were linked to another: both, or nothing.
     * They take along when they were last seen and what waits for them in the outbox, and are subscribed at the other broker before the
     * first one's connection ends. What waits for the broker itself is deleted with it.
     *
     * @param devicesTo the broker that gets the devices
     * @return whether there was one to delete
     * @throws UnknownBrokerException if there is no broker for the devices
     * @throws DuplicateDeviceException if the other broker has a device with the same name in topics as one of them
     * @throws IllegalArgumentException if both are the same
     */
    public boolean delete(BrokerId id, BrokerId devicesTo) {
        if (id.equals(devicesTo)) {
            throw new IllegalArgumentException("the devices of broker " + id + " cannot stay with it");
        }
        return transactions.run(() -> {
            if (wanted(devicesTo).isEmpty()) {
                throw new UnknownBrokerException(devicesTo);
            }
            if (devices.moveToBroker(id, devicesTo) > 0) {
                transactions.afterCommit(() -> sync.refreshDevicesOf(devicesTo));
            }
            if (outbox != null && outbox.moveToBroker(id, devicesTo) > 0) {
                wakeDrain(devicesTo);
            }
            return delete(id, WhenDevicesExist.REFUSE);
        });
    }

    /**
     * Stores a device, and routes by it as soon as the change is committed.
     *
     * @return what was stored
     * @throws UnknownBrokerException if the device's broker does not exist
     * @throws VersionConflictException if somebody else changed it meanwhile
     * @throws DuplicateDeviceException if another device of the broker has the same name in topics
     */
    public Device save(Device device) {
        return transactions.run(() -> {
            if (wanted(device.broker()).isEmpty()) {
                throw new UnknownBrokerException(device.broker());
            }
            Device saved = devices.save(device);
            transactions.afterCommit(() -> {
                // At once, so that the caller can publish to it; the refresh finds out if it is gone again.
                sync.put(saved);
                refresh(saved.id());
            });
            return saved;
        });
    }

    /** Deletes a device; nothing is routed to it as soon as the change is committed. @return whether there was one */
    public boolean delete(DeviceId id) {
        return transactions.run(() -> {
            boolean deleted = devices.delete(id);
            transactions.afterCommit(() -> refresh(id));
            return deleted;
        });
    }

    /** Looks at a broker's definition again, for it was changed or deleted in the store by somebody else. Returns at once. */
    public void refresh(BrokerId id) {
        sync.refresh(id);
    }

    /** Looks at a device again, for it was changed or deleted in the store by somebody else. Returns at once. */
    public void refresh(DeviceId id) {
        sync.refresh(id);
    }

    /**
     * Compares all that is stored with what runs, in the background, for the store may have been changed in ways that nobody told of. What
     * is the same stays untouched. Returns at once.
     */
    public void refresh() {
        sync.refresh();
    }

    // ---- control
    // -------------------------------------------------------------------------------------------------------------

    /**
     * Wants the broker connected, from now on and after a restart. If an attempt is waited for, it is made at once.
     *
     * @return whether that starts a change; false if it is connected or an attempt is under way
     * @throws UnknownBrokerException if it does not exist
     */
    public boolean connect(BrokerId id) {
        return control(id, true, null);
    }

    /** As {@link #connect(BrokerId)}. @param by the person or program that wants it, for the broker's history */
    public boolean connect(BrokerId id, @Nullable String by) {
        return control(id, true, by);
    }

    /**
     * Wants the broker disconnected, from now on and after a restart. Its session stays with the broker.
     *
     * @return whether that starts a change; false if it is disconnected or about to be
     * @throws UnknownBrokerException if it does not exist
     */
    public boolean disconnect(BrokerId id) {
        return control(id, false, null);
    }

    /** As {@link #disconnect(BrokerId)}. @param by the person or program that wants it, for the broker's history */
    public boolean disconnect(BrokerId id, @Nullable String by) {
        return control(id, false, by);
    }

    private boolean control(BrokerId id, boolean active, @Nullable String by) {
        return transactions.run(() -> {
            boolean stored = wanted(id).orElseThrow(() -> new UnknownBrokerException(id));
            // Before the repository tells of its change, or the change would seem to be nobody's.
            transactions.afterCommit(() -> connections.requested(id, active, by));
            if (!brokers.setActive(id, active)) {
                throw new UnknownBrokerException(id);
            }
            boolean changes = stored != active
                    || (active && status(id).map(MqttManager::isWaiting).orElse(true));
            transactions.afterCommit(() -> sync.refresh(id, () -> {
                // What was not wanted before begins by that.
                if (active && stored) {
                    connections.connectNow(id);
                }
            }));
            return changes;
        });
    }

    /** Whether a connection is wanted, also if the definition cannot be read; empty if there is none. */
    private Optional<Boolean> wanted(BrokerId id) {
        try {
            return brokers.find(id).map(BrokerDefinition::active);
        } catch (UnreadableDefinitionException e) {
            return Optional.of(e.definition().active());
        }
    }

    private static boolean isWaiting(BrokerStatus status) {
        return status.state() == ConnectionState.RECONNECTING || status.state() == ConnectionState.FAILED;
    }

    // ---- status
    // --------------------------------------------------------------------------------------------------------------

    /** What is known of the broker now; empty if it does not exist or is not loaded yet. */
    public Optional<BrokerStatus> status(BrokerId id) {
        return connections.status(id);
    }

    /**
     * What happened to the broker's connection since the manager has it: the latest first, at most 100 events; empty if it does not
     * exist or is not loaded yet.
     */
    public List<BrokerEvent> history(BrokerId id) {
        return connections.history(id);
    }

    /** What is known of all brokers now, by id. */
    public List<BrokerStatus> statuses() {
        return connections.statuses();
    }

    /**
     * What went through all brokers since the manager was built, those that were deleted included. Each sum holds at any moment; the counts of
     * what has ended never fall.
     */
    public TrafficCounters traffic() {
        return connections.traffic();
    }

    /**
     * What would become of a message that the broker has on the topic: whom it would reach by which template, which subscription would
     * bring it, and if it reaches nobody, why not. This is for the host itself: any device may be named, whoever its owner is.
     */
    public TopicExplanation explain(BrokerId id, TopicName topic) {
        return explanation(id, topic, connections.subscriptions(id, topic), router.explain(id, topic, device -> true));
    }

    /**
     * The same as one owner may see it: as if there were no devices of others. Subscriptions are told only if the message reaches a device
     * of the owner. Whether the owner may ask about the broker is for the host to check.
     */
    public TopicExplanation explain(BrokerId id, TopicName topic, String owner) {
        RouteExplanation routes = router.explain(id, topic, device -> owner.equals(device.owner()));
        return explanation(
                id, topic, routes.routes().isEmpty() ? List.of() : connections.subscriptions(id, topic), routes);
    }

    private TopicExplanation explanation(
            BrokerId id, TopicName topic, List<SubscriptionStatus> subscriptions, RouteExplanation routes) {
        boolean connected = status(id).map(BrokerStatus::isConnected).orElse(false);
        return TopicExplanation.of(id, topic, connected, subscriptions, routes);
    }

    /** When the device last published, if ever. */
    public Optional<Instant> lastSeen(DeviceId id) {
        return router.lastSeen(id);
    }

    /** Whether the device is there; unknown if it does not exist. Seldom asks the repository, and never twice for a device. */
    public Presence presence(DeviceId id) {
        return router.presence(id);
    }

    /** Tells the listener of changes of devices' presence from now on. */
    public RepositoryChanges.Registration addPresenceListener(PresenceListener listener) {
        router.addListener(listener);
        return () -> router.removeListener(listener);
    }

    /** Tells the listener of changes from now on. */
    public RepositoryChanges.Registration addListener(ConnectionListener listener) {
        connections.addListener(listener);
        return () -> connections.removeListener(listener);
    }

    /**
     * Tests a definition, stored or not, without touching the broker's connection: a connection of its own goes through the steps, with a
     * client identifier that is thrown away and without the will, asks for the filters of the broker's devices (those that are shared are
     * left out), and is closed. It is limited in number and speed like all attempts, and the {@link NetworkPolicy} holds for it.
     *
     * <p>The secrets of the definition are used as they are. Whoever fills in stored ones for a user must first ask
     * {@link BrokerDefinition#mayReuseSecretsOf}, or a user could have them sent to a server of their own.
     *
     * @return completes within half a minute after its turn, whatever the outcome; cancelling it ends the test at once
     * @throws IllegalStateException if the manager is closed
     */
    public CompletableFuture<ConnectionTest> testConnection(BrokerDefinition definition) {
        return connections.test(definition);
    }

    // ---- publishing
    // ----------------------------------------------------------------------------------------------------------

    /**
     * Sends a publish to a device, at the device's own broker: to the topic of the publish, or else to the device's command topic.
     *
     * @return completes with the broker's receipt, or exceptionally with a {@link PublishException}; cancelling it takes the message
     *     back unless it was handed over. It completes on a thread of the manager: what may block belongs into an asynchronous stage
     */
    public CompletableFuture<PublishReceipt> publish(DeviceId id, OutboundPublish publish) {
        return toDevice(id, publish, connections::publish);
    }

    private <T> CompletableFuture<T> toDevice(
            DeviceId id, OutboundPublish publish, BiFunction<BrokerId, OutboundPublish, CompletableFuture<T>> send) {
        try {
            Device device = router.device(id).orElseThrow(() -> unknown(id));
            return send.apply(device.broker(), addressed(device, publish));
        } catch (PublishException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static PublishException unknown(DeviceId id) {
        return new PublishException(PublishFailure.UNKNOWN_DEVICE, "there is no device " + id);
    }

    /** The publish with the topic that it goes to. */
    private static OutboundPublish addressed(Device device, OutboundPublish publish) {
        if (publish.topic() != null) {
            return publish;
        }
        if (device.commandTopic() == null) {
            throw new PublishException(PublishFailure.NO_TOPIC, "device " + device.id() + " has no command topic");
        }
        return publish.withTopic(device.commandTopic().name(device.topicName()));
    }

    private static PublishException noTopic(BrokerId id) {
        return new PublishException(PublishFailure.NO_TOPIC, "the publish to broker " + id + " has no topic");
    }

    /**
     * Sends a publish to a device as {@link #publish} does, and waits for the response (MQTT 5 section 4.10): the manager sets response topic
     * and correlation data, and the message expires with the time-out. A response that comes later, or that belongs to no request, is
     * counted as unrouted; none is ever given to a handler. When the connection is lost meanwhile, the wait goes on.
     *
     * @return completes with the response, or exceptionally with a {@link PublishException}: {@link PublishFailure#NO_ANSWER} after the
     *     time-out, {@link PublishFailure#NOT_SENDABLE} with MQTT 3.1.1, {@link PublishFailure#QUEUE_FULL} when 1,000 requests to the
     *     broker are open; cancelling it ends the wait. It completes on a thread of the manager: what may block belongs into an
     *     asynchronous stage
     * @throws IllegalArgumentException if the time-out is not positive
     */
    public CompletableFuture<InboundPublish> request(DeviceId id, OutboundPublish publish, Duration timeout) {
        requirePositive(timeout);
        return toDevice(id, publish, (broker, message) -> connections.request(broker, message, timeout));
    }

    /** Sends a request, which must have a topic, to a broker; otherwise as {@link #request(DeviceId, OutboundPublish, Duration)}. */
    public CompletableFuture<InboundPublish> request(BrokerId id, OutboundPublish publish, Duration timeout) {
        requirePositive(timeout);
        return publish.topic() == null
                ? CompletableFuture.failedFuture(noTopic(id))
                : connections.request(id, publish, timeout);
    }

    private static void requirePositive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("time-out must be positive, not " + timeout);
        }
    }

    /** Sends a publish, which must have a topic, to a broker; otherwise as {@link #publish}. */
    public CompletableFuture<PublishReceipt> publishTo(BrokerId id, OutboundPublish publish) {
        if (publish.topic() == null) {
            return CompletableFuture.failedFuture(noTopic(id));
        }
        return connections.publish(id, publish);
    }

    // ---- outbox
    // --------------------------------------------------------------------------------------------------------------

    /**
     * Puts a publish to a device into the outbox, in the transaction of the calling thread: it is sent if and only if that commits, in
     * the order of the device's other entries, as soon as its broker is connected, also after a crash of the host. Sent at least once:
     * a crash between the broker's answer and the removal of the entry sends it again. Its expiry counts from now on; the second in
     * which it ends is rounded up, as MQTT does.
     *
     * <p>Broker and topic are those of the device as messages are routed to it now; a change of the same transaction is not seen, but
     * a device that is new in it is.
     *
     * @return the id of the outbox entry, for the {@link OutboxListener}
     * @throws PublishException if the device does not exist, no topic is named, or the publish is larger than what may ever wait for
     *     a broker
     * @throws IllegalArgumentException if something of the publish cannot be kept
     * @throws IllegalStateException if the manager has no outbox
     */
    public long enqueue(DeviceId id, OutboundPublish publish) {
        outbox();
        Device device = router.device(id).or(() -> devices.find(id)).orElseThrow(() -> unknown(id));
        return add(OutboxEntry.of(device.broker(), id.value(), addressed(device, publish), clock.instant()));
    }

    /**
     * Puts a publish, which must have a topic, to a broker into the outbox; otherwise as {@link #enqueue}. Such entries have no order.
     * If the broker turns out not to exist, the entry fails and is removed.
     */
    public long enqueueTo(BrokerId id, OutboundPublish publish) {
        outbox();
        if (publish.topic() == null) {
            throw noTopic(id);
        }
        return add(OutboxEntry.of(id, null, publish, clock.instant()));
    }

    private Outbox outbox() {
        if (outbox == null) {
            throw new IllegalStateException("this manager has no outbox; give its builder one");
        }
        return outbox;
    }

    private static PublishException tooLarge() {
        return new PublishException(
                PublishFailure.NOT_SENDABLE, "the publish is larger than what may ever wait for a broker");
    }

    private long add(OutboxEntry entry) {
        if (!connections.canWait(entry.publish())) {
            throw tooLarge();
        }
        return transactions.run(() -> {
            long id = outbox().add(entry).id();
            wakeDrain(entry.broker());
            return id;
        });
    }

    /** After the commit. */
    private void wakeDrain(BrokerId broker) {
        if (drain != null && sync.isRunning()) {
            transactions.afterCommit(() -> drain.wake(broker));
        }
    }

    /**
     * How much waits in the outbox, without asking it: as it was within the last seconds. While the outbox does not answer, as it was before.
     * Nothing if the manager has no outbox.
     */
    public OutboxDepth outboxDepth() {
        return drain == null
                ? OutboxDepth.EMPTY
                : drain.depths().values().stream().reduce(OutboxDepth.EMPTY, OutboxDepth::plus);
    }

    /** What became of the entries of the outbox since this manager was made. */
    public OutboxCounters outboxCounters() {
        return drain == null ? OutboxCounters.ZERO : drain.counters();
    }

    /** As {@link #outboxDepth()}, for one broker. */
    public OutboxDepth outboxDepth(BrokerId id) {
        return drain == null ? OutboxDepth.EMPTY : drain.depths().getOrDefault(id, OutboxDepth.EMPTY);
    }

    // ---- builder
    // -------------------------------------------------------------------------------------------------------------

    /** Collects what a manager is made of. Not thread-safe. */
    public static final class Builder {
        private BrokerRepository brokers = new InMemoryBrokerRepository();
        private DeviceRepository devices = new InMemoryDeviceRepository();
        private Transactions transactions = Transactions.none();
        private @Nullable AsyncDeviceMessageHandler handler;
        private @Nullable DeadLetterHandler deadLetters;
        private int attempts = 5;
        private Duration firstRetry = Duration.ofSeconds(1);
        private Duration maxRetry = Duration.ofMinutes(1);
        private Duration lastSeenInterval = Duration.ofSeconds(5);
        private final List<ConnectionListener> listeners = new ArrayList<>();
        private @Nullable Outbox outbox;
        private final List<OutboxListener> outboxListeners = new ArrayList<>();
        private final List<PresenceListener> presenceListeners = new ArrayList<>();
        private ReconnectPolicy reconnectPolicy = ReconnectPolicy.exponential();
        private HostResolver hostResolver = HostResolver.system();
        private @Nullable NetworkPolicy networkPolicy;
        private TlsBundles tlsBundles = TlsBundles.none();
        private int handlerThreads = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
        private @Nullable Executor handlerExecutor;
        private Duration handlerDeadline = Duration.ofSeconds(30);
        private HandlerSettings.@Nullable Deduplication deduplication;
        private InboundLimits inboundLimits = InboundLimits.DEFAULT;
        private Duration closeDeadline = Duration.ofSeconds(5);
        private int startsPerSecond = 500;
        private int coalesceFrom = 50;
        private OutboundLimits outboundLimits = OutboundLimits.DEFAULT;
        private TopicName responsePrefix = TopicName.of("mqtt-manager/responses");
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /** Where broker definitions come from; in memory if not set. */
        public Builder brokers(BrokerRepository value) {
            brokers = Objects.requireNonNull(value);
            return this;
        }

        /** Where devices come from; in memory if not set. */
        public Builder devices(DeviceRepository value) {
            devices = Objects.requireNonNull(value);
            return this;
        }

        /** The transactions of the repositories, if they have any. */
        public Builder transactions(Transactions value) {
            transactions = Objects.requireNonNull(value);
            return this;
        }

        /** Handles what devices publish. Either this or {@link #asyncHandler} is needed. */
        public Builder handler(DeviceMessageHandler value) {
            Objects.requireNonNull(value);
            return asyncHandler((device, publish) -> {
                value.handle(device, publish);
                return null;
            });
        }

        /** Handles what devices publish, without keeping a thread. */
        public Builder asyncHandler(AsyncDeviceMessageHandler value) {
            handler = Objects.requireNonNull(value);
            return this;
        }

        /** Gives messages that the handler failed on so many times to this one. */
        public Builder deadLetters(DeadLetterHandler value, int afterAttempts) {
            deadLetters = Objects.requireNonNull(value);
            attempts = afterAttempts;
            return this;
        }

        /** The wait before a failed message is tried again: from the first, doubling, to the longest. */
        public Builder handlerRetries(Duration first, Duration longest) {
            firstRetry = first;
            maxRetry = longest;
            return this;
        }

        /** After how long a handler that has not returned is reported as overdue; 30 s if not set. */
        public Builder handlerDeadline(Duration value) {
            handlerDeadline = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Does not handle a message again that comes twice, as happens after a lost link: a message of a device with the same id as one
         * that was handled within the window is acknowledged and counted.
         *
         * <p>Handled ids are remembered in memory only: a restart of the host forgets them, and so does a window that is too short, or
         * more than 100,000 messages within it. Handlers that must not see anything twice have to know it by themselves.
         *
         * @param messageId finds what a message is known by among those of its device, such as a user property or a part of the payload,
         *     at most 256 characters; null if it cannot be told, and then the message is handled. Called on the handler's thread; what it
         *     throws counts as a failure of the handler
         * @param window for which ids are remembered
         */
        public Builder deduplicate(Function<InboundPublish, @Nullable String> messageId, Duration window) {
            deduplication = new HandlerSettings.Deduplication(messageId, window);
            return this;
        }

        /** How much of what brokers send is kept until it is handled. */
        public Builder inboundLimits(InboundLimits value) {
            inboundLimits = Objects.requireNonNull(value);
            return this;
        }

        /** How long {@link MqttManager#close} waits for handlers that run; 5 s if not set. */
        public Builder closeDeadline(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("the deadline to close must not be negative, but is " + value);
            }
            closeDeadline = value;
            return this;
        }

        /** Hears of changes of the brokers' status. */
        public Builder listener(ConnectionListener value) {
            listeners.add(Objects.requireNonNull(value));
            return this;
        }

        /** Where {@link MqttManager#enqueue} keeps publishes; without one it throws. */
        public Builder outbox(Outbox value) {
            outbox = Objects.requireNonNull(value);
            return this;
        }

        /** Hears what became of entries of the outbox. */
        public Builder outboxListener(OutboxListener value) {
            outboxListeners.add(Objects.requireNonNull(value));
            return this;
        }

        /** Hears of changes of devices' presence. */
        public Builder presenceListener(PresenceListener value) {
            presenceListeners.add(Objects.requireNonNull(value));
            return this;
        }

        /**
         * How often a device's last-seen time is written at most, 100 ms to 1 h; 5 s if not set. A crash loses the times of the last
         * interval.
         */
        public Builder lastSeenInterval(Duration value) {
            if (value.compareTo(Duration.ofMillis(100)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("last-seen interval must be between 100 ms and 1 h, not " + value);
            }
            lastSeenInterval = value;
            return this;
        }

        public Builder reconnectPolicy(ReconnectPolicy value) {
            reconnectPolicy = Objects.requireNonNull(value);
            return this;
        }

        /** Who finds the addresses of host names; the machine's own DNS if not set. */
        public Builder hostResolver(HostResolver value) {
            hostResolver = Objects.requireNonNull(value);
            return this;
        }

        /** Which addresses may be connected to; every one, with a warning, if not set. */
        public Builder networkPolicy(NetworkPolicy value) {
            networkPolicy = Objects.requireNonNull(value);
            return this;
        }

        /** Resolves {@link io.github.mqttmanager.broker.TlsSettings.Bundle named TLS bundles}. */
        public Builder tlsBundles(TlsBundles value) {
            tlsBundles = Objects.requireNonNull(value);
            return this;
        }

        /** How many handlers may run at the same time. */
        public Builder handlerThreads(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("handler threads must be at least 1, not " + value);
            }
            handlerThreads = value;
            return this;
        }

        /**
         * What handlers run on, such as an executor of virtual threads; threads of the manager's own if not set. It must not run tasks on the
         * caller's thread, and is not shut down by the manager. Not more than {@link #handlerThreads} handlers run on it at once. What it
         * rejects waits and is offered again.
         */
        public Builder handlerExecutor(Executor value) {
            handlerExecutor = Objects.requireNonNull(value);
            return this;
        }

        /** How many connection attempts may begin in a second, over all brokers; 500 if not set. */
        public Builder startsPerSecond(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("starts per second must be at least 1, not " + value);
            }
            startsPerSecond = value;
            return this;
        }

        /**
         * How many devices of a broker with the same topic template are worth one subscription with {@code +} in place of their names,
         * instead of one for each; 50 if not set. The broker then also sends what other devices publish there, which is counted as
         * unrouted. If it refuses, each device is subscribed for itself. {@link Integer#MAX_VALUE} never does it.
         */
        public Builder coalesceSubscriptionsFrom(int devices) {
            if (devices < 2) {
                throw new IllegalArgumentException("devices to coalesce must be at least 2, not " + devices);
            }
            coalesceFrom = devices;
            return this;
        }

        /** What may wait to be sent, and for how long; {@link OutboundLimits#DEFAULT} if not set. */
        public Builder outboundLimits(OutboundLimits value) {
            outboundLimits = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Under which topic responses to requests come in: one level is added, the client identifier. {@code mqtt-manager/responses} if not
         * set; the broker's own response information goes before.
         */
        public Builder responsePrefix(TopicName value) {
            responsePrefix = Objects.requireNonNull(value);
            return this;
        }

        /** The time that is shown to people. */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value);
            return this;
        }

        /** @throws IllegalStateException if no handler was given: without one, what devices publish would be lost */
        public MqttManager build() {
            if (handler == null) {
                throw new IllegalStateException("a handler is needed, or what devices publish would be lost");
            }
            HandlerSettings settings = HandlerSettings.of(handler)
                    .withRetries(firstRetry, maxRetry)
                    .withDeadline(handlerDeadline)
                    .withDeduplication(deduplication);
            if (deadLetters != null) {
                settings = settings.withDeadLetters(deadLetters, attempts);
            }
            return new MqttManager(this, settings);
        }
    }
}
