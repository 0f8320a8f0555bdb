package io.github.mqttmanager.connection;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives out turns to begin an attempt: in any second at most so many, and a tenth of them at once, however many want one; to
 * the owners in turn, so that one with thousands of brokers does not keep another waiting. Of one owner's, retries come after all others:
 * thousands of dead brokers do not keep one waiting that may well answer, nor somebody who asks for it. This class is thread-safe.
 */
final class StartLimiter {
    /** A little more than it is called, for on their way to the broker some starts are delayed and others are not. */
    private static final long SECOND = Duration.ofMillis(1_050).toNanos();

    /** Less than a tenth of that, or a timer that is late could not be made up for within the second. */
    private static final long TENTH = Duration.ofMillis(90).toNanos();

    /** Who was run and neither began nor cancelled for so long is taken to have begun. */
    private static final long FORGOTTEN = Duration.ofSeconds(2).toNanos();

    /** A place in the queue, until the start has run. */
    final class Turn {
        private final String owner;
        private final boolean retry;
        private final Runnable start;

        /** Whether it tells when it begins; else it does so when it is run. */
        private final boolean tells;

        /** Counts the turns of its queue. */
        private final long number;

        /** When it was run. Guarded by the limiter. */
        private long grantedAt;

        private Turn(String owner, boolean retry, Runnable start, boolean tells, long number) {
            this.owner = owner;
            this.retry = retry;
            this.start = start;
            this.tells = tells;
            this.number = number;
        }

        /** About how many starts there will be up to and with this one, if nobody comes or goes; empty if it does not wait. */
        OptionalInt position() {
            return positionOf(this);
        }

        /** What the turn was for has happened just now. From any thread; a second time it does nothing. */
        void begin() {
            begun(this);
        }

        /** Takes the turn back, unless it has begun; it costs nobody anything. */
        void cancel() {
            given(this);
        }
    }

    /** Turns that wait, in their order. */
    private static final class Queue {
        final Set<Turn> turns = new LinkedHashSet<>();
        long numbers;

        Turn first() {
            return turns.iterator().next();
        }

        /** Those who left the queue are not counted out: that would mean to walk along it. */
        int ahead(Turn turn) {
            return (int) Math.min(turn.number - first().number, turns.size() - 1);
        }
    }

    /** The turns of one owner that wait. */
    private static final class Line {
        final Queue fresh = new Queue();
        final Queue retries = new Queue();

        int size() {
            return fresh.turns.size() + retries.turns.size();
        }

        Queue of(boolean retry) {
            return retry ? retries : fresh;
        }

        Turn first() {
            return of(fresh.turns.isEmpty()).first();
        }
    }

    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final int tenth;

    // guarded by this

    /** The owners who wait; the first is the next. */
    private final Map<String, Line> lines = new LinkedHashMap<>();

    /** How many owners have at least so many turns waiting, less one: how many starts a round of all owners has. */
    private int[] rounds = new int[16];

    /** Those that were run and have not begun yet, in their order. */
    private final Set<Turn> granted = new LinkedHashSet<>();

    /** When the last were run: as many as a tenth of a second may see. */
    private final long[] lastGrants;

    private long grants;

    /** When the last ones began: as many as a second may see. The oldest is overwritten by the next. */
    private final long[] startedAt;

    private long started;
    private boolean ticking;
    private long tickAt;

    StartLimiter(int perSecond, ScheduledExecutorService timer, LongSupplier nanos) {
        this.timer = timer;
        this.nanos = nanos;
        this.startedAt = new long[perSecond];
        this.tenth = (perSecond + 9) / 10;
        this.lastGrants = new long[tenth];
    }

    /**
     * Runs the start when its turn comes, at once or on the timer's thread; it returns soon.
     *
     * @param retry whether the same failed before, so that others go first
     */
    Turn turn(String owner, boolean retry, Runnable start) {
        return turn(owner, retry, start, false);
    }

