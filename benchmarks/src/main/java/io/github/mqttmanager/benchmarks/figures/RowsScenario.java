package io.github.mqttmanager.benchmarks.figures;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Readings that the example's server stores on PostgreSQL, each acknowledged to its broker after the commit: many in a transaction, beside one in
 * each, beside the same rows written in batches without MQTT. Server, database and broker are processes of their own.
 */
final class RowsScenario implements Scenario {
    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int rounds = settings.number("rounds", 5);
        int count = settings.number("count", 60_000);
        int single = settings.number("single", 3_000);
        int batch = settings.number("batch", 1_000);
        List<Double> together = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_wal_size", "8GB")
                        .start();
                Side many = new Side(postgres, "many", batch, settings);
                Side one = new Side(postgres, "one", 1, settings);
                Connection database = many.database()) {
            many.pour(count);
            one.pour(single);
            write(database, count, batch);
            for (int i = 0; i < rounds; i++) {
                together.add(many.pour(count));
                alone.add(one.pour(single));
                plain.add(write(database, count, batch));
                times.add(together.get(i) / alone.get(i));
                shares.add(together.get(i) / plain.get(i));
            }
            return List.of(
                    Figure.atLeast(
                                    "readings stored and acknowledged, batched, beside one transaction per row",
                                    Medians.median(times),
                                    20,
                                    "times, median of " + rounds)
                            .with("perSecond", Medians.median(together))
                            .with("onePerTransactionPerSecond", Medians.median(alone))
                            .with("ratios", Medians.all(times))
                            .with("fsync", show(database, "fsync"))
                            .with("synchronous_commit", show(database, "synchronous_commit")),
                    Figure.atLeast(
                                    "readings stored and acknowledged, batched, beside JDBC batches without MQTT",
                                    Medians.median(shares),
                                    0.8,
                                    "times, median of " + rounds)
                            .with("perSecond", Medians.median(together))
                            .with("plainPerSecond", Medians.median(plain))
                            .with("ratios", Medians.all(shares)));
        }
    }

    private static String show(Connection database, String setting) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The same rows of the same devices into the same table, in transactions of so many. @return how many in a second */
    private static double write(Connection database, int count, int batch) throws SQLException {
        List<String> devices = new ArrayList<>();
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("select distinct device_table_id from sensor_data")) {
            while (rows.next()) {
                devices.add(rows.getString(1));
            }
        }
        database.setAutoCommit(false);
        long began = System.nanoTime();
        try (PreparedStatement insert = database.prepareStatement("""
                insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings)
                values (?, ?, ?, ?, ?)
                """)) {
            for (int i = 1; i <= count; i++) {
                insert.setLong(1, 1);
                insert.setString(2, devices.get(i % devices.size()));
                insert.setString(3, Pour.device(i % devices.size()));
                insert.setObject(4, OffsetDateTime.now(ZoneOffset.UTC));
                insert.setString(5, Pour.PAYLOAD);
                insert.addBatch();
                if (i % batch == 0 || i == count) {
                    insert.executeBatch();
                    database.commit();
                }
            }
        }
        return count * 1e9 / (System.nanoTime() - began);
    }

    /** A server with a database, brokers and devices of its own. */
    private static final class Side implements AutoCloseable {
        private final String url;
        private final int devices;
        private final Child broker;
        private final ExampleServer server;

        Side(EmbeddedPostgres postgres, String name, int batch, Settings settings) throws Exception {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + name);
            }
            url = postgres.getJdbcUrl("postgres", name) + "&reWriteBatchedInserts=true";
            int brokers = settings.number("brokers", 10);
            devices = settings.number("devices", 200);
            broker = Child.start(List.of("-Xmx128m", "-XX:+UseSerialGC"), SinkBroker.class, "good=1");
            int port = broker.answer().ports("good").get(0);
            server = ExampleServer.start(
                    Files.createTempDirectory("server-" + name),
                    Map.of(
                            "SPRING_PROFILES_ACTIVE",
                            "postgres",
                            "SPRING_DATASOURCE_URL",
                            url,
                            "SPRING_DATASOURCE_USERNAME",
                            "postgres",
                            "EXAMPLE_READINGS_BATCH",
                            String.valueOf(batch),
                            "EXAMPLE_LIMITS_DEVICES",
                            "100000",
                            "EXAMPLE_LIMITS_MESSAGESPERSECOND",
                            "1000000"));
            server.awaitHealth();
            String token = server.login();
            List<Long> ids = new ArrayList<>();
            for (int i = 0; i < brokers; i++) {
                ids.add(server.createBroker(token, "broker " + i, "127.0.0.1", port));
            }
            for (long id : ids) {
                for (int i = 0; i < devices; i++) {
                    server.createDevice(token, Pour.device(i), id);
                }
            }
            for (int i = 0; server.connected(token) < brokers; i++) {
                if (i > 300) {
                    throw new IllegalStateException("not all brokers are connected");
                }
                Thread.sleep(100);
            }
        }

        Connection database() throws SQLException {
            return DriverManager.getConnection(url);
        }

        private long stored() throws SQLException {
            try (Connection connection = database();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select count(*) from sensor_data")) {
                row.next();
                return row.getLong(1);
            }
        }

        /** Every device in turn publishes, until the last message is acknowledged. @return how many in a second */
        double pour(int count) throws SQLException {
            long before = stored();
            Answer poured = broker.ask("pour " + count + " " + devices);
            if (stored() - before != count) {
                throw new IllegalStateException((stored() - before) + " of " + count + " were stored");
            }
            return count * 1e9 / poured.number("nanos");
        }

        @Override
        public void close() throws InterruptedException {
            server.close();
            broker.close();
        }
    }
}
