package io.github.mqttmanager.publish;

import io.github.mqttmanager.broker.BrokerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Keeps entries until the process ends: for tests, and for hosts without a database. Nothing in it is durable, and it knows no
 * transactions: an entry is there at once. This class is thread-safe.
 */
public final class InMemoryOutbox implements Outbox {
    private final Map<BrokerId, NavigableMap<Long, OutboxEntry>> entries = new HashMap<>();
    private long lastId;

    @Override
    public synchronized OutboxEntry add(OutboxEntry entry) {
        if (entry.id() != 0) {
            throw new IllegalArgumentException("entry " + entry.id() + " is in an outbox already");
        }
        OutboxEntry added = entry.withId(++lastId);
        entries.computeIfAbsent(entry.broker(), broker -> new TreeMap<>()).put(added.id(), added);
        return added;
    }

    @Override
    public synchronized List<OutboxEntry> next(BrokerId broker, int limit, long bytes) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        List<OutboxEntry> found = new ArrayList<>();
        long total = 0;
        for (OutboxEntry entry : entries.getOrDefault(Objects.requireNonNull(broker), new TreeMap<>())
                .values()) {
            if (found.size() == limit || total > bytes) {
                break;
            }
            found.add(entry);
            total += entry.payloadBytes();
        }
        return found;
    }

    @Override
    public synchronized void remove(Collection<Long> ids) {
        Objects.requireNonNull(ids);
        entries.values().removeIf(of -> {
            ids.forEach(of::remove);
            return of.isEmpty();
        });
    }

    @Override
    public synchronized Map<BrokerId, OutboxDepth> depths() {
        Map<BrokerId, OutboxDepth> depths = new HashMap<>();
        entries.forEach((broker, of) -> depths.put(
                broker, new OutboxDepth(of.size(), of.firstEntry().getValue().createdAt())));
        return depths;
    }

    @Override
    public synchronized long moveToBroker(BrokerId from, BrokerId to) {
        Objects.requireNonNull(to);
        NavigableMap<Long, OutboxEntry> all = entries.getOrDefault(Objects.requireNonNull(from), new TreeMap<>());
        List<OutboxEntry> moved = all.values().stream()
                .filter(entry -> entry.orderingKey() != null)
                .toList();
        remove(moved.stream().map(OutboxEntry::id).toList());
        for (OutboxEntry entry : moved) {
            entries.computeIfAbsent(to, broker -> new TreeMap<>()).put(entry.id(), entry.withBroker(to));
        }
        return moved.size();
    }

    @Override
    public synchronized long deleteOfBroker(BrokerId broker) {
        NavigableMap<Long, OutboxEntry> deleted = entries.remove(Objects.requireNonNull(broker));
        return deleted == null ? 0 : deleted.size();
    }
}
