package io.github.mqttmanager.example.quickstart;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.VersionConflictException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Brokers from a table of the application's own, with JDBC and nothing else. */
final class JdbcBrokerRepository implements BrokerRepository, RepositoryChanges<BrokerId> {
    /** The application had it before; the last two columns were added. */
    static final String TABLE = """
            create table plant (
                id varchar(64) primary key,
                title varchar(100) not null,
                tenant varchar(100),
                host varchar(255) not null,
                port integer not null,
                wanted boolean not null,
                version bigint not null
            )""";

    private static final String SELECT = "select id, title, tenant, host, port, wanted, version from plant ";

    private final DataSource database;
    private final List<Consumer<? super BrokerId>> listeners = new CopyOnWriteArrayList<>();

    JdbcBrokerRepository(DataSource database) {
        this.database = database;
    }

    /** What the table does not hold is the same for all, and the client identifier stays the same after a restart. */
    static BrokerDefinition definition(
            String id, String title, @Nullable String tenant, String host, int port, boolean wanted, long version) {
        return BrokerDefinition.builder(id, host, port)
                .name(title)
                .owner(tenant)
                .clientIdentifier("plants-" + id)
                .active(wanted)
                .version(version)
                .build();
    }

    /** What the table can hold of a definition. */
    static BrokerDefinition kept(BrokerDefinition given) {
        return definition(
                given.id().value(),
                given.name(),
                given.owner(),
                given.endpoints().get(0).host(),
                given.endpoints().get(0).port(),
                given.active(),
                given.version());
    }

    @Override
    public Optional<BrokerDefinition> find(BrokerId id) {
        return select("where id = ?", id.value()).stream().findFirst();
    }

    @Override
    public List<BrokerDefinition> page(@Nullable BrokerId after, int limit) {
        return select("where id > ? order by id limit ?", from(after), checked(limit));
    }

    @Override
    public List<BrokerDefinition> pageOfOwner(String owner, @Nullable BrokerId after, int limit) {
        return select(
                "where tenant = ? and id > ? order by id limit ?",
                Objects.requireNonNull(owner),
                from(after),
                checked(limit));
    }

    @Override
    public long countOfOwner(String owner) {
        Objects.requireNonNull(owner);
        return inTransaction(connection -> {
            try (PreparedStatement statement =
                    prepared(connection, "select count(*) from plant where tenant = ?", owner)) {
                ResultSet result = statement.executeQuery();
                result.next();
                return result.getLong(1);
            }
        });
    }

    @Override
    public BrokerDefinition save(BrokerDefinition definition) {
        return saveAll(List.of(definition)).get(0);
    }

    @Override
    public List<BrokerDefinition> saveAll(List<BrokerDefinition> definitions) {
        // In the order of their ids, so that two who do this cannot wait for each other.
        List<BrokerDefinition> ordered = definitions.stream()
                .sorted(Comparator.comparing(BrokerDefinition::id))
                .toList();
        inTransaction(connection -> {
            for (BrokerDefinition definition : ordered) {
                write(connection, definition);
            }
            return ordered;
        });
        definitions.forEach(definition -> tell(definition.id()));
        return definitions.stream()
                .map(given ->
                        kept(given).toBuilder().version(given.version() + 1).build())
                .toList();
    }

    /** The version is in the condition: who comes second changes nothing, and is told. */
    private static void write(Connection connection, BrokerDefinition definition) throws SQLException {
        String sql = definition.version() == 0
                ? "insert into plant (title, tenant, host, port, wanted, version, id) values (?, ?, ?, ?, ?, 1 + ?, ?)"
                : "update plant set title = ?, tenant = ?, host = ?, port = ?, wanted = ?, version = version + 1"
                        + " where version = ? and id = ?";
        try (PreparedStatement statement = prepared(
                connection,
                sql,
                definition.name(),
                definition.owner(),
                definition.endpoints().get(0).host(),
                definition.endpoints().get(0).port(),
                definition.active(),
                definition.version(),
                definition.id().value())) {
            if (statement.executeUpdate() == 0) {
                throw conflict(definition, null);
            }
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            // 23: the id exists. 40: the database found that two were at it at the same time.
            if (state.startsWith("23") || state.startsWith("40")) {
                throw conflict(definition, e);
            }
            throw e;
        }
    }

    private static VersionConflictException conflict(BrokerDefinition definition, @Nullable SQLException cause) {
        VersionConflictException conflict = new VersionConflictException(
                definition.id().value(), "plant " + definition.id() + " was changed by somebody else");
        conflict.initCause(cause);
        return conflict;
    }

    @Override
    public boolean setActive(BrokerId id, boolean active) {
        return change(id, "update plant set wanted = ? where id = ?", active, id.value());
    }

    @Override
    public boolean delete(BrokerId id) {
        return change(id, "delete from plant where id = ?", id.value());
    }

    private boolean change(BrokerId id, String sql, Object... values) {
        boolean found = inTransaction(connection -> {
            try (PreparedStatement statement = prepared(connection, sql, values)) {
                return statement.executeUpdate() > 0;
            }
        });
        if (found) {
            tell(id);
        }
        return found;
    }

    @Override
    public Registration onChange(Consumer<? super BrokerId> listener) {
        Consumer<? super BrokerId> registered = Objects.requireNonNull(listener)::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    /** After the commit, so that the change can be read. */
    private void tell(BrokerId id) {
        for (Consumer<? super BrokerId> listener : listeners) {
            try {
                listener.accept(id);
            } catch (RuntimeException e) {
                System.getLogger("plants").log(System.Logger.Level.ERROR, "a listener failed", e);
            }
        }
    }

    private static String from(@Nullable BrokerId after) {
        return after == null ? "" : after.value();
    }

    private static int checked(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        return limit;
    }

    private List<BrokerDefinition> select(String condition, Object... values) {
        return inTransaction(connection -> {
            List<BrokerDefinition> found = new ArrayList<>();
            try (PreparedStatement statement = prepared(connection, SELECT + condition, values)) {
                ResultSet row = statement.executeQuery();
                while (row.next()) {
                    found.add(definition(
                            row.getString("id"),
                            row.getString("title"),
                            row.getString("tenant"),
                            row.getString("host"),
                            row.getInt("port"),
                            row.getBoolean("wanted"),
                            row.getLong("version")));
                }
            }
            return found;
        });
    }

    private static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /** What goes wrong leaves nothing behind. */
    private <T> T inTransaction(Work<T> work) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.in(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database does not answer", e);
        }
    }
}
