package io.github.mqttmanager;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs handlers on an executor of the host's: no more than so many at once, the others wait here. What the executor does not take is
 * offered to it again. Thread-safe.
 */
final class HostedHandlers implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(HostedHandlers.class);
    private static final long OFFER_AGAIN_SECONDS = 1;

    private final Executor host;
    private final int most;
    private final ScheduledExecutorService timer;

    // guarded by this
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int workers;
    private boolean refused;
    private boolean warned;

    HostedHandlers(Executor host, int most, ScheduledExecutorService timer) {
        this.host = host;
        this.most = most;
        this.timer = timer;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            waiting.add(task);
            if (workers == most || refused) {
                return;
            }
            workers++;
        }
        begin();
    }

    private void begin() {
        try {
            host.execute(this::work);
        } catch (Throwable e) {
            // Full, shut down, or out of threads.
            boolean first;
            boolean warn;
            synchronized (this) {
                workers--;
                first = !refused;
                refused = true;
                warn = !warned;
                warned = true;
            }
            if (warn) {
                LOG.warn(
                        "The executor for handlers takes nothing; it is asked again every {} s",
                        OFFER_AGAIN_SECONDS,
                        e);
            }
            if (first) {
                offerLater();
            }
        }
    }

    private void offerLater() {
        try {
            timer.schedule(this::offerAgain, OFFER_AGAIN_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // closed: what is not handled is not acknowledged, and comes again
        }
    }

    /** On the timer: as many workers as there is work for. */
    private void offerAgain() {
        int missing;
        synchronized (this) {
            refused = false;
            missing = Math.min(most - workers, waiting.size());
            workers += missing;
        }
        for (int i = 0; i < missing; i++) {
            begin();
        }
    }

    private void work() {
        while (true) {
            Runnable task;
            synchronized (this) {
                warned = false;
                task = waiting.poll();
                if (task == null) {
                    workers--;
                    return;
                }
            }
            try {
                task.run();
            } catch (Throwable e) {
                LOG.error("unexpected", e);
            }
        }
    }
}
