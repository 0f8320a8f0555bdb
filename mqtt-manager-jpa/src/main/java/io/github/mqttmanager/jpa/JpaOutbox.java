package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbox in the table {@code mqtt_manager_outbox}: an entry is sent if and only if the transaction that added it commits. Payloads
 * are stored as they are, not encrypted.
 *
 * <p>Rows are written when the host's persistence context is flushed, together if the provider batches ({@code
 * hibernate.jdbc.batch_size}); whoever clears the context flushes it first, or loses what was added. This class is thread-safe.
 */
public final class JpaOutbox implements Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(JpaOutbox.class);
    private static final String SEQUENCE = "mqtt_manager_outbox_seq";
    /** As the sequence counts. */
    private static final int BLOCK = 50;

    private static final int LARGEST_ON_H2 = 1_048_576;
    private static final int FETCHED_AT_ONCE = 200;

    private final JpaSession session;
    /**
     * The ids that a transaction may use, by its persistence context. They are never used by a later one: so who adds after a commit,
     * in whichever process, has the higher id.
     */
    private final Map<Object, Block> blocks = Collections.synchronizedMap(new WeakHashMap<>());

    private final Set<Long> unreadable = ConcurrentHashMap.newKeySet();

    public JpaOutbox(JpaSession session) {
        this.session = session;
    }

    /** Used by one transaction, so by one thread. */
    private static final class Block {
        private long next;
        private long end;

        long next(EntityManager manager) {
            if (next == end) {
                next = Database.next(manager, SEQUENCE, BLOCK);
                end = next + BLOCK;
            }
            return next++;
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the entry was added already, or is larger than the database takes: payloads of more than
     *     1 MiB on H2
     */
    @Override
    public OutboxEntry add(OutboxEntry entry) {
        if (entry.id() != 0) {
            throw new IllegalArgumentException("entry " + entry.id() + " is in an outbox already");
        }
        return session.inTransaction(manager -> {
            if (entry.payloadBytes() > LARGEST_ON_H2 && Database.of(manager) == Database.H2) {
                throw new IllegalArgumentException(
                        "a payload of " + entry.payloadBytes() + " bytes is larger than H2 takes: " + LARGEST_ON_H2);
            }
            OutboxEntry added = entry.withId(block(manager).next(manager));
            MqttManagerOutboxEntry row = OutboxRows.write(added);
            if (row.userProperties != null && row.userProperties.length() > MqttManagerBroker.LONG) {
                throw new IllegalArgumentException("the user properties are too long to be stored");
            }
            manager.persist(row);
            return added;
        });
    }

    private Block block(EntityManager manager) {
        Object context = manager.getDelegate();
        Block known = blocks.get(context);
        if (known != null) {
            return known;
        }
        Block made = new Block();
        blocks.put(context, made);
        session.afterCommit(() -> blocks.remove(context));
        return made;
    }

    @Override
    public List<OutboxEntry> next(BrokerId broker, int limit, long bytes) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        return session.inTransaction(manager -> {
            List<OutboxEntry> found = new ArrayList<>();
            long total = 0;
            try (Stream<Object[]> rows = manager.createQuery(
                            "select " + OutboxRows.COLUMNS
                                    + " from MqttManagerOutboxEntry e where e.brokerId = :broker order by e.id",
                            Object[].class)
                    .setParameter("broker", broker.value())
                    .setMaxResults(limit)
                    .setHint("org.hibernate.fetchSize", Math.min(limit, FETCHED_AT_ONCE))
                    .getResultStream()) {
                for (Iterator<Object[]> all = rows.iterator(); total <= bytes && all.hasNext(); ) {
                    Object[] row = all.next();
                    try {
                        OutboxEntry entry = OutboxRows.read(row);
                        found.add(entry);
                        total += entry.payloadBytes();
                    } catch (RuntimeException e) {
                        if (unreadable.add((Long) row[0])) {
                            LOG.error("[{}] entry {} of the outbox is damaged and passed over", broker, row[0], e);
                        }
                    }
                }
            }
            return found;
        });
    }

    @Override
    public void remove(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return;
        }
        session.inTransaction(manager -> {
            // ordered, so that two who do this cannot wait for each other
            for (List<Long> chunk : Chunks.of(ids.stream().sorted().toList())) {
                if (Database.of(manager) == Database.MYSQL) {
                    removeEach(manager, chunk);
                } else {
                    manager.createQuery("delete from MqttManagerOutboxEntry e where e.id in :ids")
                            .setParameter("ids", chunk)
                            .executeUpdate();
                }
            }
            return true;
        });
    }

    /** For a list of ids InnoDB may read a short table from end to end, and wait for rows that others have added and not yet committed. */
    private static void removeEach(EntityManager manager, List<Long> ids) {
        manager.flush();
        manager.<Connection>runWithConnection(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("delete from mqtt_manager_outbox where id = ?")) {
                for (Long id : ids) {
                    statement.setLong(1, id);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        });
    }

    @Override
    public Map<BrokerId, OutboxDepth> depths() {
        return session.inTransaction(manager -> {
            Map<Long, Object[]> first = new HashMap<>();
            manager.createQuery(
                            "select e.brokerId, count(e.id), min(e.id) from MqttManagerOutboxEntry e group by e.brokerId",
                            Object[].class)
                    .getResultList()
                    .forEach(row -> first.put((Long) row[2], row));
            Map<BrokerId, OutboxDepth> depths = new HashMap<>();
            // One that is gone meanwhile was its broker's last, or the next call tells of the one behind it.
            for (List<Long> chunk : Chunks.of(first.keySet())) {
                manager.createQuery(
                                "select e.id, e.createdAt from MqttManagerOutboxEntry e where e.id in :ids",
                                Object[].class)
                        .setParameter("ids", chunk)
                        .getResultList()
                        .forEach(row -> {
                            Object[] of = Objects.requireNonNull(first.remove((Long) row[0]));
                            depths.put(BrokerId.of((String) of[0]), new OutboxDepth((Long) of[1], (Instant) row[1]));
                        });
            }
            return depths;
        });
    }

    @Override
    public long moveToBroker(BrokerId from, BrokerId to) {
        return session.inTransaction(manager -> (long) manager.createQuery("update MqttManagerOutboxEntry e"
                        + " set e.brokerId = :to where e.brokerId = :from and e.orderingKey is not null")
                .setParameter("to", to.value())
                .setParameter("from", from.value())
                .executeUpdate());
    }

    @Override
    public long deleteOfBroker(BrokerId broker) {
        return session.inTransaction(
                manager -> (long) manager.createQuery("delete from MqttManagerOutboxEntry e where e.brokerId = :broker")
                        .setParameter("broker", broker.value())
                        .executeUpdate());
    }
}
