package io.github.mqttmanager.connection;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives out turns to begin an attempt: so many per second, however many want one, and to the owners in turn, so that one with
 * thousands of brokers does not keep another waiting.
 */
final class StartLimiter {
    private static final Duration TICK = Duration.ofMillis(10);

    private final int perSecond;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;

    // guarded by this
    private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();
    private double permits;
    private long refilledAt;
    private boolean ticking;

    StartLimiter(int perSecond, ScheduledExecutorService timer, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.timer = timer;
        this.nanos = nanos;
        this.permits = burst();
        this.refilledAt = nanos.getAsLong();
    }

    /** Runs the start when its turn comes, at once or on the timer's thread; it returns soon. */
    void turn(String owner, Runnable start) {
        synchronized (this) {
            waiting.computeIfAbsent(owner, key -> new ArrayDeque<>()).add(start);
        }
        grant();
    }

    private void grant() {
        while (true) {
            Runnable next;
            synchronized (this) {
                refill();
                if (waiting.isEmpty() || permits < 1) {
                    if (!waiting.isEmpty() && !ticking) {
                        ticking = true;
                        timer.schedule(this::tick, TICK.toMillis(), TimeUnit.MILLISECONDS);
                    }
                    return;
                }
                permits--;
                Map.Entry<String, Queue<Runnable>> first =
                        waiting.entrySet().iterator().next();
                Queue<Runnable> queue = first.getValue();
                waiting.remove(first.getKey());
                next = queue.remove();
                if (!queue.isEmpty()) {
                    waiting.put(first.getKey(), queue);
                }
            }
            next.run();
        }
    }

    private void tick() {
        synchronized (this) {
            ticking = false;
        }
        grant();
    }

    private void refill() {
        long now = nanos.getAsLong();
        permits = Math.min(burst(), permits + (now - refilledAt) / 1e9 * perSecond);
        refilledAt = now;
    }

    /** What a moment may take at most, so that no second sees more than the limit and a tenth. */
    private double burst() {
        return Math.max(1, perSecond / 10.0);
    }
}
