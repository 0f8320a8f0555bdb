package io.github.mqttmanager.example.server.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.example.server.ExampleServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * A week of one of 1,000 devices that send a reading a minute, from the server's own tables on a PostgreSQL: 10,080,000 rows. Prints a line of JSON
 * per figure, the plans and the sizes.
 */
@EnabledIfSystemProperty(named = "long", matches = "true")
class TenMillionReadingsTest {
    private static final int DEVICES = Integer.getInteger("readings.devices", 1_000);
    private static final int ASKED = 200;
    private static final Instant FROM = Instant.parse("2026-11-01T00:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);
    private static final long LIMIT_MILLIS = 50;
    private static final long LONGEST_INSERT_MILLIS = 1_000;
    private static final long NEEDED_BYTES = 8L << 30;

    @TempDir
    private Path directory;

    @Test
    void aWeekOfOneDeviceIsAnsweredInTime() throws Exception {
        assertThat(directory.toFile().getUsableSpace()).as("free bytes").isGreaterThan(NEEDED_BYTES);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("max_wal_size", "8GB")
                        .start();
                ConfigurableApplicationContext server = new SpringApplication(ExampleServer.class)
                        .run(
                                "--spring.profiles.active=postgres",
                                "--server.port=0",
                                "--example.data-directory=" + directory,
                                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:" + postgres.getPort()
                                        + "/postgres",
                                "--spring.datasource.username=postgres",
                                "--example.readings.per-user=100000000",
                                "--example.readings.keep=36500d",
                                "--ADMIN_PASSWORD=only for this test");
                Connection connection = postgres.getPostgresDatabase().getConnection()) {
            JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            createDevices(server.getBean(MqttManager.class));
            fill(jdbc);
            SensorData sensorData = server.getBean(SensorData.class);
            List<Double> raw = measure(device -> week(sensorData, device));
            List<Double> hours = measure(device -> sensorData
                    .aggregates(device, FROM, FROM.plus(WEEK), 3_600, List.of("temperature"))
                    .size());
            List<Double> three = measure(device -> sensorData
                    .aggregates(device, FROM, FROM.plus(WEEK), 3_600, List.of("temperature", "humidity", "battery"))
                    .size());
            printPlans(jdbc);
            printSizes(jdbc);
            boolean reached = figure("a week of one device, each of its readings", raw)
                    & figure("a week of one device in hours, one metric", hours)
                    & figure("a week of one device in hours, three metrics", three);
            reached &= deletingHoldsNoWriterUp(sensorData, server.getBean(TransactionTemplate.class));
            assertThat(reached).as("within the limit").isTrue();
        }
    }

    private static void createDevices(MqttManager manager) {
        manager.save(BrokerDefinition.builder("1", "localhost", 1883)
                .owner("1")
                .active(false)
                .build());
        List<Device> devices = new ArrayList<>();
        for (int i = 1; i <= DEVICES; i++) {
            devices.add(Device.builder(Integer.toString(i), "1").owner("1").build());
        }
        manager.devices().saveAll(devices);
    }

    /** In the order of time, as devices send them, so that those of one device lie far apart; with all indexes in place. */
    private static void fill(JdbcTemplate jdbc) {
        long began = System.nanoTime();
        // Without the look-ups of device and user for each row: they are there.
        jdbc.execute("set session_replication_role = replica");
        for (int day = 0; day < WEEK.toDays(); day++) {
            jdbc.update("""
                    insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings)
                    select 1, d::text, d::text, ?::timestamptz + m * interval '1 minute' + d * interval '50 ms',
                        format('{"temperature":%s,"humidity":%s,"battery":%s}',
                            round((20 + random() * 10)::numeric, 2), round((40 + random() * 20)::numeric, 1), d % 100)
                    from generate_series(0, 1439) m, generate_series(1, ?) d order by m, d
                    """, FROM.plus(Duration.ofDays(day)).toString(), DEVICES);
        }
        System.out.printf(Locale.ROOT, "filled in %.0f s%n", (System.nanoTime() - began) / 1e9);
        // As autovacuum does soon after, so that the index is known to hold what everybody may see.
        jdbc.execute("vacuum analyze sensor_data");
        jdbc.execute("checkpoint");
    }

    private static int week(SensorData sensorData, DeviceId device) {
        int rows = sensorData
                .before(device, FROM, SensorData.Place.at(FROM.plus(WEEK)), 20_000)
                .size();
        assertThat(rows).isEqualTo(10_080);
        return rows;
    }

