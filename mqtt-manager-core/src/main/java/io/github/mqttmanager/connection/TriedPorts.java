package io.github.mqttmanager.connection;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which ports of an address an owner has tried. A few more are allowed every minute, so that nobody finds out by us which ports of a host
 * are open; to try one again is always allowed, so that thousands of connections to one broker wait for nothing. This class is
 * thread-safe.
 */
final class TriedPorts {
    /** How many ports of one address may be tried at once. */
    static final int AT_ONCE = 32;

    /** How long until one more is allowed. */
    static final Duration ONE_MORE = Duration.ofSeconds(15);

    /** How long after its last attempt a port is known. Until then all that was used up is allowed again. */
    private static final Duration KNOWN = Duration.ofHours(1);

    private static final Duration CLEANING = Duration.ofMinutes(1);

    private record Target(String owner, InetAddress address) {}

    private static final class Ports {
        final Map<Integer, Long> triedAt = new HashMap<>();

        /** Each new port costs its time; what was not used is not saved up. */
        private long paidUntil;

        Ports(long now) {
            this.paidUntil = now;
        }

        boolean mayTry(int port, long now) {
            if (!triedAt.containsKey(port)) {
                long paid = Math.max(paidUntil - now, 0) + ONE_MORE.toNanos();
                if (paid > AT_ONCE * ONE_MORE.toNanos()) {
                    return false;
                }
                paidUntil = now + paid;
            }
            triedAt.put(port, now);
            return true;
        }
    }

    private final LongSupplier nanos;

    // guarded by this
    private final Map<Target, Ports> targets = new HashMap<>();
    private long cleanedAt;

    TriedPorts(LongSupplier nanos) {
        this.nanos = nanos;
        this.cleanedAt = nanos.getAsLong();
    }

    /** Whether the owner may try the port now; if so, it counts as tried. */
    synchronized boolean mayTry(String owner, InetAddress address, int port) {
        long now = nanos.getAsLong();
        if (now - cleanedAt >= CLEANING.toNanos()) {
            cleanedAt = now;
            targets.values().removeIf(ports -> {
                ports.triedAt.values().removeIf(triedAt -> now - triedAt >= KNOWN.toNanos());
                return ports.triedAt.isEmpty();
            });
        }
        return targets.computeIfAbsent(new Target(owner, address), key -> new Ports(now))
                .mayTry(port, now);
    }
}
