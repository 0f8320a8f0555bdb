package io.github.mqttmanager.jpa;

import io.github.mqttmanager.UnknownBrokerException;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceLoading;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.DuplicateDeviceException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Devices in the table {@code mqtt_manager_device}, with the time each was last seen. A device's broker must be stored already.
 *
 * <p>Tells of its own changes, after they are committed, and of those of others where a {@link JpaChangeFeed} runs; last-seen times are none. This class is thread-safe.
 */
public final class JpaDeviceRepository implements DeviceRepository, DeviceLoading, RepositoryChanges<DeviceId> {
    private static final String SEQUENCE = "mqtt_manager_device_seq";
    private static final String SEEN =
            "update mqtt_manager_device set last_seen = ? where id = ? and (last_seen is null or last_seen < ?)";
    private static final String LOADED =
            "select " + DeviceRows.SQL_COLUMNS + ", d.last_seen from mqtt_manager_device d where ";
    private static final String REST_OF_BROKER = LOADED + "d.broker_id = ? and d.id > ? order by d.id limit ?";
    private static final String OTHER_BROKERS = LOADED + "d.broker_id > ? order by d.broker_id, d.id limit ?";

    private final JpaSession session;
    private final Clock clock;
    private final DeviceRows rows = new DeviceRows();
    private final ChangeListeners<DeviceId> listeners = new ChangeListeners<>();

    public JpaDeviceRepository(JpaSession session) {
        this(session, Clock.systemUTC());
    }

    /** @param clock of {@link #timestamps} */
    public JpaDeviceRepository(JpaSession session, Clock clock) {
        this.session = session;
        this.clock = clock;
    }

    /** An id that no device had: the decimal text of the next number of {@code mqtt_manager_device_seq}. */
    public DeviceId nextId() {
        return DeviceId.of(Long.toString(session.inTransaction(manager -> Database.next(manager, SEQUENCE, 1))));
    }

    @Override
    public Optional<Device> find(DeviceId id) {
        return session.inTransaction(manager -> {
                    MqttManagerDevice row = manager.find(MqttManagerDevice.class, id.value());
                    if (row != null) {
                        manager.detach(row);
                    }
                    return Optional.ofNullable(row);
                })
                .map(rows::read);
    }

    @Override
    public List<Device> findAll(Collection<DeviceId> ids) {
        return select("select " + DeviceRows.COLUMNS + " from MqttManagerDevice d where d.id in :ids", ids).stream()
                .map(rows::read)
                .toList();
    }

    @Override
    public List<Device> page(@Nullable DeviceId after, int limit) {
        return page("", after, limit, query -> query);
    }

    @Override
    public List<Device> pageOfOwner(String owner, @Nullable DeviceId after, int limit) {
        Objects.requireNonNull(owner);
        return page("d.owner = :owner and", after, limit, query -> query.setParameter("owner", owner));
    }

    @Override
    public List<Device> pageOfBroker(BrokerId broker, @Nullable DeviceId after, int limit) {
        return page("d.brokerId = :broker and", after, limit, query -> query.setParameter("broker", broker.value()));
    }

    private List<Device> page(
            String condition, @Nullable DeviceId after, int limit, UnaryOperator<TypedQuery<Object[]>> parameters) {
        requirePositive(limit);
        return session
                .inTransaction(manager -> parameters
                        .apply(query(manager, DeviceRows.COLUMNS, condition + " d.id > :after order by d.id"))
                        .setParameter("after", after == null ? "" : after.value())
                        .setMaxResults(limit)
                        .getResultList())
                .stream()
                .map(rows::read)
                .toList();
    }

    /** Columns and no entities: what is read in great numbers never enters the persistence context. */
    private static TypedQuery<Object[]> query(EntityManager manager, String columns, String condition) {
        return manager.createQuery(
                "select " + columns + " from MqttManagerDevice d where " + condition, Object[].class);
    }

    private static void requirePositive(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
    }

