package io.github.mqttmanager.jpa;

import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the repositories tell of changes that others made in the same database: another instance, a migration, somebody's SQL. Triggers note
 * every change of the tables, except on H2, where the repositories note theirs; the feed reads the notes at short intervals.
 *
 * <pre>{@code
 * JpaChangeFeed feed = new JpaChangeFeed(session, brokers, devices);
 * feed.start();                       // before what is stored is loaded
 * manager.start();
 * ...
 * manager.close();
 * feed.close();
 * }</pre>
 *
 * <p>No change is missed, also if it is committed late or while the database cannot be reached. Where that cannot be known (after an hour
 * without the database, or when it was replaced by an older one), and when there are more than 2,000 changes at once, listeners hear that they
 * missed some. Own changes come once more.
 *
 * <p>It has one thread, {@code mqtt-manager-changes}, on which listeners are called, and needs the table of {@code V5__changes.sql}. This
 * class is thread-safe.
 */
public final class JpaChangeFeed implements AutoCloseable {
    /** How often it reads if nothing else is said. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(JpaChangeFeed.class);
    /** Less than what is kept. */
    private static final Duration KEPT = Duration.ofMinutes(55);

    private static final Duration TRIM_INTERVAL = Duration.ofMinutes(10);
    private static final Duration END_DEADLINE = Duration.ofSeconds(2);

    private final JpaSession session;
    private final JpaBrokerRepository brokers;
    private final JpaDeviceRepository devices;
    private final Duration interval;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Guarded by this. */
    private @Nullable Thread thread;

    // of the thread, after start()
    private @Nullable ChangePosition position;
    private Instant read = Instant.MIN;
    private Instant trimmed = Instant.MIN;
    private boolean failing;

    public JpaChangeFeed(JpaSession session, JpaBrokerRepository brokers, JpaDeviceRepository devices) {
        this(session, brokers, devices, DEFAULT_INTERVAL);
    }

    /** @param interval between two looks at the database, 10 ms to 1 minute */
    public JpaChangeFeed(
            JpaSession session, JpaBrokerRepository brokers, JpaDeviceRepository devices, Duration interval) {
        this(session, brokers, devices, interval, Clock.systemUTC());
    }

    /** @param clock tells for how long the database was away; not a monotonic one, which stands still while the machine sleeps */
    JpaChangeFeed(
            JpaSession session,
            JpaBrokerRepository brokers,
            JpaDeviceRepository devices,
            Duration interval,
            Clock clock) {
        if (interval.compareTo(Duration.ofMillis(10)) < 0 || interval.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException(
                    "interval of the change feed must be between 10 ms and 1 minute, not " + interval);
        }
        this.session = session;
        this.brokers = brokers;
        this.devices = devices;
        this.interval = interval;
        this.clock = clock;
    }

    /**
     * Notes up to where the changes are known, which takes one short query, and tells of later ones from now on. So whoever loads what is
     * stored after that misses none. If the database does not answer now, listeners hear that they missed changes once it does. A second
     * time it does nothing.
     */
    public synchronized void start() {
        if (thread != null || closed.getCount() == 0) {
            return;
        }
        look(true);
        Thread started = new Thread(this::run, "mqtt-manager-changes");
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    /** Tells nothing any more; waits for at most 2 s for the thread to end. A second time it does nothing. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed.countDown();
            running = thread;
        }
        if (running == null || running == Thread.currentThread()) {
            return;
        }
        try {
            // Not interrupted: an embedded database would close its files.
            running.join(END_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                look(false);
            }
        } catch (InterruptedException e) {
            LOG.warn("The change feed was interrupted and ends");
        }
    }

    private void look(boolean first) {
        try {
            Changes changes = changes(first);
            position = changes.end();
            read = clock.instant();
            if (failing) {
                LOG.info("Changes by others can be read again");
                failing = false;
            }
            tell(changes);
            if (read.isAfter(trimmed.plus(TRIM_INTERVAL))) {
                trimmed = read;
                session.inTransaction(manager -> {
                    manager.runWithConnection(ChangePosition::trim);
                    return true;
                });
            }
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.warn("Changes by others cannot be read; trying again every {} ms", interval.toMillis(), e);
                failing = true;
            }
        }
    }

    private Changes changes(boolean first) {
        ChangePosition from = position;
        boolean known = from != null && clock.instant().isBefore(read.plus(KEPT));
        return session.inTransaction(manager -> manager.<Connection, Changes>callWithConnection(connection -> {
            if (from != null && known) {
                return from.read(connection);
            }
            ChangePosition end = ChangePosition.end(connection);
            return first ? Changes.none(end) : Changes.unknown(end);
        }));
    }

    private void tell(Changes changes) {
        if (closed.getCount() == 0) {
            return;
        }
        if (changes.complete()) {
            brokers.listeners().tell(changes.brokers());
            devices.listeners().tell(changes.devices());
        } else {
            brokers.listeners().tellMissed();
            devices.listeners().tellMissed();
        }
    }
}
