package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.UserProperty;
import io.github.mqttmanager.topic.QoS;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The publishes that come from one broker: counted, kept within bounds, and given to the router.
 *
 * <p>What counts as kept is what the client keeps, too: acknowledgements leave in the order in which messages came (MQTT 5 section
 * 4.6), so a message that is handled stays in memory behind an older one that is not. Thread-safe; locks itself before the link.
 */
final class Inbound {
    /** What one read from a socket may bring beyond a bound. */
    private static final int SLACK = 1_000;

    private final InboundRouter router;
    private final InboundBudget overall;
    private final InboundLimits limits;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Runnable overflowed;

    private volatile @Nullable Instant lastAt;
    private volatile long lastNanos;

    // everything below is guarded by this
    private long received;
    private long acknowledged;
    private long duplicates;
    private long unrouted;
    private long dropped;
    private long released;

    private long keptMessages;
    private long keptBytes;
    private boolean paused;

    /** The connection is about to be dropped, for too much came in: nothing more is kept of it. */
    private boolean refusing;

    /** The manager is being closed: nothing more is given to the router. */
    private boolean closing;

    private @Nullable MqttLink link;
    private Arrivals current = new Arrivals();

    /** Of connections that are gone, and not handled yet. */
    private Set<Arrival> stale = Set.of();

    private int failing;
    private int overdue;
    private @Nullable Instant troubledSince;
    private @Nullable String lastFailure;
    private @Nullable Instant lastFailureAt;

    /**
     * @param overflowed told when a connection has brought more than it may, though it was hardly read from: it is to be dropped. Does
     *     not block
     */
    Inbound(InboundRouter router, InboundBudget overall, InstantSource clock, LongSupplier nanos, Runnable overflowed) {
        this.router = router;
        this.overall = overall;
        this.limits = overall.limits();
        this.clock = clock;
        this.nanos = nanos;
        this.overflowed = overflowed;
        this.lastNanos = nanos.getAsLong();
    }

    /** Whose messages come again when it is resumed: that of one client identifier at one endpoint. */
    record Session(String clientIdentifier, Endpoint endpoint) {}

    /** What one connection brought, with QoS 1 or 2, and is not acknowledged yet: in the order in which it came. */
    private static final class Arrivals {
        final Deque<Arrival> inOrder = new ArrayDeque<>(1);

        @Nullable
        Session session;

        boolean over;
    }

    // ---- the life of a connection, on the network thread
    // ------------------------------------------------------------------------

    /** The broker accepted us. With the session present it sends again what is open, so that copies which only wait are given up. */
    void connected(MqttLink by, Session session, boolean sessionPresent) {
        List<Arrival> copies;
        synchronized (this) {
            link = by;
            refusing = false;
            paused = false;
            current.session = session;
            copies = sessionPresent
                    ? stale.stream()
                            .filter(arrival -> session.equals(arrival.arrivals.session))
                            .toList()
                    : List.of();
        }
        copies.forEach(Arrival::withdraw);
        reconsider();
    }

    /** The connection is gone, and what is open of it has been released. */
    synchronized void disconnected() {
        link = null;
        paused = false;
        current.over = true;
        for (Arrival arrival : current.inOrder) {
            if (arrival.parked) {
                arrival.done = true;
                released++;
            }
            if (arrival.done) {
                forget(arrival);
            } else {
                if (stale.isEmpty()) {
                    stale = new LinkedHashSet<>();
                }
                stale.add(arrival);
            }
        }
        current.inOrder.clear();
        current = new Arrivals();
    }

