package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Devices go on while the database, a PostgreSQL that forces its commits to disk, cannot be reached. */
class DatabaseAwayTest {
    private static final boolean LONG = Boolean.getBoolean("long");
    private static final Duration AWAY = Duration.ofSeconds(LONG ? 60 : 10);
    private static final int PER_SECOND = LONG ? 200 : 40;
    private static final int DEVICES = 20;
    private static final long MEGABYTE = 1024 * 1024;

    private int published;

    @Test
    void nothingIsLostWhileTheDatabaseIsAway() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", postgres.getPort());
                EmbeddedBroker broker =
                        EmbeddedBroker.builder().maxQueuedMessages(50_000).start();
                ConfigurableApplicationContext server = start(proxy);
                TestDevice devices = TestDevice.connect(broker.port(), "devices", "any")) {
            MqttManager manager = server.getBean(MqttManager.class);
            Api api = create(server, broker);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> manager.status(BrokerId.of("1")).orElseThrow().isConnected());

            publish(devices, Duration.ofSeconds(2));
            await().atMost(Duration.ofSeconds(30)).until(() -> stored(postgres) == published);
            long heapBefore = heap();

            proxy.refuse(true);
            proxy.cut();
            publish(devices, Duration.ofSeconds(1));
            long acknowledged = counters(manager).acknowledged();
            publish(devices, AWAY);
            Api.Answer refused = api.get("/api/mqtt-brokers/devices");
            assertThat(refused.is(503).json().path("code").stringValue()).isEqualTo("STORE_AWAY");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            TrafficCounters away = counters(manager);
            assertThat(away.acknowledged()).as("nothing is acknowledged").isEqualTo(acknowledged);
            assertThat(away.open()).as("what waits in memory").isBetween(1L, 200L);
            assertThat(heap() - heapBefore).as("growth of the heap").isLessThan(32 * MEGABYTE);

            proxy.refuse(false);
            publish(devices, Duration.ofSeconds(2));
            await().atMost(Duration.ofMinutes(2)).until(() -> stored(postgres) == published);
            await().atMost(Duration.ofSeconds(30)).until(() -> counters(manager).open() == 0);
        }
    }

    /** The database's machine is gone without a word: what is sent to it on the links that there are is lost, and no answer comes. */
    @Test
    void aDatabaseThatFallsSilentHoldsNobodyForEver() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", postgres.getPort());
                EmbeddedBroker broker = EmbeddedBroker.builder().start();
                ConfigurableApplicationContext server = start(proxy);
                TestDevice devices = TestDevice.connect(broker.port(), "devices", "any")) {
            MqttManager manager = server.getBean(MqttManager.class);
            create(server, broker);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> manager.status(BrokerId.of("1")).orElseThrow().isConnected());
            publish(devices, Duration.ofSeconds(1));
            await().atMost(Duration.ofSeconds(30)).until(() -> stored(postgres) == published);

            proxy.halfOpen();
            publish(devices, Duration.ofSeconds(1));
            await().atMost(Duration.ofSeconds(60)).until(() -> stored(postgres) == published);
            await().atMost(Duration.ofSeconds(30)).until(() -> counters(manager).open() == 0);
        }
    }

    private static ConfigurableApplicationContext start(FaultProxy proxy) {
        return ExampleServer.application()
                .run(
                        "--spring.profiles.active=postgres", // without the demo
                        "--server.port=0",
                        "--example.data-directory=" + ServerTest.temporary(),
                        "--example.network=everything",
                        "--spring.datasource.url=jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres",
                        "--spring.datasource.username=postgres",
                        "--spring.datasource.hikari.connection-timeout=2000",
                        "--spring.datasource.hikari.data-source-properties.socketTimeout=3",
                        "--mqtt-manager.handler.max-retry=5s",
                        "--ADMIN_PASSWORD=" + ServerTest.PASSWORD);
    }

    private static Api create(ConfigurableApplicationContext server, EmbeddedBroker broker) {
        Api api = Api.of(server).signedIn("admin", ServerTest.PASSWORD);
        api.post(
                        "/api/mqtt-brokers/brokers",
                        ServerTest.json("{'broker_name':'plant','broker_host':'127.0.0.1','broker_port':%d}"
                                .formatted(broker.port())))
                .is(201);
        for (int i = 0; i < DEVICES; i++) {
            api.post(
                            "/api/mqtt-brokers/devices",
                            ServerTest.json(
                                    "{'device_name':'%1$s','device_id':'%1$s','mqtt_broker_id':1}".formatted("d-" + i)))
                    .is(201);
        }
        return api;
    }

    /** At an even pace, each message with a number of its own. */
    private void publish(TestDevice devices, Duration during) {
        long began = System.nanoTime();
        long count = during.toSeconds() * PER_SECOND;
        for (int i = 0; i < count; i++) {
            long due = began + i * 1_000_000_000L / PER_SECOND;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            devices.publish("devices/d-" + published % DEVICES + "/telemetry", "{\"n\":" + published + "}");
            published++;
        }
    }

    private static TrafficCounters counters(MqttManager manager) {
        return manager.status(BrokerId.of("1")).orElseThrow().counters();
    }

    /** How many of the messages are there, each once. */
    private static long stored(EmbeddedPostgres postgres) {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(distinct readings) from sensor_data where readings like '{\"n\":%'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