    /** Each of many devices once. */
    private static List<Double> measure(Function<DeviceId, Integer> query) {
        Random random = new Random(5);
        // what is compiled and connected at the first call
        for (int i = 0; i < 20; i++) {
            query.apply(DeviceId.of(Integer.toString(1 + random.nextInt(DEVICES))));
        }
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            DeviceId device = DeviceId.of(Integer.toString(1 + random.nextInt(DEVICES)));
            long began = System.nanoTime();
            int found = query.apply(device);
            millis.add((System.nanoTime() - began) / 1e6);
            assertThat(found).isPositive();
        }
        return millis.stream().sorted().toList();
    }

    private static boolean figure(String name, List<Double> millis) {
        double p50 = millis.get(ASKED / 2 - 1);
        double p99 = millis.get(ASKED * 99 / 100 - 1);
        System.out.printf(
                Locale.ROOT,
                "{\"figure\":\"%s, p99\",\"reached\":%s,\"value\":%.1f,\"limit\":%d,\"unit\":\"ms\",\"p50\":%.1f,\"most\":%.1f}%n",
                name,
                p99 <= LIMIT_MILLIS,
                p99,
                LIMIT_MILLIS,
                p50,
                millis.get(ASKED - 1));
        return p99 <= LIMIT_MILLIS;
    }

    /** The first twelve hours go, while rows are stored. */
    private static boolean deletingHoldsNoWriterUp(SensorData sensorData, TransactionTemplate transactions)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Device device = Device.builder("1", "1").owner("1").build();
        CompletableFuture<List<Double>> writer = CompletableFuture.supplyAsync(() -> {
            List<Double> millis = new ArrayList<>();
            while (!done.get()) {
                List<SensorData.Row> rows = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    rows.add(new SensorData.Row(device, 1, Instant.now(), "{\"temperature\":1}", null));
                }
                long began = System.nanoTime();
                transactions.executeWithoutResult(status -> sensorData.insert(rows, row -> false));
                millis.add((System.nanoTime() - began) / 1e6);
            }
            return millis.stream().sorted().toList();
        });
        List<Double> chunks = new ArrayList<>();
        int deleted = 0;
        for (int chunk = 1; chunk > 0; deleted += chunk) {
            long began = System.nanoTime();
            chunk = sensorData.deleteOlder(FROM.plus(Duration.ofHours(12)));
            chunks.add((System.nanoTime() - began) / 1e6);
        }
        done.set(true);
        List<Double> inserts = writer.get();
        List<Double> sorted = chunks.stream().sorted().toList();
        double longest = inserts.get(inserts.size() - 1);
        System.out.printf(
                Locale.ROOT,
                "{\"figure\":\"storing 100 readings while %d old ones are deleted, longest\",\"reached\":%s,\"value\":%.1f,\"limit\":%d,"
                        + "\"unit\":\"ms\",\"p50\":%.1f,\"inserts\":%d,\"deleting5000\":%.1f,\"deleting5000Most\":%.1f}%n",
                deleted,
                longest <= LONGEST_INSERT_MILLIS,
                longest,
                LONGEST_INSERT_MILLIS,
                inserts.get(inserts.size() / 2),
                inserts.size(),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() - 1));
        return longest <= LONGEST_INSERT_MILLIS;
    }

    /** The plans of the statements that the application really sends. */
    private static void printPlans(JdbcTemplate jdbc) throws Exception {
        List<String> statements = new ArrayList<>();
        DataSource listening = new DelegatingDataSource(jdbc.getDataSource()) {
            @Override
            public Connection getConnection() throws java.sql.SQLException {
                Connection connection = super.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("prepareStatement")) {
                                statements.add((String) arguments[0]);
                            }
                            return method.invoke(connection, arguments);
                        });
            }
        };
        SensorData heard =
                new SensorData(JdbcClient.create(listening), new JdbcTemplate(listening), JsonMapper.shared());
        DeviceId device = DeviceId.of("77");
        Instant to = FROM.plus(WEEK);
        Object from = FROM.atOffset(ZoneOffset.UTC);
        Object end = to.atOffset(ZoneOffset.UTC);
        plan(
                jdbc,
                statements,
                () -> heard.before(device, FROM, SensorData.Place.at(to), 20_000),
                device.value(),
                from,
                end,
                end,
                0,
                20_000);
        plan(
                jdbc,
                statements,
                () -> heard.aggregates(device, FROM, to, 3_600, List.of("temperature")),
                "temperature",
                device.value(),
                from,
                end);
    }

    private static void plan(JdbcTemplate jdbc, List<String> statements, Callable<?> query, Object... parameters)
            throws Exception {
        statements.clear();
        query.call();
        String plan = String.join(
                "\n", jdbc.queryForList("explain (analyze, buffers) " + statements.get(0), String.class, parameters));
        System.out.println(plan);
        assertThat(plan)
                .contains("Index Only Scan")
                .contains("sensor_data_device_ix")
                .contains("Heap Fetches: 0");
    }

    private static void printSizes(JdbcTemplate jdbc) {
        jdbc.query(
                "select relname, pg_relation_size(oid) / 1024 / 1024 as megabytes from pg_class where relname like 'sensor_data%' order by relname",
                row -> {
                    System.out.println(row.getString(1) + ": " + row.getLong(2) + " MB");
                });
        System.out.println("rows: " + jdbc.queryForObject("select count(*) from sensor_data", Long.class));
    }
}
