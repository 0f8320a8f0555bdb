package io.github.mqttmanager.example.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.example.server.TestPostgres;
import io.github.mqttmanager.jpa.MqttManagerSchema;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** Databases of every earlier version become as new ones are, and keep what they hold. */
class SchemaTest {
    @TempDir
    private Path directory;

    enum Kind {
        H2,
        POSTGRESQL
    }

    private DataSource database(Kind kind) throws SQLException {
        DataSource database = kind == Kind.H2
                ? new DriverManagerDataSource("jdbc:h2:file:" + directory.resolve("old"), "sa", "")
                : new DriverManagerDataSource(TestPostgres.newDatabase(), "postgres", "any");
        MqttManagerSchema.apply(database);
        return database;
    }

    private static void upgrade(DataSource database) {
        new Schema(database, null).initializeDatabase();
    }

    /** Columns and indexes as the database knows them. */
    private static List<String> shape(Kind kind, DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        Stream<String> columns = jdbc
                .queryForList(
                        "select concat(table_name, '.', column_name, ' ', data_type, ' ', is_nullable, ' ', character_maximum_length)"
                                + " from information_schema.columns where lower(table_name) in ('users', 'app_setting', 'sensor_data')",
                        String.class)
                .stream();
        String indexes = kind == Kind.H2
                ? "select index_name from information_schema.indexes where table_name = 'SENSOR_DATA' and index_name like '%_IX'"
                : "select indexdef from pg_indexes where tablename = 'sensor_data'";
        return Stream.concat(columns, jdbc.queryForList(indexes, String.class).stream())
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void theTablesOfTheFirstVersionAreUpgraded(Kind kind) throws Exception {
        DataSource database = database(kind);
        Resource first =
                new ClassPathResource("schema/" + kind.name().toLowerCase(java.util.Locale.ROOT) + "/V1__tables.sql");
        new ResourceDatabasePopulator(first).execute(database);
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.execute("insert into users (username, username_key, password_hash, is_admin, token_generation, created_at)"
                + " values ('a', 'a', 'x', true, 0, current_timestamp)");
        insertDevice(jdbc);
        String reading = "{\"t\":1}";
        String longReading = "{\"" + "n".repeat(2_500) + "\":1}";
        for (String values : List.of(reading, longReading)) {
            jdbc.update(
                    "insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings)"
                            + " values (1, '1', 'd', current_timestamp, ?)",
                    values);
        }

        upgrade(database);
        upgrade(database);

        assertThat(jdbc.queryForList(
                        "select coalesce(readings, long_readings) from sensor_data order by id", String.class))
                .containsExactly(reading, longReading);
        assertThat(jdbc.queryForObject("select content from app_setting where name = 'schema-version'", String.class))
                .isEqualTo("2");
        DataSource fresh = kind == Kind.H2
                ? new DriverManagerDataSource("jdbc:h2:file:" + directory.resolve("fresh"), "sa", "")
                : new DriverManagerDataSource(TestPostgres.newDatabase(), "postgres", "any");
        MqttManagerSchema.apply(fresh);
        upgrade(fresh);
        assertThat(shape(kind, database)).isEqualTo(shape(kind, fresh)).hasSizeGreaterThan(18);
    }

    private static void insertDevice(JdbcTemplate jdbc) {
        jdbc.update(
                "insert into mqtt_manager_broker (id, name, active, version, created_at, updated_at, endpoints, transport, mqtt_version,"
                        + " client_identifier, keep_alive_ns, tls_trust, tls_verify_hostname, tls_minimum_version, websocket_path,"
                        + " session_clean_start, session_expiry_ns, session_receive_maximum, session_maximum_packet_size,"
                        + " reconnect_initial_delay_ns, reconnect_early_maximum_ns, reconnect_early_phase_ns, reconnect_late_maximum_ns,"
                        + " reconnect_stable_after_ns) values ('1', 'b', false, 1, current_timestamp, current_timestamp, 'h:1', 'TCP', 'V5',"
                        + " 'c', 1, 'SYSTEM', true, 'TLSv1.2', '/', false, 1, 1, 1, 1, 1, 1, 1, 1)");
        jdbc.update(
                "insert into mqtt_manager_device (id, name, version, created_at, updated_at, broker_id, topic_name, telemetry_topics,"
                        + " expected_interval_ns) values ('1', 'd', 1, current_timestamp, current_timestamp, '1', 'd', 't', 1)");
    }

    @ParameterizedTest
    @EnumSource
    void theTablesOfALaterVersionAreLeftAlone(Kind kind) throws Exception {
        DataSource database = database(kind);
        upgrade(database);
        new JdbcTemplate(database).update("update app_setting set content = '99' where name = 'schema-version'");
        assertThatThrownBy(() -> upgrade(database))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("later version")
                .hasMessageContaining("99");
    }

    @ParameterizedTest
    @EnumSource(names = "POSTGRESQL")
    void twoInstancesMayStartAtTheSameTime(Kind kind) throws Exception {
        DataSource database = database(kind);
        Thread[] instances = new Thread[4];
        Throwable[] failures = new Throwable[instances.length];
        for (int i = 0; i < instances.length; i++) {
            int number = i;
            instances[i] = new Thread(() -> upgrade(database));
            instances[i].setUncaughtExceptionHandler((thread, failure) -> failures[number] = failure);
        }
        Arrays.stream(instances).forEach(Thread::start);
        for (Thread instance : instances) {
            instance.join();
        }
        assertThat(failures).containsOnlyNulls();
    }
}
