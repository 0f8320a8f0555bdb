package io.github.mqttmanager.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.test.BrokerRepositoryContract;
import io.github.mqttmanager.test.RepositoryChangesContract;
import io.github.mqttmanager.test.SampleDefinitions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the page {@code docs/repositories.md} shows, and that it keeps the contract. */
class JdbcBrokerRepositoryTest {
    private static DataSource emptyDatabase() {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute(JdbcBrokerRepository.TABLE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return database;
    }

    @Nested
    class Contract extends BrokerRepositoryContract {
        @Override
        protected BrokerRepository repository() {
            return new JdbcBrokerRepository(emptyDatabase());
        }

        /** The table has no more. */
        @Override
        protected BrokerDefinition kept(BrokerDefinition given) {
            return JdbcBrokerRepository.kept(given);
        }
    }

    @Nested
    class Changes extends RepositoryChangesContract<BrokerId> {
        private final SampleDefinitions samples = new SampleDefinitions(1);
        private final JdbcBrokerRepository repository = new JdbcBrokerRepository(emptyDatabase());

        @Override
        protected RepositoryChanges<BrokerId> changes() {
            return repository;
        }

        @Override
        protected BrokerId save() {
            return repository.save(samples.plainBroker()).id();
        }

        @Override
        protected void change(BrokerId id) {
            repository.setActive(id, true);
        }

        @Override
        protected void delete(BrokerId id) {
            repository.delete(id);
        }

        @Override
        protected boolean exists(BrokerId id) {
            return repository.find(id).isPresent();
        }
    }

    @Test
    void theManagerConnectsWhatTheTableHolds() throws Exception {
        DataSource database = emptyDatabase();
        JdbcBrokerRepository plants = new JdbcBrokerRepository(database);
        try (MqttManager manager = MqttManager.builder()
                .brokers(plants)
                .handler((device, publish) -> System.out.println(device.id() + " says " + publish.payloadText()))
                .build()) {
            manager.start();
            plants.save(BrokerDefinition.builder("plant-7", "localhost", 1883).build());
            awaitName(manager, "plant-7");

            try (Connection connection = database.getConnection()) {
                connection.createStatement().executeUpdate("update plant set title = 'Plant seven'");
            }
            manager.refresh(BrokerId.of("plant-7"));
            awaitName(manager, "Plant seven");
        }
    }

    private static void awaitName(MqttManager manager, String name) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (manager.statuses().stream().noneMatch(status -> status.name().equals(name))) {
            assertThat(System.nanoTime()).as("known as " + name).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void thePageShowsThisCode() throws Exception {
        String page = Files.readString(Path.of("../../docs/repositories.md"), StandardCharsets.UTF_8);
        String folder = "java/io/github/mqttmanager/example/quickstart/";
        String source = Files.readString(Path.of("src/main/" + folder + "JdbcBrokerRepository.java"))
                + Files.readString(Path.of("src/test/" + folder + "JdbcBrokerRepositoryTest.java"));
        Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
        int found = 0;
        for (; blocks.find(); found++) {
            assertThat(source).contains(blocks.group(1));
        }
        assertThat(found).isGreaterThanOrEqualTo(5);
    }
}
