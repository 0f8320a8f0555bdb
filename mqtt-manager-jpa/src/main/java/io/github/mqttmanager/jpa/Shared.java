package io.github.mqttmanager.jpa;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values that many rows have in common are made once, and take their space once. This class is thread-safe. */
final class Shared<K, V> {
    private static final int MOST = 20_000;

    private final ConcurrentMap<K, V> values = new ConcurrentHashMap<>();
    private final Function<K, V> maker;

    /** Rows that follow each other often have the same. */
    private volatile Map.@Nullable Entry<K, V> last;

    /** @param maker makes the same of the same; what it throws is thrown, and nothing kept */
    Shared(Function<K, V> maker) {
        this.maker = maker;
    }

    V get(K key) {
        Map.Entry<K, V> before = last;
        if (before != null && before.getKey().equals(key)) {
            return before.getValue();
        }
        V value = find(key);
        last = Map.entry(key, value);
        return value;
    }

    private V find(K key) {
        V known = values.get(key);
        if (known != null) {
            return known;
        }
        V made = maker.apply(key);
        if (values.size() >= MOST) {
            // Where nearly all differ, nothing is gained by keeping them.
            values.clear();
        }
        V other = values.putIfAbsent(key, made);
        return other == null ? made : other;
    }
}
