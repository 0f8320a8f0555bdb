package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.SmallDisk;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The disk of the database becomes full while devices publish and somebody edits, and is not when there is space again. */
class DiskFullTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEVICES = "/api/mqtt-brokers/devices";

    @TempDir
    private Path folder;

    private int published;

    @Test
    void nothingIsLostOnH2() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 24, 0)) {
            nothingIsLost(
                    disk, List.of("--spring.profiles.active=none", "--example.data-directory=" + disk.directory()));
        }
    }

    @Test
    void nothingIsLostOnPostgresql() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 24, 0);
                EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create tablespace small location '" + disk.directory() + "'");
            statement.execute("create database server tablespace small");
            nothingIsLost(
                    disk,
                    List.of(
                            "--spring.profiles.active=postgres",
                            "--example.data-directory=" + ServerTest.temporary(),
                            "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "server"),
                            "--spring.datasource.username=postgres"));
        }
    }

    private void nothingIsLost(SmallDisk disk, List<String> database) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--example.network=everything",
                "--mqtt-manager.handler.max-retry=2s",
                "--ADMIN_PASSWORD=" + ServerTest.PASSWORD));
        arguments.addAll(database);
        try (EmbeddedBroker broker =
                        EmbeddedBroker.builder().maxQueuedMessages(50_000).start();
                ConfigurableApplicationContext server =
                        ExampleServer.application().run(arguments.toArray(String[]::new));
                TestDevice sensor = TestDevice.connect(broker.port(), "devices", "any")) {
            MqttManager manager = server.getBean(MqttManager.class);
            JdbcTemplate rows = server.getBean(JdbcTemplate.class);
            Api api = Api.of(server).signedIn("admin", ServerTest.PASSWORD);
            api.post(
                            "/api/mqtt-brokers/brokers",
                            ServerTest.json("{'broker_name':'plant','broker_host':'127.0.0.1','broker_port':%d}"
                                    .formatted(broker.port())))
                    .is(201);
            device(api, "sensor").is(201);
            await().atMost(PATIENCE).until(() -> counters(manager).isPresent());
            publish(sensor, 20);
            await().atMost(PATIENCE).until(() -> stored(rows) == published);

            disk.fill();
            await().atMost(PATIENCE).until(() -> {
                // A database may have some space left in its own files.
                publish(sensor, 50);
                return published - counters(manager).orElseThrow().acknowledged() >= 100;
            });
            Api.Answer refused = device(api, "more-0");
            for (int i = 1; refused.status() == 201 && i < 1_000; i++) {
                refused = device(api, "more-" + i);
            }
            assertThat(refused.is(507).json().path("code").stringValue()).isEqualTo("STORE_FULL");
            assertThat(refused.json().path("detail").stringValue()).contains("full");

            disk.free();
            // H2 has closed the database: connections that the pool still has are found to be dead one by one.
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(DataAccessException.class)
                    .until(() -> stored(rows) == published);
            await().atMost(PATIENCE).until(() -> counters(manager).orElseThrow().open() == 0);
            assertThat(rows.queryForObject(
                            "select count(*) from sensor_data where device_id = 'sensor'", Integer.class))
                    .as("each once")
                    .isEqualTo(published);
            device(api, "late").is(201);
            publish(sensor, 1);
            await().atMost(PATIENCE).until(() -> stored(rows) == published);
        }
    }

    private static Api.Answer device(Api api, String id) {
        return api.post(
                DEVICES, ServerTest.json("{'device_name':'%1$s','device_id':'%1$s','mqtt_broker_id':1}".formatted(id)));
    }

    /** Each with a number of its own, and large. */
    private void publish(TestDevice sensor, int count) {
        for (int i = 0; i < count; i++) {
            String values = IntStream.range(0, 40)
                    .mapToObj(metric -> "\"metric-%d\":%d".formatted(metric, 1_000_000 + metric))
                    .collect(Collectors.joining(","));
            sensor.publish("devices/sensor/telemetry", "{\"n\":" + published + "," + values + "}");
            published++;
        }
    }

    private static Optional<TrafficCounters> counters(MqttManager manager) {
        return manager.status(BrokerId.of("1"))
                .filter(status -> status.isConnected())
                .map(status -> status.counters());
    }

    private static int stored(JdbcTemplate rows) {
        Integer count = rows.queryForObject(
                "select count(distinct readings) from sensor_data where device_id = 'sensor'", Integer.class);
        return count == null ? 0 : count;
    }
}
