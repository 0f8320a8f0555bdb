package io.github.mqttmanager.it.store;

import io.github.mqttmanager.jpa.AesGcmSecretCipher;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.JpaDeviceRepository;
import io.github.mqttmanager.jpa.MqttManagerEntities;
import io.github.mqttmanager.jpa.MqttManagerSchema;
import io.github.mqttmanager.jpa.PlainJpaSession;
import io.github.mqttmanager.jpa.SecretKeys;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The repositories on one database, as a host application has them. */
final class Store implements AutoCloseable {
    private static final SecretKeys KEYS = SecretKeys.of("test", new byte[32]);

    final PlainJpaSession session;
    final JpaBrokerRepository brokers;
    final JpaDeviceRepository devices;
    private final EntityManagerFactory factory;

    private Store(EntityManagerFactory factory) {
        this.factory = factory;
        this.session = new PlainJpaSession(factory);
        this.brokers = new JpaBrokerRepository(session, new AesGcmSecretCipher(KEYS));
        this.devices = new JpaDeviceRepository(session);
    }

    /** Applies the schema, whatever is there already, and opens the repositories. */
    static Store open(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            MqttManagerSchema.apply(connection);
        }
        PersistenceConfiguration configuration = new PersistenceConfiguration("store")
                .property("jakarta.persistence.jdbc.url", url)
                .property("hibernate.jdbc.batch_size", "50");
        MqttManagerEntities.classes().forEach(configuration::managedClass);
        return new Store(configuration.createEntityManagerFactory());
    }

    @Override
    public void close() {
        factory.close();
    }
}
