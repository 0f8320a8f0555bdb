package io.github.mqttmanager.jpa;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database, and what the tests do with it beside the repositories. */
final class TestDatabase implements AutoCloseable {
    private final Databases kind;
    private final String url;
    private final String user;
    private final String password;
    private EntityManagerFactory factory;
    private PlainJpaSession session;

    TestDatabase(Databases kind, String url, String user, String password) {
        this.kind = kind;
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /** With all scripts applied. */
    TestDatabase withSchema() {
        try (Connection connection = connect()) {
            MqttManagerSchema.apply(connection);
            return this;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Databases kind() {
        return kind;
    }

    String url() {
        return url;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** The provider validates the mapping against the tables that are there. */
    synchronized EntityManagerFactory factory() {
        if (factory == null) {
            PersistenceConfiguration configuration = new PersistenceConfiguration("test")
                    .property("jakarta.persistence.jdbc.url", url)
                    .property("jakarta.persistence.jdbc.user", user)
                    .property("jakarta.persistence.jdbc.password", password)
                    .property("hibernate.hbm2ddl.auto", "validate")
                    .property("hibernate.jdbc.batch_size", "50");
            MqttManagerEntities.classes().forEach(configuration::managedClass);
            factory = configuration.createEntityManagerFactory();
            session = new PlainJpaSession(factory);
        }
        return factory;
    }

    PlainJpaSession session() {
        factory();
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

    /** So that the next numbers are 1. */
    void restartSequences() {
        for (String sequence : List.of("mqtt_manager_broker_seq", "mqtt_manager_device_seq")) {
            execute(
                    kind == Databases.MARIADB
                            ? "alter table " + sequence + " auto_increment = 1"
                            : "alter sequence " + sequence + " restart with 1");
        }
    }

    @Override
    public void close() {
        if (factory != null) {
            factory.close();
        }
    }
}
