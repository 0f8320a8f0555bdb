package io.github.mqttmanager.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks names up on threads of its own, for a name server can keep a thread waiting for minutes. Those who ask for the same name share
 * one look-up; nothing is remembered beyond it, so every attempt sees the present answer.
 */
final class AddressResolver {
    /** Looks a name up; may block. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final Lookup lookup;
    private final ExecutorService threads;
    private final ScheduledExecutorService timer;
    private final Duration timeout;
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();

    AddressResolver(Lookup lookup, ExecutorService threads, ScheduledExecutorService timer, Duration timeout) {
        this.lookup = lookup;
        this.threads = threads;
        this.timer = timer;
        this.timeout = timeout;
    }

    /** Fails with {@link UnknownHostException} or {@link TimeoutException}. */
    CompletableFuture<List<InetAddress>> resolve(String host) {
        CompletableFuture<List<InetAddress>> asked = running.computeIfAbsent(host, this::start);
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        ScheduledFuture<?> limit = timer.schedule(
                () -> answer.completeExceptionally(new TimeoutException("name server did not answer for " + host)),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        asked.whenComplete((addresses, failure) -> {
            limit.cancel(false);
            if (failure == null) {
                answer.complete(addresses);
            } else {
                answer.completeExceptionally(Failures.unwrap(failure));
            }
        });
        return answer;
    }

    private CompletableFuture<List<InetAddress>> start(String host) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    InetAddress[] found = lookup.addresses(host);
                    running.remove(host, answer);
                    answer.complete(Arrays.asList(found));
                } catch (Throwable e) {
                    running.remove(host, answer);
                    answer.completeExceptionally(
                            e instanceof UnknownHostException ? e : new UnknownHostException(host));
                }
            });
        } catch (RejectedExecutionException e) {
            // Not remembered: computeIfAbsent would keep what is complete already.
            CompletableFuture.runAsync(() -> running.remove(host, answer), timer);
            answer.completeExceptionally(new TimeoutException("too many names are being looked up"));
        }
        return answer;
    }
}
