package io.github.mqttmanager.it.outbox;

import io.github.mqttmanager.jpa.MqttManagerSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** A PostgreSQL of its own that forces what is committed to disk. */
final class OutboxDatabase implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private OutboxDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static OutboxDatabase start() throws IOException {
        return new OutboxDatabase(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start());
    }

    int port() {
        return postgres.getPort();
    }

    String url() {
        return url(port());
    }

    /** Through another port. */
    String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&connectTimeout=2&socketTimeout=5";
    }

    void makeTables(String before) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(before);
            MqttManagerSchema.apply(connection);
            statement.execute("create table business (number bigint primary key, size integer not null)");
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long count(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    long waiting() throws SQLException {
        return count("select count(*) from mqtt_manager_outbox");
    }

    /** The size of each transaction that was committed, by its number. */
    Map<Long, Integer> committed() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select number, size from business")) {
            Map<Long, Integer> committed = new HashMap<>();
            while (result.next()) {
                committed.put(result.getLong(1), result.getInt(2));
            }
            return committed;
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
