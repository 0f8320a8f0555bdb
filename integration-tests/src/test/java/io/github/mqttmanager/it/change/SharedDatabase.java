package io.github.mqttmanager.it.change;

import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.JpaDeviceRepository;
import io.github.mqttmanager.jpa.MqttManagerEntities;
import io.github.mqttmanager.jpa.MqttManagerSchema;
import io.github.mqttmanager.jpa.PlainJpaSession;
import io.github.mqttmanager.jpa.SecretCipher;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A PostgreSQL that several processes use, with the tables, and which can be restarted. */
final class SharedDatabase implements AutoCloseable {
    private final Path folder;
    private EmbeddedPostgres postgres;

    private SharedDatabase(Path folder) throws IOException {
        this.folder = folder;
        this.postgres = start(0);
    }

    static SharedDatabase start(Path folder) throws IOException, SQLException {
        SharedDatabase database = new SharedDatabase(folder);
        try (Connection connection = DriverManager.getConnection(database.url())) {
            MqttManagerSchema.apply(connection);
        }
        return database;
    }

    private EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    void restart() throws IOException {
        int port = postgres.getPort();
        postgres.close();
        postgres = start(port);
    }

    int port() {
        return postgres.getPort();
    }

    String url() {
        return url(port());
    }

    /** Through another port. */
    static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&connectTimeout=2&socketTimeout=5";
    }

    /** The repositories of one process. */
    static final class Repositories implements AutoCloseable {
        private final EntityManagerFactory factory;
        final PlainJpaSession session;
        final JpaBrokerRepository brokers;
        final JpaDeviceRepository devices;

        Repositories(String url) {
            PersistenceConfiguration configuration =
                    new PersistenceConfiguration("shared").property("jakarta.persistence.jdbc.url", url);
            MqttManagerEntities.classes().forEach(configuration::managedClass);
            factory = configuration.createEntityManagerFactory();
            session = new PlainJpaSession(factory);
            brokers = new JpaBrokerRepository(session, SecretCipher.refusing());
            devices = new JpaDeviceRepository(session);
        }

        @Override
        public void close() {
            factory.close();
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
