package io.github.mqttmanager.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it: clock, monotonic nanoseconds, timer and threads in one. What is due runs on the thread
 * that moves the time, in the order of its time and then of its coming. Not thread-safe. What a task throws reaches the test.
 */
public class ManualTime extends AbstractExecutorService
        implements ScheduledExecutorService, InstantSource, LongSupplier {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>(
            Comparator.<Task<?>>comparingLong(task -> task.at).thenComparingLong(task -> task.number));
    // Not zero: whoever takes a reading of the clock for a span is found out.
    private long now = 1_000_000_000_000L;
    private final long start = now;
    private long numbers;
    private boolean shutdown;

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long number = numbers++;
        private final long period;
        private long at;

        Task(Callable<V> work, long at, long period) {
            super(work);
            this.at = at;
            this.period = period;
        }

        @Override
        public void run() {
            if (period > 0) {
                if (runAndReset()) {
                    at = now + period;
                    tasks.add(this);
                }
            } else {
                super.run();
            }
        }

        @Override
        protected void setException(Throwable failure) {
            super.setException(failure);
            throw new AssertionError("a task threw", failure);
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            tasks.remove(this);
            return cancelled;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    /** Moves the time, and runs what becomes due on the way, each task at its own time. */
    public void advance(Duration by) {
        long target = now + by.toNanos();
        for (Task<?> next = tasks.peek(); next != null && next.at <= target; next = tasks.peek()) {
            tasks.remove();
            now = Math.max(now, next.at);
            next.run();
        }
        now = target;
    }

    /** Runs what is due now. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** How long until the next task is due, or null if there is none. */
    public @Nullable Duration untilNext() {
        Task<?> next = tasks.peek();
        return next == null ? null : Duration.ofNanos(Math.max(0, next.at - now));
    }

    /** How many tasks wait. */
    public int scheduled() {
        return tasks.size();
    }

    @Override
    public Instant instant() {
        return START.plusNanos(now - start);
    }

    /** The monotonic time. */
    @Override
    public long getAsLong() {
        return now;
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return add(() -> run(task), delay, 0, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return add(task, delay, 0, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(task, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return add(() -> run(task), initialDelay, unit.toNanos(delay), unit);
    }

    private static @Nullable Object run(Runnable task) {
        task.run();
        return null;
    }

    private <V> Task<V> add(Callable<V> work, long delay, long period, TimeUnit unit) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        Task<V> task = new Task<>(work, now + Math.max(0, unit.toNanos(delay)), period);
        tasks.add(task);
        return task;
    }

    @Override
    public void shutdown() {
        shutdown = true;
        tasks.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> waiting = new ArrayList<>((Collection<? extends Runnable>) tasks);
        shutdown();
        return waiting;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }
}