    /** {@inheritDoc} Plain JDBC: with a million rows, what the provider does for each is half of the time. */
    @Override
    public List<Loaded> pageByBroker(@Nullable Device after, int limit) {
        requirePositive(limit);
        String broker = after == null ? "" : after.broker().value();
        return session.inTransaction(manager -> manager.<Connection, List<Loaded>>callWithConnection(connection -> {
            List<Loaded> found = new ArrayList<>(limit);
            if (after != null) {
                try (PreparedStatement statement = connection.prepareStatement(REST_OF_BROKER)) {
                    statement.setString(1, broker);
                    statement.setString(2, after.id().value());
                    statement.setInt(3, limit);
                    load(statement, found);
                }
            }
            if (found.size() < limit) {
                try (PreparedStatement statement = connection.prepareStatement(OTHER_BROKERS)) {
                    statement.setString(1, broker);
                    statement.setInt(2, limit - found.size());
                    load(statement, found);
                }
            }
            return found;
        }));
    }

    private void load(PreparedStatement statement, List<Loaded> into) throws SQLException {
        Database database = Database.of(statement.getConnection());
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                into.add(new Loaded(rows.read(result), database.time(result, 14)));
            }
        }
    }

    @Override
    public long countOfOwner(String owner) {
        Objects.requireNonNull(owner);
        return session.inTransaction(manager -> manager.createQuery(
                        "select count(d) from MqttManagerDevice d where d.owner = :owner", Long.class)
                .setParameter("owner", owner)
                .getSingleResult());
    }

    @Override
    public long countOfBroker(BrokerId broker) {
        return session.inTransaction(manager -> manager.createQuery(
                        "select count(d) from MqttManagerDevice d where d.brokerId = :broker", Long.class)
                .setParameter("broker", broker.value())
                .getSingleResult());
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnknownBrokerException if its broker is not stored
     * @throws StorageFullException if the database has no space left
     */
    @Override
    public Device save(Device device) {
        return saveAll(List.of(device)).get(0);
    }

    @Override
    public List<Device> saveAll(List<Device> devices) {
        if (devices.isEmpty()) {
            return List.of();
        }
        List<DeviceId> ids = devices.stream().map(Device::id).toList();
        if (new HashSet<>(ids).size() < ids.size()) {
            throw new IllegalArgumentException("a device occurs twice among those to save");
        }
        try {
            return session.inTransaction(manager -> {
                List<Device> saved = write(manager, devices);
                changed(manager, ids);
                return saved;
            });
        } catch (RuntimeException e) {
            throw SqlFailure.in(e)
                    .<RuntimeException>map(failure -> refusal(failure, devices, e))
                    .orElse(e);
        }
    }

    private static RuntimeException refusal(SqlFailure failure, List<Device> devices, RuntimeException cause) {
        RuntimeException refusal;
        if (failure.isUnique("mqtt_manager_device_topic_uq")) {
            Device twin = failure.culprit(devices, Device::topicName);
            refusal = new DuplicateDeviceException(twin.broker(), twin.topicName());
        } else if (failure.isForeignKey("mqtt_manager_device_broker_fk")) {
            refusal = new UnknownBrokerException(
                    failure.culprit(devices, device -> device.broker().value()).broker());
        } else if (failure.isConflict("mqtt_manager_device")) {
            refusal = conflict(
                    failure.culprit(devices, device -> device.id().value()).id());
        } else {
            return StorageFullException.orSame(cause);
        }
        refusal.initCause(cause);
        return refusal;
    }

    /** Rows are locked and added in the order of their ids, so that two who do this cannot wait for each other. */
    private List<Device> write(EntityManager manager, List<Device> devices) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        refuseExisting(manager, devices);
        Map<String, MqttManagerDevice> stored = lock(manager, devices);
        for (Device device : devices) {
            MqttManagerDevice row = stored.get(device.id().value());
            if ((row == null ? 0 : row.version) != device.version()) {
                throw conflict(device.id());
            }
        }
        refuseDuplicates(manager, devices);
        for (Device device :
                devices.stream().sorted(Comparator.comparing(Device::id)).toList()) {
            MqttManagerDevice row = stored.get(device.id().value());
            boolean added = row == null;
            if (row == null) {
                row = new MqttManagerDevice();
                row.createdAt = now;
                stored.put(device.id().value(), row);
            }
            DeviceRows.write(device, row);
            row.version = device.version() + 1;
            row.updatedAt = now;
            if (added) {
                manager.persist(row);
            }
        }
        manager.flush();
        stored.values().forEach(manager::detach);
        return devices.stream()
                .map(device -> device.toBuilder().version(device.version() + 1).build())
                .toList();
    }

    /** New ones are looked for without a lock, for InnoDB would lock the place where they belong, against others who add something. */
    private static void refuseExisting(EntityManager manager, List<Device> devices) {
        List<String> added = devices.stream()
                .filter(device -> device.version() == 0)
                .map(device -> device.id().value())
                .toList();
        for (List<String> chunk : Chunks.of(added)) {
            manager.createQuery("select d.id from MqttManagerDevice d where d.id in :ids order by d.id", String.class)
                    .setParameter("ids", chunk)
                    .getResultList()
                    .forEach(id -> {
                        throw conflict(DeviceId.of(id));
                    });
        }
    }

    /** The rows that exist, of those that should, locked. */
    private static Map<String, MqttManagerDevice> lock(EntityManager manager, List<Device> devices) {
        Map<String, MqttManagerDevice> stored = new HashMap<>();
        List<String> ids = devices.stream()
                .filter(device -> device.version() > 0)
                .map(device -> device.id().value())
                .sorted()
                .toList();
        for (List<String> chunk : Chunks.of(ids)) {
            manager.createQuery(
                            "select d from MqttManagerDevice d where d.id in :ids order by d.id",
                            MqttManagerDevice.class)
                    .setParameter("ids", chunk)
                    .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                    .getResultList()
                    .forEach(row -> stored.put(row.id, row));
        }
        return stored;
    }

    /** The constraint would do it too, but only this tells which device it is, and does not spoil the transaction. */
    private static void refuseDuplicates(EntityManager manager, List<Device> devices) {
        Map<BrokerId, Map<String, Device>> named = new HashMap<>();
        for (Device device : devices) {
            Device twin = named.computeIfAbsent(device.broker(), broker -> new HashMap<>())
                    .put(device.topicName(), device);
            if (twin != null) {
                throw new DuplicateDeviceException(device.broker(), device.topicName());
            }
        }
        named.forEach((broker, byName) -> {
            for (List<String> chunk : Chunks.of(byName.keySet())) {
                List<Object[]> holders = manager.createQuery(
                                "select d.id, d.topicName from MqttManagerDevice d"
                                        + " where d.brokerId = :broker and d.topicName in :names",
                                Object[].class)
                        .setParameter("broker", broker.value())
                        .setParameter("names", chunk)
                        .getResultList();
                for (Object[] holder : holders) {
                    Device device = byName.get((String) holder[1]);
                    if (device != null && !device.id().value().equals(holder[0])) {
                        throw new DuplicateDeviceException(broker, device.topicName());
                    }
                }
            }
        });
    }

    private static VersionConflictException conflict(DeviceId id) {
        return new VersionConflictException(
                id.value(), "device " + id + " was changed, deleted or created by somebody else");
    }

    @Override
    public boolean delete(DeviceId id) {
        return session.inTransaction(manager -> delete(manager, List.of(id.value())) > 0);
    }

    @Override
    public long deleteOfBroker(BrokerId broker) {
        return session.inTransaction(manager -> {
            long deleted = 0;
            for (List<String> chunk : Chunks.of(idsOfBroker(manager, broker))) {
                deleted += delete(manager, chunk);
            }
            return deleted;
        });
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnknownBrokerException if the other broker is not stored
     */
    @Override
    public long moveToBroker(BrokerId from, BrokerId to) {
        if (from.equals(to)) {
            return 0;
        }
        try {
            return session.inTransaction(manager -> move(manager, from, to));
        } catch (RuntimeException e) {
            SqlFailure failure = SqlFailure.in(e).orElseThrow(() -> e);
            RuntimeException refusal;
            if (failure.isUnique("mqtt_manager_device_topic_uq")) {
                refusal = new DuplicateDeviceException(to, "as one of those of broker " + from + " is");
            } else if (failure.isForeignKey("mqtt_manager_device_broker_fk")) {
                refusal = new UnknownBrokerException(to);
            } else {
                throw StorageFullException.orSame(e);
            }
            refusal.initCause(e);
            throw refusal;
        }
    }

    private long move(EntityManager manager, BrokerId from, BrokerId to) {
        manager.createQuery(
                        "select d.topicName from MqttManagerDevice d where d.brokerId = :from and exists (select t.id"
                                + " from MqttManagerDevice t where t.brokerId = :to and t.topicName = d.topicName)",
                        String.class)
                .setParameter("from", from.value())
                .setParameter("to", to.value())
                .setMaxResults(1)
                .getResultList()
                .forEach(name -> {
                    throw new DuplicateDeviceException(to, name);
                });
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        long moved = 0;
        for (List<String> chunk : Chunks.of(idsOfBroker(manager, from))) {
            moved += manager.createQuery("update MqttManagerDevice d set d.brokerId = :to, d.version = d.version + 1,"
                            + " d.updatedAt = :now where d.id in :ids and d.brokerId = :from")
                    .setParameter("to", to.value())
                    .setParameter("now", now)
                    .setParameter("ids", chunk)
                    .setParameter("from", from.value())
                    .executeUpdate();
            changed(manager, chunk.stream().map(DeviceId::of).toList());
        }
        return moved;
    }

    /** In their order, so that two who change them cannot wait for each other. */
    private static List<String> idsOfBroker(EntityManager manager, BrokerId broker) {
        return manager.createQuery(
                        "select d.id from MqttManagerDevice d where d.brokerId = :broker order by d.id", String.class)
                .setParameter("broker", broker.value())
                .getResultList();
    }

    private int delete(EntityManager manager, List<String> ids) {
        int deleted = manager.createQuery("delete from MqttManagerDevice d where d.id in :ids")
                .setParameter("ids", ids)
                .executeUpdate();
        if (deleted > 0) {
            changed(manager, ids.stream().map(DeviceId::of).toList());
        }
        return deleted;
    }

    /** {@inheritDoc} In batches of 500 with a transaction each, unless the calling thread has one. */
    @Override
    public void saveLastSeen(Map<DeviceId, Instant> times) {
        // ordered, so that two who do this cannot wait for each other
        TreeMap<DeviceId, Instant> ordered = new TreeMap<>(times);
        for (List<Map.Entry<DeviceId, Instant>> chunk : Chunks.of(ordered.entrySet())) {
            session.inTransaction(manager -> {
                manager.<Connection>runWithConnection(connection -> {
                    Database database = Database.of(connection);
                    try (PreparedStatement statement = connection.prepareStatement(SEEN)) {
                        for (Map.Entry<DeviceId, Instant> entry : chunk) {
                            Object time = database.parameter(entry.getValue().truncatedTo(ChronoUnit.MICROS));
                            statement.setObject(1, time);
                            statement.setString(2, entry.getKey().value());
                            statement.setObject(3, time);
                            statement.addBatch();
                        }
                        statement.executeBatch();
                    }
                });
                return true;
            });
        }
    }

    @Override
    public Map<DeviceId, Instant> lastSeen(Collection<DeviceId> ids) {
        Map<DeviceId, Instant> found = new HashMap<>();
        select("select d.id, d.lastSeen from MqttManagerDevice d where d.id in :ids and d.lastSeen is not null", ids)
                .forEach(row -> found.put(DeviceId.of((String) row[0]), (Instant) row[1]));
        return found;
    }

    /** When these devices were stored; those that do not exist are not in it. */
    public Map<DeviceId, Timestamps> timestamps(Collection<DeviceId> ids) {
        Map<DeviceId, Timestamps> found = new HashMap<>();
        select("select d.id, d.createdAt, d.updatedAt from MqttManagerDevice d where d.id in :ids", ids)
                .forEach(row ->
                        found.put(DeviceId.of((String) row[0]), new Timestamps((Instant) row[1], (Instant) row[2])));
        return found;
    }

    private List<Object[]> select(String query, Collection<DeviceId> ids) {
        Set<String> values = new HashSet<>();
        ids.forEach(id -> values.add(id.value()));
        return session.inTransaction(manager -> {
            List<Object[]> found = new ArrayList<>();
            for (List<String> chunk : Chunks.of(values)) {
                found.addAll(manager.createQuery(query, Object[].class)
                        .setParameter("ids", chunk)
                        .getResultList());
            }
            return found;
        });
    }

    @Override
    public Registration onChange(Consumer<? super DeviceId> listener) {
        return onChange(listener, () -> {});
    }

    @Override
    public Registration onChange(Consumer<? super DeviceId> listener, Runnable missed) {
        return listeners.add(listener, missed);
    }

    /** For the changes of others. */
    ChangeListeners<DeviceId> listeners() {
        return listeners;
    }

    /** For those who listen here, once committed, and for other processes. */
    private void changed(EntityManager manager, List<DeviceId> ids) {
        ChangePosition.note(
                manager,
                ChangePosition.DEVICE,
                ids.stream().map(DeviceId::value).toList());
        session.afterCommit(() -> listeners.tell(ids));
    }
}
