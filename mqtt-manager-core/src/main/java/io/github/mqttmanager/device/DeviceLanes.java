package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the host's handler: one message of a device after the other, devices in parallel on a bounded number of threads. A message that
 * fails or hangs holds up its own device only. This class is thread-safe.
 */
final class DeviceLanes {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceLanes.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final HandlerSettings settings;
    private final Executor threads;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final FailureLog failures;
    private final @Nullable HandledMessages handled;
    private final ConcurrentMap<DeviceId, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Calls of handlers that have not ended. */
    private final AtomicInteger running = new AtomicInteger();

    /** Whether somebody looks for handlers that take too long. */
    private final AtomicBoolean looking = new AtomicBoolean();

    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile boolean abandoned;

    DeviceLanes(HandlerSettings settings, Executor threads, ScheduledExecutorService timer, LongSupplier nanos) {
        this.settings = settings;
        this.threads = threads;
        this.timer = timer;
        this.nanos = nanos;
        this.failures = new FailureLog(nanos);
        this.handled = settings.deduplication() == null ? null : new HandledMessages(settings.deduplication(), nanos);
    }

    /** What becomes of a message. Returns at once. */
    interface Outcome {
        void handled();

        void duplicate();

        void failing(Throwable failure);

        void overdue(boolean is);
    }

    /** A message in its lane; compared by identity. */
    private static final class Job {
        final Device device;
        final InboundPublish publish;
        final Outcome outcome;
        int attempts;

        Job(Device device, InboundPublish publish, Outcome outcome) {
            this.device = device;
            this.publish = publish;
            this.outcome = outcome;
        }
    }

    private static final class Lane {
        final DeviceId id;

        /** What no handler has begun with; guarded by this, as is the rest. */
        final Set<Job> jobs = new LinkedHashSet<>();

        boolean busy;
        boolean gone;

        /** What runs, for those who look whether it takes too long. */
        volatile @Nullable Call call;

        Lane(DeviceId id) {
            this.id = id;
        }

        /** @return whether nothing waits, so that the lane is over */
        synchronized boolean endIfEmpty() {
            gone = jobs.isEmpty();
            busy = !gone;
            return gone;
        }

        synchronized @Nullable Job poll() {
            Iterator<Job> first = jobs.iterator();
            if (!first.hasNext()) {
                busy = false;
                gone = true;
                return null;
            }
            Job job = first.next();
            first.remove();
            return job;
        }
    }

    /** One call of a handler; set once it has ended, however often its stage says so. */
    private static final class Call extends AtomicBoolean {
        private static final long serialVersionUID = 1L;

        final transient Lane lane;
        final transient Job job;
        final long begunAt;

        /** Whether this was reported; guarded by this. */
        boolean overdue;

        Call(Lane lane, Job job, long begunAt) {
            this.lane = lane;
            this.job = job;
            this.begunAt = begunAt;
        }
    }

    /** A message that was added and may be taken back. */
    interface Added {
        /** Forgets the message unless a handler has begun with it. @return whether it was forgotten */
        boolean withdraw();
    }

    /** Puts the message at the end of its device's lane; does not block. */
    Added add(Device device, InboundPublish publish, Outcome outcome) {
        waiting.incrementAndGet();
        Job job = new Job(device, publish, outcome);
        while (true) {
            Lane lane = lanes.computeIfAbsent(device.id(), Lane::new);
            boolean begin;
            synchronized (lane) {
                if (lane.gone) {
                    continue;
                }
                lane.jobs.add(job);
                begin = !lane.busy;
                lane.busy = true;
            }
            if (begin) {
                run(() -> next(lane));
            }
            return () -> withdraw(lane, job);
        }
    }

    private boolean withdraw(Lane lane, Job job) {
        boolean waited;
        synchronized (lane) {
            waited = lane.jobs.remove(job);
        }
        if (waited) {
            waiting.decrementAndGet();
        }
        return waited;
    }

    /** On a handler's thread: begins the lane's next message, or takes the empty lane away. */
    private void next(Lane lane) {
        if (closed) {
            return;
        }
        Job job = lane.poll();
        if (job == null) {
            lanes.remove(lane.id, lane);
        } else {
            attempt(lane, job);
        }
    }

