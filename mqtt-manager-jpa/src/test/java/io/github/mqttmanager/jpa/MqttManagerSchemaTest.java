package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import jakarta.persistence.Column;
import jakarta.persistence.Table;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OnEveryDatabase
class MqttManagerSchemaTest {
    private final Databases kind;

    MqttManagerSchemaTest(Databases kind) {
        this.kind = kind;
    }

    @Test
    void theMappingFitsTheScripts(TestDatabase database) throws SQLException {
        assertThatCode(database::factory).doesNotThrowAnyException();
        assertThat(differences(database)).isEmpty();
    }

    @Test
    void tablesThatDoNotFitAreNoticed() throws SQLException {
        try (TestDatabase database = kind.open()) {
            database.execute(
                    "alter table mqtt_manager_broker drop column will_topic",
                    "alter table mqtt_manager_device add column colour varchar(10)",
                    "alter table mqtt_manager_device drop column device_type",
                    "alter table mqtt_manager_device add column device_type varchar(49) default 'x' not null");
            assertThat(differences(database))
                    .containsExactly(
                            "mqtt_manager_broker.will_topic is missing",
                            "mqtt_manager_device.colour is not mapped",
                            "mqtt_manager_device.device_type may be null in the mapping only",
                            "mqtt_manager_device.device_type is shorter than 50");
            assertThatThrownBy(database::factory).rootCause().hasMessageContaining("will_topic");
        }
    }