    void receive(InboundPublish publish, Runnable acknowledge) {
        lastAt = publish.receivedAt();
        lastNanos = nanos.getAsLong();
        boolean reliable = publish.qos() != QoS.AT_MOST_ONCE;
        Arrival arrival;
        boolean over = false;
        boolean drop = false;
        boolean route = false;
        synchronized (this) {
            received++;
            arrival = new Arrival(publish, acknowledge, current);
            boolean full = refuses(4);
            if (!reliable && (full || closing)) {
                dropped++;
                drop = true;
            } else if (refusing) {
                released++;
            } else if (full && isBeyond(arrival.size)) {
                released++;
                refusing = true;
                over = true;
            } else {
                keep(arrival, reliable);
                arrival.parked = closing;
                route = !closing;
                if (!paused && refuses(4)) {
                    pause(true);
                }
            }
        }
        if (drop) {
            acknowledge.run();
        } else if (over) {
            overflowed.run();
        } else if (route) {
            router.route(publish, arrival);
        }
    }

    /** One that could not even be read; it was acknowledged. */
    synchronized void malformed() {
        received++;
        unrouted++;
    }

    /** Nothing more is given to the router; what comes in is not acknowledged. */
    synchronized void close() {
        closing = true;
    }

    // ---- bounds; with the lock held
    // ---------------------------------------------------------------------------------------------

    private boolean refuses(int quarters) {
        return 4 * keptMessages >= (long) quarters * limits.messages()
                || 4 * keptBytes >= quarters * limits.bytes()
                || overall.refuses(keptMessages, keptBytes, quarters);
    }

    /** Twice a bound. */
    private boolean isBeyond(long more) {
        return keptMessages >= 2L * limits.messages() + SLACK
                || keptBytes + more > 2 * limits.bytes()
                || overall.refuses(keptMessages, keptBytes + more, 8);
    }

    private void keep(Arrival arrival, boolean reliable) {
        if (reliable) {
            current.inOrder.add(arrival);
        }
        if (keptMessages++ == 0) {
            overall.holders(1);
        }
        keptBytes += arrival.size;
        overall.change(1, arrival.size);
    }

    private void forget(Arrival arrival) {
        if (--keptMessages == 0) {
            overall.holders(-1);
        }
        keptBytes -= arrival.size;
        overall.change(-1, -arrival.size);
    }

    private void pause(boolean now) {
        MqttLink to = link;
        if (to != null) {
            paused = now;
            to.hold(now);
        }
    }

    /** Goes on reading if there is room again: what others keep may have become less. Stops if there is none. */
    synchronized void reconsider() {
        if (paused && !refuses(3)) {
            pause(false);
        } else if (!paused && refuses(4)) {
            pause(true);
        }
    }

    // ---- what is known
    // ----------------------------------------------------------------------------------------------------------

    /** Whether hardly anything is read from the connection. */
    synchronized boolean isPaused() {
        return paused;
    }

    @Nullable
    Instant lastAt() {
        return lastAt;
    }

    /** When the last publish came in, in monotonic time; before the first, when this was made. */
    long lastNanos() {
        return lastNanos;
    }

    /** The inbound half of the counters. */
    synchronized TrafficCounters counters(TrafficCounters outbound) {
        if (received == 0 && outbound.equals(TrafficCounters.ZERO)) {
            return TrafficCounters.ZERO;
        }
        return new TrafficCounters(
                received,
                acknowledged,
                duplicates,
                unrouted,
                dropped,
                released,
                received - acknowledged - duplicates - unrouted - dropped - released,
                outbound.accepted(),
                outbound.published(),
                outbound.failed(),
                outbound.expired(),
                outbound.rejected(),
                outbound.queued(),
                outbound.inFlight());
    }

    synchronized Handling handling() {
        Arrival oldest =
                stale.isEmpty() ? current.inOrder.peek() : stale.iterator().next();
        if (oldest == null && lastFailure == null && !paused && failing + overdue == 0) {
            return Handling.IDLE;
        }
        return new Handling(
                failing,
                overdue,
                troubledSince,
                oldest == null ? null : oldest.receivedAt,
                lastFailure,
                lastFailureAt,
                paused);
    }

