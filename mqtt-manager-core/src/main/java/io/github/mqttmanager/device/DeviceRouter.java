package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what brokers send to the devices it belongs to, and from there to the host's handler; the door of this package's engine, owned
 * by the manager. This class is thread-safe.
 */
public final class DeviceRouter implements InboundRouter {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceRouter.class);
    private static final int MAX_EXPLAINED_BROKERS = 1_000;

    private final DeviceLanes lanes;
    private final PresenceFeed feed;
    private final Presences presences;
    private final Map<BrokerId, RouteTable> tables = new ConcurrentHashMap<>();
    private final Set<BrokerId> explained = ConcurrentHashMap.newKeySet();

    /**
     * @param handlers runs the host's handler, which may block
     * @param events runs the listeners, one task after the other
     * @param timer of one thread; never blocked
     * @param clock for what people read
     * @param nanos monotonic
     */
    public DeviceRouter(
            DeviceRepository repository,
            HandlerSettings settings,
            Executor handlers,
            Executor events,
            ScheduledExecutorService timer,
            InstantSource clock,
            LongSupplier nanos) {
        this.lanes = new DeviceLanes(settings, handlers, timer, nanos);
        this.feed = new PresenceFeed(events, timer, clock, nanos);
        this.presences = new Presences(repository, clock, nanos, feed);
    }

    /**
     * Routes by this device from now on.
     *
     * @return what may be wanted now, or no longer
     */
    public synchronized List<WantedChange> put(Device device) {
        Device before = presences.device(device.id());
        if (before != null && before.version() > device.version()) {
            return List.of();
        }
        presences.put(device);
        if (device.equals(before)) {
            return List.of();
        }
        RouteTable table = tables.computeIfAbsent(device.broker(), id -> new RouteTable());
        if (before != null && before.broker().equals(device.broker())) {
            table.replace(before, device);
        } else {
            // The new routes first, so that no message in between finds none.
            table.replace(null, device);
            unroute(before);
        }
        return changes(before, device);
    }

    /**
     * Routes by these devices of one broker from now on, all at once; {@link #wanted} says what may be wanted now. Those that are known are
     * as {@link #put} has them.
     */
    public synchronized void load(BrokerId broker, List<DeviceLoading.Loaded> stored) {
        List<Device> added = presences.load(broker, stored);
        tables.computeIfAbsent(broker, id -> new RouteTable()).add(added);
        if (added.size() < stored.size()) {
            Set<Device> known = new HashSet<>();
            stored.forEach(found -> known.add(found.device()));
            added.forEach(known::remove);
            known.forEach(this::put);
        }
    }

    /**
     * Routes nothing to this device any more.
     *
     * @return what may be wanted no longer
     */
    public synchronized List<WantedChange> remove(DeviceId id) {
        Device before = presences.remove(id);
        if (before == null) {
            return List.of();
        }
        unroute(before);
        return changes(before, null);
    }

    private void unroute(@Nullable Device device) {
        RouteTable table = device == null ? null : tables.get(device.broker());
        if (table != null) {
            table.replace(device, null);
        }
    }

    private static List<WantedChange> changes(@Nullable Device before, @Nullable Device after) {
        if (before == null && after != null) {
            return wanted(after);
        }
        Set<WantedChange> gone = before == null ? Set.of() : new LinkedHashSet<>(wanted(before));
        Set<WantedChange> come = after == null ? Set.of() : new LinkedHashSet<>(wanted(after));
        List<WantedChange> changes = new ArrayList<>();
        come.stream().filter(change -> !gone.contains(change)).forEach(changes::add);
        gone.stream().filter(change -> !come.contains(change)).forEach(changes::add);
        return changes;
    }

    /** What is to be subscribed for the device. */
    public static List<WantedChange> wanted(Device device) {
        return device.topics().stream()
                .map(template -> new WantedChange(device.broker(), template, device.topicName()))
                .toList();
    }

    /** Routes nothing of this broker any more. */
    public synchronized void removeBroker(BrokerId broker) {
        RouteTable table = tables.remove(broker);
        if (table != null) {
            table.devices().forEach(device -> presences.remove(device.id()));
        }
        presences.removeBroker(broker);
        explained.remove(broker);
    }

    /** The device as messages are routed to it now. */
    public Optional<Device> device(DeviceId id) {
        return Optional.ofNullable(presences.device(id));
    }

    /** The devices of the broker, as messages are routed now. */
    public Set<DeviceId> devicesOf(BrokerId broker) {
        RouteTable table = tables.get(broker);
        return table == null
                ? Set.of()
                : table.devices().map(Device::id).collect(Collectors.toCollection(HashSet::new));
    }

    /** What is to be subscribed at the broker, as of now. */
    public TopicDemand demand(BrokerId broker) {
        RouteTable table = tables.get(broker);
        return table == null ? TopicDemand.none() : table.demand();
    }

    /**
     * Whom the topic belongs to and by which templates; if nobody, what is nearly so. Looks at every device then.
     *
     * @param visible which devices may be named: it is as if there were no others
     */
    public RouteExplanation explain(BrokerId broker, TopicName topic, Predicate<Device> visible) {
        RouteTable table = tables.get(broker);
        List<RouteExplanation.Route> routes = new ArrayList<>();
        if (table != null) {
            table.match(topic).stream()
                    .filter(visible)
                    .forEach(device -> device.topics().stream()
                            .filter(template ->
                                    template.filter(device.topicName()).matches(topic))
                            .forEach(template -> routes.add(new RouteExplanation.Route(device, template))));
        }
        List<String> near = new ArrayList<>();
        if (routes.isEmpty()) {
            tables.forEach((other, routed) -> routed.match(topic).stream()
                    .filter(visible)
                    .limit(3)
                    .forEach(device -> near.add("Device " + device.id() + " has this topic at broker " + other + ".")));
            if (table != null) {
                near.addAll(new NearMisses(topic, visible).of(table));
            }
        }
        return new RouteExplanation(routes, near.subList(0, Math.min(10, near.size())));
    }

    @Override
    public boolean wantsRetained(BrokerId broker, TopicFilter filter) {
        return presences.bringsAvailability(broker, filter);
    }

    @Override
    public void route(InboundPublish publish, Acknowledgement acknowledgement) {
        RouteTable table = tables.get(publish.broker());
        List<Device> receivers = table == null ? List.of() : table.match(publish.topic());
        if (receivers.isEmpty()) {
            if (explained.size() < MAX_EXPLAINED_BROKERS && explained.add(publish.broker())) {
                LOG.info(
                        "[{}] a publish to {} belongs to no device; it is acknowledged and counted, as are further ones",
                        publish.broker(),
                        publish.topic());
            }
            acknowledgement.unrouted();
            return;
        }
        Delivery delivery = new Delivery(receivers.size(), acknowledgement);
        for (Device device : receivers) {
            if (presences.take(device.id(), publish)) {
                delivery.handled();
            } else {
                delivery.added(lanes.add(device, publish, delivery));
            }
        }
        acknowledgement.onRedelivery(delivery);
    }

    /** One message for one or several devices, acknowledged when the last of them is done. */
    private static final class Delivery implements DeviceLanes.Outcome, BooleanSupplier {
        private final Acknowledgement acknowledgement;
        private final List<DeviceLanes.Added> added;

        // guarded by this
        private int open;
        private int overdue;
        private boolean handled;

        Delivery(int receivers, Acknowledgement acknowledgement) {
            this.open = receivers;
            this.added = new ArrayList<>(receivers);
            this.acknowledgement = acknowledgement;
        }

        /** Before the delivery is told to be taken back. */
        void added(DeviceLanes.Added to) {
            added.add(to);
        }

        @Override
        public void handled() {
            end(true);
        }

        @Override
        public void duplicate() {
            end(false);
        }

        private void end(boolean byHandler) {
            boolean last;
            boolean anyHandled;
            synchronized (this) {
                open--;
                handled |= byHandler;
                last = open == 0;
                anyHandled = handled;
            }
            if (last) {
                if (anyHandled) {
                    acknowledgement.handled();
                } else {
                    acknowledgement.duplicate();
                }
            }
        }

        @Override
        public void failing(Throwable failure) {
            acknowledgement.failing(failure);
        }

        @Override
        public synchronized void overdue(boolean is) {
            overdue += is ? 1 : -1;
            acknowledgement.overdue(overdue > 0);
        }

        /** Takes back what only waits; whether nothing is left. */
        @Override
        public boolean getAsBoolean() {
            int withdrawn = 0;
            for (DeviceLanes.Added to : added) {
                withdrawn += to.withdraw() ? 1 : 0;
            }
            synchronized (this) {
                open -= withdrawn;
                return open == 0;
            }
        }
    }

    /** The broker is reachable and answers, or not. Called by one thread at a time for each broker; never blocks. */
    public void reached(BrokerId broker, boolean up) {
        presences.reached(broker, up);
    }

    /** Tells the listener of changes of presence from now on. */
    public void addListener(PresenceListener listener) {
        feed.add(listener);
    }

    public void removeListener(PresenceListener listener) {
        feed.remove(listener);
    }

    /** When the device last published; may ask the repository, and then block. */
    public Optional<Instant> lastSeen(DeviceId device) {
        return presences.lastSeen(device);
    }

    /** Whether the device is there; may ask the repository, once for each device, and then block. */
    public Presence presence(DeviceId device) {
        return presences.presence(device);
    }

    /** Learns from the repository when these devices were last seen, as far as it was not asked before; blocks as long as it does. */
    public void recallLastSeen(Collection<DeviceId> ids) {
        presences.recall(ids);
    }

    /**
     * Writes the next batch of last-seen times; blocks as long as the repository does. Called by one thread at a time, as is {@link
     * #writeAllLastSeen}.
     *
     * @return whether there is more to write now; else the next round may begin after the interval
     */
    public boolean writeLastSeen() {
        return presences.write();
    }

    /** Writes all last-seen times that are not written; blocks as long as the repository does. */
    public void writeAllLastSeen() {
        presences.writeAll();
    }

    /** How many messages wait for the host's handler, or are with it. */
    public int waiting() {
        return lanes.waiting();
    }

    /**
     * Begins no handler any more; what is not handled is not acknowledged, and comes again.
     *
     * @return completes when no handler runs
     */
    public CompletableFuture<Void> close() {
        return lanes.close();
    }

    /** Acknowledges nothing any more, though handlers may still run. */
    public void abandon() {
        lanes.abandon();
    }
}
