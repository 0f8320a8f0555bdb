package io.github.mqttmanager.example.server.web;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts tries by key: each key has a number of tries and regains one after the other in time. Remembers a bounded number of keys,
 * those tried last. This class is thread-safe.
 */
public final class Attempts {
    private static final int MAX_KEYS = 10_000;

    private record Bucket(double tries, long at) {}

    private final int capacity;
    private final double perMilli;
    private final Clock clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_KEYS;
        }
    };

    /** @param refill how long it takes to regain one try */
    public Attempts(int capacity, Duration refill, Clock clock) {
        this.capacity = capacity;
        this.perMilli = 1.0 / Math.max(1, refill.toMillis());
        this.clock = clock;
    }

    /** Takes one try. @return zero if there was one, else how long until there is */
    public synchronized Duration take(String key) {
        double tries = tries(key);
        if (tries < 1) {
            return Duration.ofMillis((long) Math.ceil((1 - tries) / perMilli));
        }
        buckets.put(key, new Bucket(tries - 1, clock.millis()));
        return Duration.ZERO;
    }

    /** Gives one back: it was no guess. */
    public synchronized void giveBack(String key) {
        double tries = tries(key) + 1;
        if (tries >= capacity) {
            buckets.remove(key);
        } else {
            buckets.put(key, new Bucket(tries, clock.millis()));
        }
    }

    /** Forgets all tries of the key. */
    public synchronized void forget(String key) {
        buckets.remove(key);
    }

    synchronized int size() {
        return buckets.size();
    }

    private double tries(String key) {
        Bucket bucket = buckets.get(key);
        return bucket == null
                ? capacity
                : Math.min(capacity, bucket.tries() + Math.max(0, clock.millis() - bucket.at()) * perMilli);
    }
}