    /** The same for a start that is only the way to what counts: whoever was started says when it {@link Turn#begin begins}, or cancels. */
    Turn turnToBegin(String owner, boolean retry, Runnable start) {
        return turn(owner, retry, start, true);
    }

    private Turn turn(String owner, boolean retry, Runnable start, boolean tells) {
        Turn turn;
        synchronized (this) {
            Line line = lines.computeIfAbsent(owner, key -> new Line());
            Queue queue = line.of(retry);
            turn = new Turn(owner, retry, start, tells, queue.numbers++);
            if (line.size() == rounds.length) {
                rounds = Arrays.copyOf(rounds, 2 * rounds.length);
            }
            rounds[line.size()]++;
            queue.turns.add(turn);
        }
        grant();
        return turn;
    }

    private void grant() {
        for (Turn next = next(); next != null; next = next()) {
            next.start.run();
        }
    }

    private synchronized @Nullable Turn next() {
        if (lines.isEmpty()) {
            return null;
        }
        long now = nanos.getAsLong();
        while (!granted.isEmpty() && now - granted.iterator().next().grantedAt >= FORGOTTEN) {
            begunAt(granted.iterator().next(), now);
        }
        // Who was let go and has not begun yet may do so at any moment, and counts as if it were now.
        int free = startedAt.length - granted.size();
        long wait = Math.max(
                grants < tenth ? 0 : lastGrants[(int) (grants % tenth)] + TENTH - now,
                free <= 0 ? FORGOTTEN : since(free, now));
        if (wait > 0) {
            if (!ticking || tickAt - (now + wait) > 0) {
                ticking = true;
                tickAt = now + wait;
                timer.schedule(this::tick, wait, TimeUnit.NANOSECONDS);
            }
            return null;
        }
        lastGrants[(int) (grants++ % tenth)] = now;
        Map.Entry<String, Line> first = lines.entrySet().iterator().next();
        Turn turn = first.getValue().first();
        remove(turn);
        turn.grantedAt = now;
        granted.add(turn);
        if (!turn.tells) {
            begunAt(turn, now);
        }
        // The owner goes to the end.
        Line line = lines.remove(first.getKey());
        if (line != null) {
            lines.put(turn.owner, line);
        }
        return turn;
    }

    /** How long until the start that was so many ago is a second ago; nothing if there were not so many. */
    private long since(int ago, long now) {
        return started < ago ? 0 : startedAt[(int) ((started - ago) % startedAt.length)] + SECOND - now;
    }

    private void begun(Turn turn) {
        synchronized (this) {
            if (!begunAt(turn, nanos.getAsLong())) {
                return;
            }
        }
        grant();
    }

    private boolean begunAt(Turn turn, long now) {
        if (!granted.remove(turn)) {
            return false;
        }
        startedAt[(int) (started++ % startedAt.length)] = now;
        return true;
    }

    private void given(Turn turn) {
        boolean freed;
        synchronized (this) {
            remove(turn);
            freed = granted.remove(turn);
        }
        if (freed) {
            grant();
        }
    }

    private void tick() {
        synchronized (this) {
            ticking = false;
        }
        grant();
    }

    private synchronized void remove(Turn turn) {
        Line line = lines.get(turn.owner);
        if (line == null || !line.of(turn.retry).turns.remove(turn)) {
            return;
        }
        rounds[line.size()]--;
        if (line.size() == 0) {
            lines.remove(turn.owner);
        }
    }

    private synchronized OptionalInt positionOf(Turn turn) {
        Line line = lines.get(turn.owner);
        if (line == null || !line.of(turn.retry).turns.contains(turn)) {
            return OptionalInt.empty();
        }
        int ahead = line.of(turn.retry).ahead(turn) + (turn.retry ? line.fresh.turns.size() : 0);
        int position = 0;
        for (int round = 0; round <= ahead; round++) {
            position += rounds[round];
        }
        return OptionalInt.of(position);
    }
}