    private void run(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            // closed: what is not handled is not acknowledged, and comes again
        }
    }

    private boolean begins() {
        running.incrementAndGet();
        if (closed) {
            ends();
            return false;
        }
        return true;
    }

    private void ends() {
        if (running.decrementAndGet() == 0 && closed) {
            idle.complete(null);
        }
    }

    private void attempt(Lane lane, Job job) {
        if (!begins()) {
            return;
        }
        job.attempts++;
        Call call = called(lane, job);
        String id = null;
        CompletionStage<?> stage;
        try {
            id = handled == null ? null : handled.id(job.publish);
            if (id != null && handled != null && handled.contains(job.device.id(), id)) {
                ended(call, () -> finish(lane, job, job.outcome::duplicate));
                return;
            }
            stage = settings.handler().handle(job.device, job.publish);
        } catch (Throwable e) {
            ended(call, () -> failed(lane, job, e));
            return;
        }
        if (stage == null) {
            ended(call, succeeded(lane, job, id));
            return;
        }
        Runnable success = succeeded(lane, job, id);
        try {
            stage.whenComplete(
                    (ignored, failure) -> ended(call, failure == null ? success : () -> failed(lane, job, failure)));
        } catch (Throwable e) {
            // Of a kind that does not keep what stages promise; if it has told us before, that counts.
            ended(call, () -> failed(lane, job, e));
        }
    }

    private Call called(Lane lane, Job job) {
        Call call = new Call(lane, job, nanos.getAsLong());
        lane.call = call;
        lookLater();
        return call;
    }

    private Runnable succeeded(Lane lane, Job job, @Nullable String id) {
        return () -> {
            if (id != null && handled != null) {
                handled.add(job.device.id(), id);
            }
            finish(lane, job, job.outcome::handled);
        };
    }

    /** The call has ended; only the first time counts. */
    private void ended(Call call, Runnable then) {
        if (!call.compareAndSet(false, true)) {
            return;
        }
        try {
            call.lane.call = null;
            synchronized (call) {
                if (call.overdue) {
                    call.job.outcome.overdue(false);
                }
            }
            if (!abandoned) {
                then.run();
            }
        } catch (Throwable e) {
            LOG.error("[{}] a message of device {} could not be ended", call.job.publish.broker(), call.lane.id, e);
        } finally {
            ends();
        }
    }

    private void failed(Lane lane, Job job, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (failures.admits(job.device.id())) {
            LOG.warn(
                    "[{}] the handler failed on a message of device {} (attempt {}); if it fails again within a minute, that is not told",
                    job.publish.broker(),
                    job.device.id(),
                    job.attempts,
                    cause);
        } else {
            LOG.debug(
                    "[{}] the handler failed on a message of device {} (attempt {})",
                    job.publish.broker(),
                    job.device.id(),
                    job.attempts,
                    cause);
        }
        job.outcome.failing(cause);
        DeadLetterHandler deadLetters = settings.deadLetters();
        if (deadLetters != null && job.attempts >= settings.attempts()) {
            run(() -> giveUp(lane, job, deadLetters, cause));
        } else {
            retry(lane, job);
        }
    }

    private void giveUp(Lane lane, Job job, DeadLetterHandler deadLetters, Throwable cause) {
        if (!begins()) {
            return;
        }
        Call call = called(lane, job);
        try {
            deadLetters.handle(job.device, job.publish, job.attempts, cause);
        } catch (Throwable e) {
            ended(call, () -> {
                if (failures.admits(job.device.id())) {
                    LOG.error(
                            "[{}] the dead-letter handler failed on a message of device {}",
                            job.publish.broker(),
                            job.device.id(),
                            e);
                }
                job.outcome.failing(e);
                retry(lane, job);
            });
            return;
        }
        ended(call, () -> finish(lane, job, job.outcome::handled));
    }

    private void retry(Lane lane, Job job) {
        Duration delay = settings.firstRetry().multipliedBy(1L << Math.min(job.attempts - 1, 20));
        if (delay.compareTo(settings.maxRetry()) > 0) {
            delay = settings.maxRetry();
        }
        later(delay, () -> run(() -> attempt(lane, job)));
    }

    private void later(Duration delay, Runnable task) {
        try {
            timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    private void finish(Lane lane, Job job, Runnable outcome) {
        waiting.decrementAndGet();
        try {
            outcome.run();
        } finally {
            if (lane.endIfEmpty()) {
                lanes.remove(lane.id, lane);
            } else {
                run(() -> next(lane));
            }
        }
    }

    // ---- handlers that take too long: one look at all lanes now and then is cheaper than a timer for each message
    // ------------------------

    private void lookLater() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            later(interval(), this::look);
        }
    }

    private Duration interval() {
        return settings.deadline().compareTo(LOOK_EVERY) < 0 ? settings.deadline() : LOOK_EVERY;
    }

    private void look() {
        long now = nanos.getAsLong();
        for (Lane lane : lanes.values()) {
            Call call = lane.call;
            if (call != null && now - call.begunAt >= settings.deadline().toNanos()) {
                report(call);
            }
        }
        looking.set(false);
        if (running.get() > 0) {
            lookLater();
        }
    }

    private void report(Call call) {
        synchronized (call) {
            if (call.overdue || call.get()) {
                return;
            }
            call.overdue = true;
            call.job.outcome.overdue(true);
        }
        if (failures.admits(call.lane.id)) {
            LOG.warn(
                    "[{}] the handler of device {} has not returned after {}; its messages wait",
                    call.job.publish.broker(),
                    call.lane.id,
                    settings.deadline());
        }
    }

    /**
     * Nothing new begins. What runs may still end, and is acknowledged if its link still stands.
     *
     * @return completes when nothing runs
     */
    CompletableFuture<Void> close() {
        closed = true;
        if (running.get() == 0) {
            idle.complete(null);
        }
        return idle;
    }

    /** Whatever still runs and ends, nothing more is acknowledged: a handler that was interrupted may return without having done its work. */
    void abandon() {
        abandoned = true;
    }

    /** How many messages are not handled yet. */
    int waiting() {
        return waiting.get();
    }
}
