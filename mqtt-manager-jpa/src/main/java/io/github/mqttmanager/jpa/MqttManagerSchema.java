package io.github.mqttmanager.jpa;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tables of this module, on request only: nothing here runs by itself.
 *
 * <p>The scripts are in the jar under {@code io/github/mqttmanager/jpa/migration/{h2,postgresql,mysql}}, named {@code V1__init.sql} and so on
 * as Flyway and Liquibase like them, outside the folders that these tools search by themselves. Each can be run again without harm,
 * so applying all of them brings any older schema up to date.
 */
public final class MqttManagerSchema {
    static final List<String> SCRIPTS = List.of(
            "V1__init.sql", "V2__birth_message.sql", "V3__outbox.sql", "V4__availability.sql", "V5__changes.sql");

    /** Keeps two instances that start at the same time from making the same table. */
    private static final String POSTGRESQL_LOCK = "select pg_advisory_xact_lock(7377041120261123)";

    private static final String MYSQL_LOCK = "select get_lock('mqtt_manager_schema', 60)";
    private static final String MYSQL_UNLOCK = "do release_lock('mqtt_manager_schema')";

    private MqttManagerSchema() {}

    /**
     * Makes what is missing.
     *
     * @throws IllegalStateException if the database is none of H2, PostgreSQL, MySQL and MariaDB
     * @throws SQLException if the database refuses
     */
    public static void apply(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            apply(connection);
        }
    }

    /** As {@link #apply(DataSource)}, and commits. */
    public static void apply(Connection connection) throws SQLException {
        Database database = Database.of(connection);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            switch (database) {
                case H2 -> run(statement, database);
                case POSTGRESQL -> {
                    statement.execute(POSTGRESQL_LOCK);
                    run(statement, database);
                }
                case MYSQL -> {
                    lock(statement);
                    try {
                        run(statement, database);
                    } finally {
                        statement.execute(MYSQL_UNLOCK);
                    }
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private static void run(Statement statement, Database database) throws SQLException {
        for (String script : SCRIPTS) {
            for (String sql : statements(database.folder() + "/" + script)) {
                statement.execute(sql);
            }
        }
    }

    /** Each statement that makes something commits on MySQL, so the lock belongs to the connection. */
    private static void lock(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery(MYSQL_LOCK)) {
            if (!result.next() || result.getInt(1) != 1) {
                throw new SQLException("another instance has been making the tables for a minute");
            }
        }
    }

    /** A statement ends with a semicolon at the end of a line, but not within a body between two {@code $$}. */
    static List<String> statements(String script) {
        try (@Nullable InputStream in = MqttManagerSchema.class.getResourceAsStream("migration/" + script)) {
            if (in == null) {
                throw new IllegalStateException("script " + script + " is missing");
            }
            List<String> statements = new ArrayList<>();
            StringBuilder statement = new StringBuilder();
            boolean inBody = false;
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("--") || line.isBlank()) {
                    continue;
                }
                inBody ^= line.contains("$$") && line.indexOf("$$") == line.lastIndexOf("$$");
                statement.append(line).append('\n');
                if (!inBody && line.endsWith(";")) {
                    statements.add(statement.substring(0, statement.lastIndexOf(";")));
                    statement.setLength(0);
                }
            }
            return statements;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
