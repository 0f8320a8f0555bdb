package io.github.mqttmanager;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** All threads of one manager, however many brokers it has; docs/concurrency.md says who may do what on them. */
final class ManagerThreads {
    final int networkThreads = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("timer"));
    final ExecutorService control = pool("control", 2);
    final ExecutorService events = pool("events", 1);
    final ExecutorService store = pool("store", 1);
    final ExecutorService loading = pool("loading", 1);
    final ExecutorService outbox = pool("outbox", 1);
    /** As many as the resolver asks for, which bounds them. */
    final ExecutorService dns =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), named("dns"));

    /** Runs the handlers: on our own threads, or on those of the host. */
    final Executor handlers;

    private final @Nullable ExecutorService ownHandlers;
    final Executor network;

    /** @param hostHandlers the host's own executor for handlers, or null */
    ManagerThreads(int handlerThreads, @Nullable Executor hostHandlers) {
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        if (hostHandlers == null) {
            handlers = ownHandlers = pool("handler", handlerThreads);
        } else {
            handlers = new HostedHandlers(hostHandlers, handlerThreads, timer);
            ownHandlers = null;
        }
        ThreadFactory factory = named("net");
        network = task -> factory.newThread(task).start();
    }

    private static ExecutorService pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "mqtt-manager-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Tells handlers that still run to end. Those on threads of the host are left to the host. */
    void interruptHandlers() {
        if (ownHandlers != null) {
            ownHandlers.shutdownNow();
        }
    }

    /** After the connections are closed: the event loops have ended by themselves. */
    void shutdown() {
        timer.shutdown();
        control.shutdown();
        store.shutdown();
        loading.shutdown();
        outbox.shutdown();
        dns.shutdownNow();
        interruptHandlers();
        events.shutdown();
    }
}
