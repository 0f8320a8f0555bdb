package io.github.mqttmanager.device;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whose presence changed, and tells the listeners. Whoever may have changed is looked at on the event thread, some hundreds at a
 * time so that others have their turn there: those that something was heard of, those whose time is over, and all of a broker that was
 * lost or found. The others cost nothing. This class is thread-safe.
 */
final class PresenceFeed {
    static final int LOOKS_AT_A_TIME = 500;
    static final Duration TICK = Duration.ofMillis(500);
    private static final int SLOTS = 2_048;
    private static final Logger LOG = LoggerFactory.getLogger(PresenceFeed.class);

    private final Executor events;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final long begin;
    private final List<PresenceListener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<DevicePresence> devices = new ConcurrentLinkedQueue<>();
    private final Queue<BrokerReach> brokers = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();

    // of the event thread
    private final TimerWheel<DevicePresence> wheel = new TimerWheel<>(SLOTS);
    private Iterator<DevicePresence> ofBroker = Collections.emptyIterator();

    /** @param events runs one task after the other */
    PresenceFeed(Executor events, ScheduledExecutorService timer, InstantSource clock, LongSupplier nanos) {
        this.events = events;
        this.clock = clock;
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
        timer.scheduleWithFixedDelay(this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
    }

    void add(PresenceListener listener) {
        listeners.add(listener);
    }

    void remove(PresenceListener listener) {
        listeners.remove(listener);
    }

    /** Something happened to the device. Never blocks. */
    void lookAt(DevicePresence device) {
        if (device.queueForLook()) {
            devices.add(device);
            wake();
        }
    }

    /** Something happened to the broker. Never blocks. */
    void lookAtAll(BrokerReach broker) {
        if (broker.lookWanted.compareAndSet(false, true)) {
            brokers.add(broker);
            wake();
        }
    }

    private void tick() {
        if (!wheel.isEmpty()) {
            wake();
        }
    }

    private void wake() {
        if (awake.compareAndSet(false, true)) {
            try {
                events.execute(this::work);
            } catch (RejectedExecutionException e) {
                // closed: nothing is told any more
            }
        }
    }

    private void work() {
        awake.set(false);
        wheel.advance((nanos.getAsLong() - begin) / TICK.toNanos(), device -> {
            if (device.queueForLook()) {
                devices.add(device);
            }
        });
        for (int i = 0; i < LOOKS_AT_A_TIME; i++) {
            DevicePresence next = next();
            if (next == null) {
                return;
            }
            look(next);
        }
        wake();
    }

    private @Nullable DevicePresence next() {
        DevicePresence device = devices.poll();
        if (device != null) {
            device.looked();
            return device;
        }
        while (!ofBroker.hasNext()) {
            BrokerReach broker = brokers.poll();
            if (broker == null) {
                return null;
            }
            broker.lookWanted.set(false);
            ofBroker = broker.devices();
        }
        return ofBroker.next();
    }

    private void look(DevicePresence device) {
        if (device.isGone()) {
            wheel.remove(device);
            return;
        }
        long now = nanos.getAsLong();
        DevicePresence.Standing standing = device.standing(now);
        if (standing.lasts() == DevicePresence.FOR_EVER) {
            wheel.remove(device);
        } else {
            wheel.put(device, Math.floorDiv(now - begin + standing.lasts(), TICK.toNanos()) + 1);
        }
        device.tell(standing.presence()).ifPresent(this::tell);
    }

    private void tell(DevicePresence.Change change) {
        for (PresenceListener listener : listeners) {
            try {
                listener.presenceChanged(change.device(), change.before(), change.now(), clock.instant());
            } catch (Throwable e) {
                LOG.error("listener {} failed", listener.getClass().getName(), e);
            }
        }
    }
}
