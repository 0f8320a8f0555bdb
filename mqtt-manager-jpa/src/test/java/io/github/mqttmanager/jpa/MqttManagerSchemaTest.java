package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import jakarta.persistence.PersistenceConfiguration;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MqttManagerSchemaTest {
    @Test
    void theMappingFitsTheScriptsOfH2(@TempDir Path directory) {
        assertThatCode(() -> TestDatabase.h2Memory().close()).doesNotThrowAnyException();
        assertThatCode(() -> TestDatabase.h2File(directory.resolve("schema")).close())
                .doesNotThrowAnyException();
    }

    @Test
    void theMappingFitsTheScriptsOfPostgresql() {
        assertThatCode(() -> TestDatabase.postgresql().close()).doesNotThrowAnyException();
    }

    @Test
    void aMissingColumnIsNoticed() {
        try (TestDatabase database = TestDatabase.h2Memory()) {
            database.execute("alter table mqtt_manager_broker drop column will_topic");
            PersistenceConfiguration configuration = new PersistenceConfiguration("test")
                    .property("jakarta.persistence.jdbc.url", database.url())
                    .property("jakarta.persistence.jdbc.user", "sa")
                    .property("hibernate.hbm2ddl.auto", "validate");
            MqttManagerEntities.classes().forEach(configuration::managedClass);
            assertThatThrownBy(configuration::createEntityManagerFactory)
                    .rootCause()
                    .hasMessageContaining("will_topic");
        }
    }

    @Test
    void theScriptsCanBeAppliedAgain() throws SQLException {
        for (TestDatabase database : List.of(TestDatabase.h2Memory(), TestDatabase.postgresql())) {
            try (database;
                    Connection connection = database.connect()) {
                JpaBrokerRepository repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
                repository.nextId();
                MqttManagerSchema.apply(connection);
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(repository.nextId().value()).isEqualTo("2");
            }
        }
    }

    /** As the first version left it: what it holds stays, and can be given a birth message. */
    @Test
    void anOlderSchemaIsBroughtUpToDate() throws SQLException {
        for (TestDatabase database : List.of(TestDatabase.h2Memory(), TestDatabase.postgresql())) {
            try (database;
                    Connection connection = database.connect()) {
                JpaBrokerRepository repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
                BrokerDefinition stored =
                        repository.save(BrokerDefinition.builder("b", "h", 1).build());
                for (String column : List.of("topic", "payload", "qos", "retain")) {
                    database.execute("alter table mqtt_manager_broker drop column birth_" + column);
                }
                MqttManagerSchema.apply(connection);

                assertThat(repository.find(stored.id())).contains(stored);
                Birth birth = new Birth(TopicName.of("born"), new byte[] {1}, QoS.AT_LEAST_ONCE, true);
                repository.save(stored.toBuilder().birth(birth).build());
                assertThat(repository.find(stored.id()))
                        .hasValueSatisfying(found -> assertThat(found.birth()).isEqualTo(birth));
            }
        }
    }

    /** As it was before devices could say that they have come or gone. */
    @Test
    void aDeviceOfAnOlderSchemaStaysAndCanBeGivenAnAvailability() throws SQLException {
        for (TestDatabase database : List.of(TestDatabase.h2Memory(), TestDatabase.postgresql())) {
            try (database;
                    Connection connection = database.connect()) {
                new JpaBrokerRepository(database.session(), TestKeys.cipher())
                        .save(BrokerDefinition.builder("b", "h", 1).build());
                JpaDeviceRepository repository = new JpaDeviceRepository(database.session());
                Device stored = repository.save(Device.builder("d", "b").build());
                for (String column : List.of("topic", "online", "offline")) {
                    database.execute("alter table mqtt_manager_device drop column availability_" + column);
                }
                MqttManagerSchema.apply(connection);

                assertThat(repository.find(stored.id())).contains(stored);
                Device told = repository.save(stored.toBuilder()
                        .availability(Availability.of("{device_id}/up"))
                        .build());
                assertThat(repository.find(stored.id())).contains(told);
            }
        }
    }

    @Test
    void instancesThatStartTogetherDoNotDisturbEachOther() throws Exception {
        try (TestDatabase database = TestDatabase.postgresql()) {
            database.execute(
                    "drop table mqtt_manager_device",
                    "drop table mqtt_manager_broker",
                    "drop sequence mqtt_manager_broker_seq",
                    "drop sequence mqtt_manager_device_seq");
            ExecutorService executor = Executors.newFixedThreadPool(4);
            try {
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
            } finally {
                executor.shutdownNow();
            }
        }
    }

    @Test
    void pagesOfPostgresqlAreInTheOrderOfCodePoints() {
        try (TestDatabase database = TestDatabase.postgresql()) {
            assertThat(database.strings("select collation_name::text from information_schema.columns"
                            + " where table_name = 'mqtt_manager_broker' and column_name = 'id'"))
                    .containsExactly("C");
        }
    }
}