    private void troubleChanged(int moreFailing, int moreOverdue) {
        failing += moreFailing;
        overdue += moreOverdue;
        if (failing + overdue == 0) {
            troubledSince = null;
        } else if (troubledSince == null) {
            troubledSince = clock.instant();
        }
    }

    /** About how much memory it takes, without the objects themselves. */
    static long size(InboundPublish publish) {
        long size = publish.payload().remaining() + publish.topic().value().length();
        PublishProperties properties = publish.properties();
        if (properties == PublishProperties.NONE) {
            return size;
        }
        for (UserProperty property : properties.userProperties()) {
            size += property.name().length() + property.value().length();
        }
        ByteBuffer correlationData = properties.correlationData();
        String contentType = properties.contentType();
        return size
                + (correlationData == null ? 0 : correlationData.remaining())
                + (contentType == null ? 0 : contentType.length());
    }

    /** One message, until it is acknowledged. */
    private final class Arrival implements Acknowledgement {
        final Arrivals arrivals;
        final long size;
        final Instant receivedAt;
        private final boolean reliable;

        // guarded by Inbound.this
        private @Nullable Runnable acknowledge;
        private @Nullable BooleanSupplier withdraw;
        private boolean done;
        private boolean parked;
        private boolean fails;
        private boolean isOverdue;

        Arrival(InboundPublish publish, Runnable acknowledge, Arrivals arrivals) {
            this.arrivals = arrivals;
            this.size = size(publish);
            this.receivedAt = publish.receivedAt();
            this.reliable = publish.qos() != QoS.AT_MOST_ONCE;
            this.acknowledge = acknowledge;
        }

        @Override
        public void handled() {
            end(() -> acknowledged++);
        }

        @Override
        public void duplicate() {
            end(() -> duplicates++);
        }

        @Override
        public void unrouted() {
            end(() -> unrouted++);
        }

        @Override
        public void dropped() {
            end(() -> dropped++);
        }

        private void end(Runnable count) {
            Runnable send;
            synchronized (Inbound.this) {
                if (done) {
                    return;
                }
                done = true;
                count.run();
                // To a link that is gone nothing is said: it has been released, and the broker delivers again.
                send = arrivals.over ? null : acknowledge;
                acknowledge = null;
                withdraw = null;
                troubleChanged(fails ? -1 : 0, isOverdue ? -1 : 0);
                if (!reliable || arrivals.over) {
                    if (!stale.isEmpty()) {
                        stale.remove(this);
                    }
                    forget(this);
                } else {
                    for (Arrival first = arrivals.inOrder.peek();
                            first != null && first.done;
                            first = arrivals.inOrder.peek()) {
                        arrivals.inOrder.remove();
                        forget(first);
                    }
                }
                if (paused) {
                    reconsider();
                }
            }
            if (send != null) {
                send.run();
            }
        }

        @Override
        public void failing(Throwable failure) {
            String message = Failures.clean(failure.getMessage());
            String said = failure.getClass().getName() + (message.isEmpty() ? "" : ": " + message);
            synchronized (Inbound.this) {
                lastFailure = said;
                lastFailureAt = clock.instant();
                if (!done && !fails) {
                    fails = true;
                    troubleChanged(1, 0);
                }
            }
        }

        @Override
        public void overdue(boolean is) {
            synchronized (Inbound.this) {
                if (!done && isOverdue != is) {
                    isOverdue = is;
                    troubleChanged(0, is ? 1 : -1);
                }
            }
        }

        @Override
        public void onRedelivery(BooleanSupplier taken) {
            synchronized (Inbound.this) {
                if (!done) {
                    withdraw = taken;
                }
            }
        }

        /** It comes again: what only waits is given up. */
        void withdraw() {
            BooleanSupplier given;
            synchronized (Inbound.this) {
                given = withdraw;
            }
            if (given != null && given.getAsBoolean()) {
                end(() -> released++);
            }
        }
    }
}
