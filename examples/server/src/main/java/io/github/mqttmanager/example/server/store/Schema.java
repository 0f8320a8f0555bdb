package io.github.mqttmanager.example.server.store;

import io.github.mqttmanager.spring.MqttManagerSchemaInitializer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.stereotype.Component;

/**
 * Makes the application's own tables before anything uses the database, and brings older ones up to date. The scripts are in
 * {@code schema/{h2,postgresql}}; which of them have run is kept in {@code app_setting}. Databases from before that was kept have the tables
 * of the first script, which does them no harm.
 */
@Component
class Schema extends DataSourceScriptDatabaseInitializer {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final List<String> SCRIPTS = List.of("V1__tables.sql", "V2__readings.sql");
    private static final String VERSION = "schema-version";

    /** Keeps two instances that start at the same time from changing the same table. */
    private static final String POSTGRESQL_LOCK = "select pg_advisory_xact_lock(7377041120261124)";

    private final DataSource database;

    /** @param library makes the tables that ours refer to */
    Schema(DataSource database, MqttManagerSchemaInitializer library) {
        super(database, new DatabaseInitializationSettings());
        this.database = database;
    }

    @Override
    public boolean initializeDatabase() {
        try (Connection connection = database.getConnection()) {
            int allowed = connection.getNetworkTimeout();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                // A new index of a large table takes as long as it takes.
                connection.setNetworkTimeout(Runnable::run, 0);
                upgrade(connection, statement);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
                connection.setNetworkTimeout(Runnable::run, allowed);
            }
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException("the tables of the application could not be made", e);
        }
    }

    private static void upgrade(Connection connection, Statement statement) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        String folder = switch (product) {
            case "H2" -> "h2";
            case "PostgreSQL" -> "postgresql";
            default -> throw new IllegalStateException("there are scripts for H2 and PostgreSQL, not for " + product);
        };
        if (folder.equals("postgresql")) {
            statement.execute("set local statement_timeout = 0");
            statement.execute("set local lock_timeout = 0");
            statement.execute(POSTGRESQL_LOCK);
        }
        statement.execute("create table if not exists app_setting"
                + " (name varchar(100) primary key, content varchar(1000) not null)");
        int version = version(connection);
        if (version > SCRIPTS.size()) {
            throw new IllegalStateException("the database has the tables of a later version of the application ("
                    + version + ", this one knows " + SCRIPTS.size() + ")");
        }
        for (int next = version + 1; next <= SCRIPTS.size(); next++) {
            String script = SCRIPTS.get(next - 1);
            for (String sql : statements("/schema/" + folder + "/" + script)) {
                statement.execute(sql);
            }
            save(connection, next);
            LOG.info("The tables of the application are those of {}", script);
        }
    }

    /** How many of the scripts have run. */
    private static int version(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select content from app_setting where name = ?")) {
            select.setString(1, VERSION);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Integer.parseInt(row.getString(1)) : 0;
            }
        }
    }

    private static void save(Connection connection, int version) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from app_setting where name = ?");
                PreparedStatement insert =
                        connection.prepareStatement("insert into app_setting (name, content) values (?, ?)")) {
            delete.setString(1, VERSION);
            delete.executeUpdate();
            insert.setString(1, VERSION);
            insert.setString(2, Integer.toString(version));
            insert.executeUpdate();
        }
    }

    /** The scripts have neither a semicolon within a statement nor a comment after one. */
    private static List<String> statements(String script) {
        try (InputStream in = Schema.class.getResourceAsStream(script)) {
            if (in == null) {
                throw new IllegalStateException("script " + script + " is missing");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n"));
            return Arrays.stream(text.split(";"))
                    .map(String::strip)
                    .filter(sql -> !sql.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
