package io.github.mqttmanager.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up on threads that a name server may keep waiting for minutes, and that nothing can call back. So a name has a standing:
 * those that were answered quickly the last time come first, those nobody knows yet after them, and those that kept a thread waiting get
 * a few threads of their own. A look-up that takes long makes room for another, as long as not too many do. Those who ask for the same
 * name share one look-up; its answer is not remembered, so every attempt sees the present one.
 */
final class AddressResolver {
    /**
     * @param quick how many look-ups may run that have not taken long yet
     * @param unproven how many names may be looked up at once that were never answered before
     * @param suspects how many names may be looked up at once that kept a thread waiting the last time
     * @param threads how many look-ups may run at all
     */
    record Bounds(int quick, int unproven, int suspects, int threads) {
        /** Four threads while all is well; the many only while as many names hang for the first time. */
        static final Bounds DEFAULT = new Bounds(4, 48, 4, 64);
    }

    private enum Standing {
        PROVEN,
        UNPROVEN,
        SUSPECT
    }

    /** After that a look-up makes room for another. */
    private static final Duration QUICK = Duration.ofMillis(50);

    /** What takes longer is suspect. */
    private static final Duration SUSPICIOUS = Duration.ofSeconds(1);

    private static final int MAX_WAITING = 20_000;
    private static final int MAX_REMEMBERED = 20_000;

    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    /** What the Java runtime parses, or refuses, without asking anybody. */
    private static final Pattern LITERAL = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}|.*:.*");

    /**
     * No name ends in a number. What is left of them are addresses in notations that are read in several ways: 0177.0.0.1 is
     * 127.0.0.1 to some and 177.0.0.1 to others.
     */
    private static final Pattern AMBIGUOUS = Pattern.compile("(?:.*\\.)?(?:\\d+|0[xX]\\p{XDigit}*)\\.?");

    private final class Query {
        final String host;
        final Standing standing;
        final CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        long beganAt;
        boolean quick;

        /** Ends the time in which it counts as quick. */
        @Nullable
        ScheduledFuture<?> overrun;

        Query(String host, Standing standing) {
            this.host = host;
            this.standing = standing;
        }

        void run() {
            List<InetAddress> found = null;
            Throwable failure = null;
            try {
                found = List.copyOf(resolver.addresses(host));
                if (found.isEmpty()) {
                    failure = new UnknownHostException(host);
                }
            } catch (Throwable e) {
                failure = e instanceof UnknownHostException ? e : new UnknownHostException(host);
            }
            settle(this);
            begin();
            if (failure == null) {
                answer.complete(found);
            } else {
                answer.completeExceptionally(failure);
            }
        }
    }

    private final HostResolver resolver;
    private final Executor threads;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final Duration timeout;
    private final Bounds bounds;

    // guarded by this
    private final Map<String, Query> queries = new HashMap<>();
    private final Map<Standing, Queue<Query>> waiting = new EnumMap<>(Standing.class);
    private final Map<Standing, Integer> running = new EnumMap<>(Standing.class);
    private int quick;

    /** How the names that were looked up lately behaved; the others are unproven. */
    private final Map<String, Standing> standings = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Standing> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** @param threads begins each task at once; never has more to run than the bounds allow */
    AddressResolver(
            HostResolver resolver,
            Executor threads,
            ScheduledExecutorService timer,
            LongSupplier nanos,
            Duration timeout,
            Bounds bounds) {
        this.resolver = resolver;
        this.threads = threads;
        this.timer = timer;
        this.nanos = nanos;
        this.timeout = timeout;
        this.bounds = bounds;
        for (Standing standing : Standing.values()) {
            waiting.put(standing, new ArrayDeque<>());
            running.put(standing, 0);
        }
    }

    /** Fails with {@link UnknownHostException} or {@link TimeoutException}. A literal address is answered at once. */
    CompletableFuture<List<InetAddress>> resolve(String host) {
        if (LITERAL.matcher(host).matches()) {
            try {
                return CompletableFuture.completedFuture(List.of(InetAddress.getByName(host)));
            } catch (UnknownHostException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        if (AMBIGUOUS.matcher(host).matches()) {
            return CompletableFuture.failedFuture(new UnknownHostException(host));
        }
        CompletableFuture<List<InetAddress>> asked;
        synchronized (this) {
            Query query = queries.get(host);
            if (query == null) {
                if (queries.size() >= MAX_WAITING) {
                    return CompletableFuture.failedFuture(new TimeoutException("too many names are being looked up"));
                }
                query = new Query(host, standings.getOrDefault(host, Standing.UNPROVEN));
                queries.put(host, query);
                waiting.get(query.standing).add(query);
            }
            asked = query.answer;
        }
        begin();
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

    /** Begins what may begin now. */
    private void begin() {
        for (Query next = next(); next != null; next = next()) {
            Query query = next;
            try {
                query.overrun = timer.schedule(() -> overran(query), QUICK.toMillis(), TimeUnit.MILLISECONDS);
                threads.execute(query::run);
            } catch (RejectedExecutionException e) {
                settle(query);
                query.answer.completeExceptionally(new TimeoutException("nothing is looked up any more"));
            }
        }
    }

    private synchronized @Nullable Query next() {
        if (running.values().stream().mapToInt(Integer::intValue).sum() >= bounds.threads()) {
            return null;
        }
        if (quick < bounds.quick()) {
            if (!waiting.get(Standing.PROVEN).isEmpty()) {
                return taken(Standing.PROVEN);
            }
            if (running.get(Standing.UNPROVEN) < bounds.unproven()
                    && !waiting.get(Standing.UNPROVEN).isEmpty()) {
                return taken(Standing.UNPROVEN);
            }
        }
        if (running.get(Standing.SUSPECT) < bounds.suspects()
                && !waiting.get(Standing.SUSPECT).isEmpty()) {
            return taken(Standing.SUSPECT);
        }
        return null;
    }

    private Query taken(Standing standing) {
        Query query = waiting.get(standing).remove();
        running.merge(standing, 1, Integer::sum);
        query.beganAt = nanos.getAsLong();
        if (standing != Standing.SUSPECT) {
            query.quick = true;
            quick++;
        }
        return query;
    }

    private void overran(Query query) {
        synchronized (this) {
            notQuick(query);
        }
        begin();
    }

    private void notQuick(Query query) {
        if (query.quick) {
            query.quick = false;
            quick--;
        }
    }

    private synchronized void settle(Query query) {
        queries.remove(query.host);
        running.merge(query.standing, -1, Integer::sum);
        notQuick(query);
        if (query.overrun != null) {
            query.overrun.cancel(false);
        }
        boolean suspicious = nanos.getAsLong() - query.beganAt >= SUSPICIOUS.toNanos();
        standings.put(query.host, suspicious ? Standing.SUSPECT : Standing.PROVEN);
    }
}
