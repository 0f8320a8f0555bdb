package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.test.BrokerRepositoryContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** On a PostgreSQL in a container, as a packager made it, reached with a password. Skipped where Docker does not answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("dockerAnswers")
class PostgresqlContainerTest extends BrokerRepositoryContract {
    private final PostgreSQLContainer container = new PostgreSQLContainer("postgres:16-alpine");
    private TestDatabase database;

    static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @BeforeAll
    void start() {
        container.start();
        database = new TestDatabase(
                        Databases.POSTGRESQL, container.getJdbcUrl(), container.getUsername(), container.getPassword())
                .withSchema();
    }

    @AfterAll
    void stop() {
        if (database != null) {
            database.close();
        }
        container.stop();
    }

    @Override
    protected BrokerRepository repository() {
        return new JpaBrokerRepository(database.cleared().session(), TestKeys.cipher());
    }

    @Test
    void itIsNotTheEmbeddedOne() throws SQLException {
        assertThat(database.strings("show port")).containsExactly("5432");
        assertThat(database.url()).contains(":" + container.getMappedPort(5432) + "/");
        assertThat(database.strings("select version()")).first().asString().startsWith("PostgreSQL");
    }
}
