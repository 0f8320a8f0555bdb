package io.github.mqttmanager.jpa;

import io.github.mqttmanager.BrokerInUseException;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.UnreadableDefinitions;
import io.github.mqttmanager.broker.VersionConflictException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broker definitions in the table {@code mqtt_manager_broker}, with passwords and private keys sealed by a {@link SecretCipher}.
 *
 * <p>What cannot be read, for a secret of it cannot be opened or its row was damaged: {@link #find} throws, pages leave the definition out,
 * log it once and list it in {@link #unreadable}, so that one of them does not stop the others. So a definition that is missing from
 * a page is deleted only if {@link #find} says so. Its row stays as it is; {@link #setActive} and {@link #delete} work.
 *
 * <p>Tells of its own changes, after they are committed, and of those of others where a {@link JpaChangeFeed} runs. No row stays in the persistence context, so those of a joined transaction
 * are never stale. This class is thread-safe.
 */
public final class JpaBrokerRepository implements BrokerRepository, RepositoryChanges<BrokerId>, UnreadableDefinitions {
    private static final Logger LOG = LoggerFactory.getLogger(JpaBrokerRepository.class);
    private static final String SEQUENCE = "mqtt_manager_broker_seq";
    private static final int RESEAL_BATCH = 100;

    private final JpaSession session;
    private final Clock clock;
    private final BrokerRows rows;
    private final ChangeListeners<BrokerId> listeners = new ChangeListeners<>();
    private final Map<BrokerId, UnreadableDefinition> unreadable = new ConcurrentHashMap<>();

    public JpaBrokerRepository(JpaSession session, SecretCipher cipher) {
        this(session, cipher, Clock.systemUTC());
    }

    /** @param clock of {@link #timestamps} */
    public JpaBrokerRepository(JpaSession session, SecretCipher cipher, Clock clock) {
        this.session = session;
        this.clock = clock;
        this.rows = new BrokerRows(cipher);
    }

    /** An id that no broker had: the decimal text of the next number of {@code mqtt_manager_broker_seq}. */
    public BrokerId nextId() {
        return BrokerId.of(Long.toString(session.inTransaction(manager -> Database.next(manager, SEQUENCE, 1))));
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnreadableDefinitionException if one of its secrets cannot be decrypted, or its row holds no definition
     */
    @Override
    public Optional<BrokerDefinition> find(BrokerId id) {
        return row(id).map(this::read);
    }

    @Override
    public Optional<BrokerDefinition> findReadablePart(BrokerId id) {
        return row(id).map(row -> reading(row).definition());
    }

    private Optional<MqttManagerBroker> row(BrokerId id) {
        Optional<MqttManagerBroker> row = session.inTransaction(manager -> {
            MqttManagerBroker found = manager.find(MqttManagerBroker.class, id.value());
            if (found != null) {
                manager.detach(found);
            }
            return Optional.ofNullable(found);
        });
        if (row.isEmpty()) {
            unreadable.remove(id);
        }
        return row;
    }

    @Override
    public List<BrokerDefinition> page(@Nullable BrokerId after, int limit) {
        return page(
                after,
                limit,
                manager -> manager.createQuery(
                        "select b from MqttManagerBroker b where b.id > :after order by b.id",
                        MqttManagerBroker.class));
    }

    @Override
    public List<BrokerDefinition> pageOfOwner(String owner, @Nullable BrokerId after, int limit) {
        Objects.requireNonNull(owner);
        return page(
                after,
                limit,
                manager -> manager.createQuery(
                                "select b from MqttManagerBroker b where b.owner = :owner and b.id > :after order by b.id",
                                MqttManagerBroker.class)
                        .setParameter("owner", owner));
    }

    private List<BrokerDefinition> page(
            @Nullable BrokerId after, int limit, Function<EntityManager, TypedQuery<MqttManagerBroker>> query) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        List<BrokerDefinition> page = new ArrayList<>();
        String last = after == null ? "" : after.value();
        while (page.size() < limit) {
            int wanted = limit - page.size();
            List<MqttManagerBroker> found = rowsAfter(last, wanted, query);
            for (MqttManagerBroker row : found) {
                readable(row).ifPresent(page::add);
            }
            if (found.size() < wanted) {
                break;
            }
            last = found.get(found.size() - 1).id;
        }
        return page;
    }

    private List<MqttManagerBroker> rowsAfter(
            String last, int limit, Function<EntityManager, TypedQuery<MqttManagerBroker>> query) {
        return session.inTransaction(manager -> {
            List<MqttManagerBroker> found = query.apply(manager)
                    .setParameter("after", last)
                    .setMaxResults(limit)
                    .getResultList();
            found.forEach(manager::detach);
            return found;
        });
    }

    private BrokerDefinition read(MqttManagerBroker row) {
        BrokerRows.Reading reading = reading(row);
        if (!reading.missing().isEmpty()) {
            throw new UnreadableDefinitionException(
                    note(Unreadable.secrets(row, reading.missing())),
                    reading.missing().values().iterator().next());
        }
        unreadable.remove(BrokerId.of(row.id));
        return reading.definition();
    }

    private BrokerRows.Reading reading(MqttManagerBroker row) {
        try {
            return rows.read(row);
        } catch (RuntimeException e) {
            throw new UnreadableDefinitionException(note(Unreadable.row(row, e)), e);
        }
    }

    private Optional<BrokerDefinition> readable(MqttManagerBroker row) {
        try {
            return Optional.of(read(row));
        } catch (UnreadableDefinitionException e) {
            // noted by read
            return Optional.empty();
        }
    }

    private UnreadableDefinition note(UnreadableDefinition definition) {
        if (unreadable.put(definition.broker(), definition) == null) {
            LOG.error("{}. The broker is left out. {}", definition.message(), definition.remedy());
        }
        return definition;
    }

    @Override
    public List<UnreadableDefinition> unreadable() {
        return List.copyOf(new TreeMap<>(unreadable).values());
    }

    @Override
    public long countOfOwner(String owner) {
        Objects.requireNonNull(owner);
        return session.inTransaction(manager -> manager.createQuery(
                        "select count(b) from MqttManagerBroker b where b.owner = :owner", Long.class)
                .setParameter("owner", owner)
                .getSingleResult());
    }

    /**
     * {@inheritDoc}
     *
     * @throws SecretKeyMissingException if it has secrets and there is no key to encrypt them with
     * @throws StorageFullException if the database has no space left
     */
    @Override
    public BrokerDefinition save(BrokerDefinition definition) {
        return saveAll(List.of(definition)).get(0);
    }

    @Override
    public List<BrokerDefinition> saveAll(List<BrokerDefinition> definitions) {
        if (definitions.isEmpty()) {
            return List.of();
        }
        List<BrokerId> ids = definitions.stream().map(BrokerDefinition::id).toList();
        if (new HashSet<>(ids).size() < ids.size()) {
            throw new IllegalArgumentException("a broker occurs twice among those to save");
        }
        try {
            return session.inTransaction(manager -> {
                List<BrokerDefinition> saved = write(manager, definitions);
                changed(manager, ids);
                return saved;
            });
        } catch (RuntimeException e) {
            SqlFailure failure = SqlFailure.in(e).orElseThrow(() -> e);
            if (failure.isConflict("mqtt_manager_broker")) {
                VersionConflictException conflict = conflict(failure.culprit(ids, BrokerId::value));
                conflict.initCause(e);
                throw conflict;
            }
            throw StorageFullException.orSame(e);
        }
    }

    /** Rows are locked and added in the order of their ids, so that two who do this cannot wait for each other. */
    private List<BrokerDefinition> write(EntityManager manager, List<BrokerDefinition> definitions) {
        Instant now = now();
        refuseExisting(manager, definitions);
        Map<String, MqttManagerBroker> stored = lock(
                manager,
                definitions.stream()
                        .filter(definition -> definition.version() > 0)
                        .map(definition -> definition.id().value())
                        .toList());
        for (BrokerDefinition definition : definitions) {
            MqttManagerBroker row = stored.get(definition.id().value());
            if ((row == null ? 0 : row.version) != definition.version()) {
                throw conflict(definition.id());
            }
        }
        List<BrokerDefinition> ordered = definitions.stream()
                .sorted(Comparator.comparing(BrokerDefinition::id))
                .toList();
        for (BrokerDefinition definition : ordered) {
            MqttManagerBroker row = stored.get(definition.id().value());
            boolean added = row == null;
            if (row == null) {
                row = new MqttManagerBroker();
                row.createdAt = now;
                stored.put(definition.id().value(), row);
            }
            rows.write(definition, row);
            row.version = definition.version() + 1;
            row.updatedAt = now;
            if (added) {
                manager.persist(row);
            }
        }
        manager.flush();
        stored.values().forEach(manager::detach);
        return definitions.stream()
                .map(definition ->
                        definition.toBuilder().version(definition.version() + 1).build())
                .toList();
    }

    /** New ones are looked for without a lock, for InnoDB would lock the place where they belong, against others who add something. */
    private static void refuseExisting(EntityManager manager, List<BrokerDefinition> definitions) {
        List<String> added = definitions.stream()
                .filter(definition -> definition.version() == 0)
                .map(definition -> definition.id().value())
                .toList();
        for (List<String> chunk : Chunks.of(added)) {
            manager.createQuery("select b.id from MqttManagerBroker b where b.id in :ids order by b.id", String.class)
                    .setParameter("ids", chunk)
                    .getResultList()
                    .forEach(id -> {
                        throw conflict(BrokerId.of(id));
                    });
        }
    }

    /** The rows that exist, locked. */
    private static Map<String, MqttManagerBroker> lock(EntityManager manager, Collection<String> ids) {
        Map<String, MqttManagerBroker> stored = new HashMap<>();
        for (List<String> chunk : Chunks.of(ids.stream().sorted().toList())) {
            manager.createQuery(
                            "select b from MqttManagerBroker b where b.id in :ids order by b.id",
                            MqttManagerBroker.class)
                    .setParameter("ids", chunk)
                    .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                    .getResultList()
                    .forEach(row -> stored.put(row.id, row));
        }
        return stored;
    }

    private static VersionConflictException conflict(BrokerId id) {
        return new VersionConflictException(
                id.value(), "broker " + id + " was changed, deleted or created by somebody else");
    }

    @Override
    public boolean setActive(BrokerId id, boolean active) {
        return session.inTransaction(manager -> {
            int found = manager.createQuery(
                            "update MqttManagerBroker b set b.active = :active, b.updatedAt = :now where b.id = :id")
                    .setParameter("active", active)
                    .setParameter("now", now())
                    .setParameter("id", id.value())
                    .executeUpdate();
            if (found > 0) {
                changed(manager, List.of(id));
            }
            return found > 0;
        });
    }

    /**
     * {@inheritDoc}
     *
     * @throws BrokerInUseException if devices are linked to it
     */
    @Override
    public boolean delete(BrokerId id) {
        try {
            return session.inTransaction(manager -> {
                long devices = manager.createQuery(
                                "select count(d) from MqttManagerDevice d where d.brokerId = :id", Long.class)
                        .setParameter("id", id.value())
                        .getSingleResult();
                if (devices > 0) {
                    throw new BrokerInUseException(id, devices);
                }
                int found = manager.createQuery("delete from MqttManagerBroker b where b.id = :id")
                        .setParameter("id", id.value())
                        .executeUpdate();
                if (found > 0) {
                    session.afterCommit(() -> unreadable.remove(id));
                    changed(manager, List.of(id));
                }
                return found > 0;
            });
        } catch (RuntimeException e) {
            // a device was linked to it after they were counted
            if (SqlFailure.in(e)
                    .filter(failure -> failure.isForeignKey("mqtt_manager_device_broker_fk"))
                    .isPresent()) {
                BrokerInUseException inUse = new BrokerInUseException(id, 1);
                inUse.initCause(e);
                throw inUse;
            }
            throw e;
        }
    }

    /** When these brokers were stored; those that do not exist are not in it. */
    public Map<BrokerId, Timestamps> timestamps(Collection<BrokerId> ids) {
        Set<String> values = new HashSet<>();
        ids.forEach(id -> values.add(id.value()));
        Map<BrokerId, Timestamps> found = new HashMap<>();
        session.inTransaction(manager -> {
            for (List<String> chunk : Chunks.of(values)) {
                manager.createQuery(
                                "select b.id, b.createdAt, b.updatedAt from MqttManagerBroker b where b.id in :ids",
                                Object[].class)
                        .setParameter("ids", chunk)
                        .getResultList()
                        .forEach(row -> found.put(
                                BrokerId.of((String) row[0]), new Timestamps((Instant) row[1], (Instant) row[2])));
            }
            return found;
        });
        return found;
    }

    /**
     * Seals all secrets again that are not sealed with the active key; call it after a new key was made active, outside of a transaction. It
     * works by pages, {@value #RESEAL_BATCH} brokers a transaction, in bounded memory; whoever stops it, or sees it fail, calls it again. It
     * runs beside everything else: rows are locked while they are changed, versions and times stay, nobody is told of a change, and no
     * connection is made anew. What cannot be opened stays as it is.
     */
    public ResealReport resealSecrets() {
        long resealed = 0;
        for (Iterator<List<String>> pages = pagesToReseal(); pages.hasNext(); ) {
            for (List<String> batch : Chunks.of(pages.next(), RESEAL_BATCH)) {
                resealed += session.inTransaction(manager -> reseal(manager, batch));
            }
        }
        long remaining = 0;
        List<UnreadableDefinition> left = new ArrayList<>();
        for (Iterator<List<String>> pages = pagesToReseal(); pages.hasNext(); ) {
            List<String> page = pages.next();
            remaining += page.size();
            for (String id : page) {
                row(BrokerId.of(id)).filter(row -> readable(row).isEmpty()).ifPresent(row -> {
                    UnreadableDefinition why = unreadable.get(BrokerId.of(id));
                    if (why != null) {
                        left.add(why);
                    }
                });
            }
        }
        LOG.info("Secrets of {} brokers were sealed with the active key, those of {} are not", resealed, remaining);
        return new ResealReport(resealed, remaining, left);
    }

    private long reseal(EntityManager manager, List<String> ids) {
        Collection<MqttManagerBroker> locked = lock(manager, ids).values();
        long resealed = locked.stream().filter(rows::reseal).count();
        manager.flush();
        locked.forEach(manager::detach);
        return resealed;
    }

    /** The ids of brokers with secrets that are not sealed with the active key, a page of all brokers at a time. */
    private Iterator<List<String>> pagesToReseal() {
        return new Iterator<>() {
            private @Nullable String last = "";

            @Override
            public boolean hasNext() {
                return last != null;
            }

            @Override
            public List<String> next() {
                String after = last;
                if (after == null) {
                    throw new NoSuchElementException();
                }
                List<Object[]> page = session.inTransaction(manager -> manager.createQuery(
                                "select b.id, b.passwordSealed, b.proxyPasswordSealed, b.tlsClientKeySealed,"
                                        + " b.webSocketHeadersSealed from MqttManagerBroker b where b.id > :after order by b.id",
                                Object[].class)
                        .setParameter("after", after)
                        .setMaxResults(Chunks.SIZE)
                        .getResultList());
                last = page.size() < Chunks.SIZE ? null : (String) page.get(page.size() - 1)[0];
                return page.stream()
                        .filter(row ->
                                !rows.isCurrent((String) row[1], (String) row[2], (String) row[3], (String) row[4]))
                        .map(row -> (String) row[0])
                        .toList();
            }
        };
    }

    @Override
    public Registration onChange(Consumer<? super BrokerId> listener) {
        return onChange(listener, () -> {});
    }

    @Override
    public Registration onChange(Consumer<? super BrokerId> listener, Runnable missed) {
        return listeners.add(listener, missed);
    }

    /** For the changes of others. */
    ChangeListeners<BrokerId> listeners() {
        return listeners;
    }

    /** For those who listen here, once committed, and for other processes. */
    private void changed(EntityManager manager, List<BrokerId> ids) {
        ChangePosition.note(
                manager,
                ChangePosition.BROKER,
                ids.stream().map(BrokerId::value).toList());
        session.afterCommit(() -> listeners.tell(ids));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