    /** What the provider does not look at: columns that nobody maps, whether they may be null, and how long they are. */
    private static List<String> differences(TestDatabase database) throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Connection connection = database.connect()) {
            for (Class<?> entity : MqttManagerEntities.classes()) {
                String table = entity.getAnnotation(Table.class).name();
                Map<String, Field> mapped = new TreeMap<>();
                for (Field field : entity.getDeclaredFields()) {
                    if (field.isAnnotationPresent(Column.class)) {
                        mapped.put(field.getAnnotation(Column.class).name(), field);
                    }
                }
                Map<String, StoredColumn> stored = columns(connection, table);
                Set<String> all = new TreeSet<>(mapped.keySet());
                all.addAll(stored.keySet());
                for (String name : all) {
                    difference(mapped.get(name), stored.get(name), table + "." + name, differences);
                }
            }
        }
        return differences;
    }

    private static void difference(Field mapped, StoredColumn stored, String name, List<String> differences) {
        if (stored == null) {
            differences.add(name + " is missing");
        } else if (mapped == null) {
            differences.add(name + " is not mapped");
        } else {
            Column column = mapped.getAnnotation(Column.class);
            if (column.nullable() != stored.nullable()) {
                differences.add(name + " may be null in the " + (column.nullable() ? "mapping" : "database") + " only");
            }
            boolean hasLength = mapped.getType() == String.class || mapped.getType() == byte[].class;
            if (hasLength && stored.size() < column.length()) {
                differences.add(name + " is shorter than " + column.length());
            }
        }
    }

    private record StoredColumn(boolean nullable, long size) {}

    private static Map<String, StoredColumn> columns(Connection connection, String table) throws SQLException {
        Map<String, StoredColumn> columns = new TreeMap<>();
        try (ResultSet all =
                connection.getMetaData().getColumns(connection.getCatalog(), connection.getSchema(), null, null)) {
            while (all.next()) {
                if (all.getString("TABLE_NAME").equalsIgnoreCase(table)) {
                    columns.put(
                            all.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
                            new StoredColumn(
                                    all.getInt("NULLABLE") == DatabaseMetaData.columnNullable,
                                    all.getLong("COLUMN_SIZE")));
                }
            }
        }
        return columns;
    }

    @Test
    void theScriptsCanBeAppliedAgain() throws SQLException {
        try (TestDatabase database = kind.open();
                Connection connection = database.connect()) {
            JpaBrokerRepository repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
            BrokerDefinition stored = repository.save(
                    BrokerDefinition.builder(repository.nextId(), "h", 1).build());
            MqttManagerSchema.apply(connection);
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(repository.nextId().value()).isEqualTo("2");
            assertThat(repository.page(null, 10)).containsExactly(stored);
            assertThat(differences(database)).isEmpty();
        }
    }

    /** As an earlier version left it, with rows: they stay, and can be given what later versions know. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyOlderSchemaIsBroughtUpToDate(int version) throws SQLException {
        try (TestDatabase database = kind.empty();
                Connection connection = database.connect()) {
            execute(connection, statements(connection, version));
            assertThat(differences(database).isEmpty())
                    .as("V5 adds nothing that is mapped")
                    .isEqualTo(version == 4);
            database.execute(oldBroker(), oldDevice());
            MqttManagerSchema.apply(connection);

            assertThat(differences(database)).isEmpty();
            JpaBrokerRepository brokers = new JpaBrokerRepository(database.session(), TestKeys.cipher());
            BrokerDefinition broker = brokers.find(BrokerId.of("old")).orElseThrow();
            assertThat(broker)
                    .isEqualTo(BrokerDefinition.builder("old", "host", 1883)
                            .name("Old")
                            .owner("ann")
                            .clientIdentifier("client")
                            .credentials("user", "password of old")
                            .version(7)
                            .build());
            Birth birth = new Birth(TopicName.of("born"), new byte[] {1}, QoS.AT_LEAST_ONCE, true);
            BrokerDefinition born = brokers.save(broker.toBuilder().birth(birth).build());
            assertThat(brokers.find(broker.id())).contains(born);

            JpaDeviceRepository devices = new JpaDeviceRepository(database.session());
            Device device = devices.find(DeviceId.of("d")).orElseThrow();
            assertThat(device)
                    .isEqualTo(
                            Device.builder("d", "old").name("Device").version(3).build());
            Device told = devices.save(device.toBuilder()
                    .availability(Availability.of("{device_id}/up"))
                    .build());
            assertThat(devices.find(device.id())).contains(told);
            assertThat(new JpaOutbox(database.session()).depths()).isEmpty();
        }
    }

    /** H2 and MySQL commit each statement that makes something, so whoever is stopped leaves the statements before. */
    @Test
    void whatWasStoppedInTheMiddleIsBroughtUpToDate() throws SQLException {
        assumeTrue(kind == Databases.H2_IN_MEMORY || kind == Databases.MARIADB, "commits each statement");
        int done = 0;
        List<String> all;
        do {
            try (TestDatabase database = kind.empty();
                    Connection stopped = database.connect();
                    Connection connection = database.connect()) {
                all = statements(stopped, MqttManagerSchema.SCRIPTS.size());
                execute(stopped, all.subList(0, ++done));
                MqttManagerSchema.apply(connection);
                assertThat(differences(database)).as(all.get(done - 1)).isEmpty();
            }
        } while (done < all.size());
    }

    private static List<String> statements(Connection connection, int version) throws SQLException {
        List<String> statements = new ArrayList<>();
        for (String script : MqttManagerSchema.SCRIPTS.subList(0, version)) {
            statements.addAll(
                    MqttManagerSchema.statements(Database.of(connection).folder() + "/" + script));
        }
        return statements;
    }

    private static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** With the defaults, written as the first version did. */
    private static String oldBroker() {
        String sealed = TestKeys.cipher()
                .seal(Secret.of("password of old"), "mqtt_manager_broker\nold\nann\ncredentials.password");
        return "insert into mqtt_manager_broker (id, name, owner, active, version, created_at, updated_at, endpoints,"
                + " transport, mqtt_version, client_identifier, keep_alive_ns, username, password_sealed, tls_trust,"
                + " tls_verify_hostname, tls_minimum_version, websocket_path, session_clean_start, session_expiry_ns,"
                + " session_receive_maximum, session_maximum_packet_size, reconnect_initial_delay_ns,"
                + " reconnect_early_maximum_ns, reconnect_early_phase_ns, reconnect_late_maximum_ns,"
                + " reconnect_stable_after_ns) values ('old', 'Old', 'ann', true, 7, current_timestamp,"
                + " current_timestamp, 'host:1883', 'TCP', 'V5', 'client', 20000000000, 'user', '" + sealed
                + "', 'SYSTEM', true, 'TLS_1_2', '/mqtt', false, 86400000000000, 200, 262144, 1000000000, 15000000000,"
                + " 300000000000, 120000000000, 30000000000)";
    }

    private static String oldDevice() {
        return "insert into mqtt_manager_device (id, name, version, created_at, updated_at, broker_id, topic_name,"
                + " telemetry_topics, command_topic, expected_interval_ns) values ('d', 'Device', 3, current_timestamp,"
                + " current_timestamp, 'old', 'd', 'devices/{device_id}/telemetry', 'devices/{device_id}/commands',"
                + " 60000000000)";
    }

    @Test
    void instancesThatStartTogetherDoNotDisturbEachOther() throws Exception {
        assumeFalse(kind.isH2(), "H2 belongs to one instance");
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (TestDatabase database = kind.empty()) {
            List<Callable<Void>> starts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                starts.add(() -> {
                    try (Connection connection = database.connect()) {
                        MqttManagerSchema.apply(connection);
                    }
                    return null;
                });
            }
            for (Future<Void> start : executor.invokeAll(starts)) {
                assertThatCode(start::get).doesNotThrowAnyException();
            }
            assertThat(differences(database)).isEmpty();
        } finally {
            executor.shutdownNow();
        }
    }

    /** Whatever the language of the database. */
    @Test
    void idsAndOwnersAreComparedByCodePoint(TestDatabase database) {
        JpaBrokerRepository brokers = new JpaBrokerRepository(database.session(), TestKeys.cipher());
        List<String> ids = List.of("A", "B", "_", "a", "a-", "b", "z", "Ä", "ß", "ä", "工");
        List<String> owners = List.of("ann", "Ann", "ann ", "änn");
        for (int i = 0; i < ids.size(); i++) {
            brokers.save(BrokerDefinition.builder(ids.get(i), "h", 1)
                    .owner(owners.get(i % owners.size()))
                    .build());
        }
        assertThat(brokers.page(null, 100))
                .extracting(broker -> broker.id().value())
                .isEqualTo(ids);
        assertThat(brokers.pageOfOwner("ann", null, 100))
                .extracting(broker -> broker.id().value())
                .containsExactly("A", "a-", "ß");
        assertThat(brokers.countOfOwner("Ann")).isEqualTo(3);
        assertThat(brokers.countOfOwner("ann ")).isEqualTo(3);
        assertThat(brokers.countOfOwner("ANN")).isZero();
    }
}
