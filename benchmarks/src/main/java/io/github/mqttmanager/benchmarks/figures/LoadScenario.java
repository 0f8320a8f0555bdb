package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.jpa.AesGcmSecretCipher;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.MqttManagerSchema;
import io.github.mqttmanager.jpa.SecretKeyFile;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A host with a gigabyte of heap starts with many brokers and devices in PostgreSQL. Of the brokers a few can be reached, half of the others are
 * wanted and refuse, half are not wanted. Beside it the same tables are read over plain JDBC; both are fresh processes, in turn.
 */
final class LoadScenario implements Scenario {
    private static final int PAGE = 500;

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int brokers = settings.number("brokers", 10_000);
        int reachable = settings.number("reachable", 100);
        int devices = settings.number("devices", 1_000_000);
        int rounds = settings.number("rounds", 3);
        List<String> flags =
                List.of(("-Xmx1g " + settings.text("flags", "")).trim().split(" "));
        Path keys = Files.createTempDirectory("keys").resolve("keys");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                Child sink = Child.start(List.of("-Xmx256m", "-XX:+UseSerialGC"), SinkBroker.class, "good=1")) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            int port = sink.answer().ports("good").get(0);
            seed(url, keys, brokers, reachable, devices, port);
            List<Double> loaded = new ArrayList<>();
            List<Double> connected = new ArrayList<>();
            List<Double> plain = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            List<Double> heaps = new ArrayList<>();
            List<Double> peaks = new ArrayList<>();
            double empty = 0;
            page(url); // fills the database's cache
            for (int i = 0; i < rounds; i++) {
                plain.add(page(url));
                try (Child host = Child.start(flags, StoredProcess.class, url, keys.toString())) {
                    // With flags that make the JVM say something there are other lines before.
                    for (Answer ready = host.ask("ready"); !ready.values().containsKey("brokers"); ) {
                        ready = host.answer();
                    }
                    empty = host.ask("heap").number("used");
                    Answer started = host.ask("start " + reachable + " " + brokers / reachable);
                    System.err.println(started.values());
                    loaded.add(started.decimal("loaded_s"));
                    connected.add(started.decimal("connected_s"));
                    ratios.add(loaded.get(i) / plain.get(i));
                    peaks.add(host.ask("peak").number("used") / 1e6);
                    heaps.add(host.ask("heap").number("used") / 1e6);
                }
            }
            String what = brokers + " brokers and " + devices + " devices on PostgreSQL, -Xmx1g: ";
            return List.of(
                    Figure.of(what + "loaded, beside plain JDBC paging", Medians.median(ratios), 2, "times, median")
                            .with("ratios", Medians.all(ratios))
                            .with("loaded_s", Medians.all(loaded))
                            .with("jdbc_s", Medians.all(plain)),
                    Figure.of(
                                    what + reachable + " reachable connected",
                                    Medians.max(connected),
                                    settings.number("within", 60),
                                    "s, the longest")
                            .with("all", Medians.all(connected)),
                    Figure.of(what + "live heap", Medians.max(heaps), 1_000, "MB after a full collection, the most")
                            .with("before_start", empty / 1e6)
                            .with("bytes_per_device", (Medians.max(heaps) * 1e6 - empty) / devices)
                            .with("peak_mb", Medians.all(peaks)));
        }
    }

    private static double page(String url) {
        try (Child pages = Child.start(List.of("-Xmx1g"), PagingProcess.class, url)) {
            Answer read = pages.ask("run");
            System.err.println(read.values());
            return read.decimal("read_s");
        }
    }

    private static void seed(String url, Path keys, int brokers, int reachable, int devices, int port)
            throws Exception {
        try (Connection connection = DriverManager.getConnection(url)) {
            MqttManagerSchema.apply(connection);
        }
        JpaBrokerRepository repository = new JpaBrokerRepository(
                StoredProcess.session(url), new AesGcmSecretCipher(SecretKeyFile.ofOrCreate(keys)));
        int refused = refused();
        List<BrokerDefinition> page = new ArrayList<>();
        int apart = brokers / reachable;
        for (int i = 1; i <= brokers; i++) {
            boolean good = i % apart == 0;
            page.add(BrokerDefinition.builder("" + i, "127.0.0.1", good ? port : refused)
                    .name("plant " + i)
                    .credentials(new Credentials("user-" + i, Secret.of("password-" + i)))
                    .active(good || i % 2 == 0)
                    .build());
            if (page.size() == PAGE || i == brokers) {
                repository.saveAll(page);
                page.clear();
            }
        }
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            // Each broker's devices are all over the table, as if they had come one after the other.
            statement.execute(
                    "insert into mqtt_manager_device (id, name, owner, version, created_at, updated_at, broker_id,"
                            + " topic_name, device_type, telemetry_topics, command_topic, expected_interval_ns, last_seen)"
                            + " select i::text, 'Sensor ' || i, null, 1, now(), now(), (1 + i % " + brokers + ")::text,"
                            + " 'sensor-' || i, 'thermometer', 'devices/{device_id}/telemetry', 'devices/{device_id}/commands',"
                            + " 60000000000, case when i % 2 = 0 then now() - i * interval '1 second' end"
                            + " from generate_series(1, " + devices + ") i");
            statement.execute("vacuum analyze");
        }
    }

    /** A port on which nobody listens. */
    private static int refused() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
