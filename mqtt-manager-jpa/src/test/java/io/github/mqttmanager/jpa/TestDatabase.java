package io.github.mqttmanager.jpa;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A database with the schema of the scripts, against which the provider validates the mapping. */
final class TestDatabase implements AutoCloseable {
    private static EmbeddedPostgres postgres;

    private final String url;
    private final String user;
    private final EntityManagerFactory factory;
    private final PlainJpaSession session;

    private TestDatabase(String url, String user) {
        this.url = url;
        this.user = user;
        try (Connection connection = connect()) {
            MqttManagerSchema.apply(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        PersistenceConfiguration configuration = new PersistenceConfiguration("test")
                .property("jakarta.persistence.jdbc.url", url)
                .property("jakarta.persistence.jdbc.user", user)
                .property("jakarta.persistence.jdbc.password", "")
                .property("hibernate.hbm2ddl.auto", "validate")
                .property("hibernate.jdbc.batch_size", "50");
        MqttManagerEntities.classes().forEach(configuration::managedClass);
        factory = configuration.createEntityManagerFactory();
        session = new PlainJpaSession(factory);
    }

    static TestDatabase h2Memory() {
        return new TestDatabase("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa");
    }

    static TestDatabase h2File(Path file) {
        return new TestDatabase("jdbc:h2:file:" + file.toAbsolutePath(), "sa");
    }

    static synchronized TestDatabase postgresql() {
        try {
            if (postgres == null) {
                postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
            }
            String name = "t" + UUID.randomUUID().toString().replace("-", "");
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                // a language whose order is not that of code points
                statement.execute("create database " + name);
            }
            return new TestDatabase(postgres.getJdbcUrl("postgres", name), "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return url;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, "");
    }

    EntityManagerFactory factory() {
        return factory;
    }

    PlainJpaSession session() {
        return session;
    }

    TestDatabase cleared() {
        execute(
                "delete from mqtt_manager_outbox",
                "delete from mqtt_manager_device",
                "delete from mqtt_manager_broker",
                "delete from mqtt_manager_change");
        return this;
    }

    int execute(String... statements) {
        int changed = 0;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                changed += statement.executeUpdate(sql);
            }
            return changed;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> strings(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> found = new ArrayList<>();
            while (result.next()) {
                found.add(result.getString(1));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        factory.close();
    }
}
