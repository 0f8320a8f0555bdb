package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.topic.QoS;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the host's handler: one message of a device after the other, devices in parallel on a bounded number of threads. A message that
 * fails holds up its own device only. This class is thread-safe.
 */
final class DeviceLanes {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLanes.class);

    private final HandlerSettings settings;
    private final Executor threads;
    private final ScheduledExecutorService timer;
    private final ConcurrentMap<DeviceId, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    DeviceLanes(HandlerSettings settings, Executor threads, ScheduledExecutorService timer) {
        this.settings = settings;
        this.threads = threads;
        this.timer = timer;
    }

    /** What becomes of a message. */
    interface Outcome {
        void handled();

        void dropped();
    }

    private record Job(Device device, InboundPublish publish, Outcome outcome) {}

    private static final class Lane {
        // guarded by this
        final Queue<Job> jobs = new ArrayDeque<>();
        boolean busy;
        boolean gone;
    }

    /** Puts the message at the end of its device's lane; does not block. */
    void add(Device device, InboundPublish publish, Outcome outcome) {
        if (publish.qos() == QoS.AT_MOST_ONCE && waiting.get() >= settings.maxWaiting()) {
            outcome.dropped();
            return;
        }
        waiting.incrementAndGet();
        Job job = new Job(device, publish, outcome);
        while (true) {
            Lane lane = lanes.computeIfAbsent(device.id(), id -> new Lane());
            synchronized (lane) {
                if (lane.gone) {
                    continue;
                }
                lane.jobs.add(job);
                if (lane.busy) {
                    return;
                }
                lane.busy = true;
            }
            next(device.id(), lane);
            return;
        }
    }

    /** Begins the lane's next message, or takes the empty lane away. */
    private void next(DeviceId id, Lane lane) {
        Job job;
        synchronized (lane) {
            job = lane.jobs.poll();
            if (job == null) {
                lane.busy = false;
                lane.gone = true;
                lanes.remove(id, lane);
                return;
            }
        }
        run(() -> attempt(lane, job, 1));
    }

    private void run(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            // closed: what is not handled is not acknowledged, and comes again
        }
    }

    private void attempt(Lane lane, Job job, int attempt) {
        if (closed) {
            return;
        }
        CompletionStage<?> stage;
        var watch = timer.schedule(
                () -> LOG.warn(
                        "[{}] the handler of device {} has not returned after {}; its messages wait",
                        job.publish().broker(),
                        job.device().id(),
                        settings.deadline()),
                settings.deadline().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            stage = settings.handler().handle(job.device(), job.publish());
        } catch (Throwable e) {
            stage = CompletableFuture.failedFuture(e);
        }
        if (stage == null) {
            stage = CompletableFuture.completedFuture(null);
        }
        try {
            stage.whenComplete((ignored, failure) -> {
                watch.cancel(false);
                ended(lane, job, attempt, failure);
            });
        } catch (Throwable e) {
            watch.cancel(false);
            ended(lane, job, attempt, e);
        }
    }

    private void ended(Lane lane, Job job, int attempt, @Nullable Throwable failure) {
        if (failure == null) {
            finish(lane, job);
            return;
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.warn(
                "[{}] the handler failed on a message of device {} (attempt {})",
                job.publish().broker(),
                job.device().id(),
                attempt,
                cause);
        DeadLetterHandler deadLetters = settings.deadLetters();
        if (deadLetters != null && attempt >= settings.attempts()) {
            run(() -> {
                try {
                    deadLetters.handle(job.device(), job.publish(), attempt, cause);
                } catch (Throwable e) {
                    LOG.error(
                            "[{}] the dead-letter handler failed on a message of device {}",
                            job.publish().broker(),
                            job.device().id(),
                            e);
                    retry(lane, job, attempt);
                    return;
                }
                finish(lane, job);
            });
        } else {
            retry(lane, job, attempt);
        }
    }

    private void retry(Lane lane, Job job, int attempt) {
        Duration delay = settings.firstRetry().multipliedBy(1L << Math.min(attempt - 1, 20));
        if (delay.compareTo(settings.maxRetry()) > 0) {
            delay = settings.maxRetry();
        }
        try {
            timer.schedule(() -> run(() -> attempt(lane, job, attempt + 1)), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    private void finish(Lane lane, Job job) {
        waiting.decrementAndGet();
        try {
            job.outcome().handled();
        } finally {
            next(job.device().id(), lane);
        }
    }

    /** Nothing new begins. What runs may still end, and is acknowledged if its link still stands. */
    void close() {
        closed = true;
    }

    /** How many messages are not handled yet. */
    int waiting() {
        return waiting.get();
    }
}
