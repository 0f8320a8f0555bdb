package io.github.mqttmanager.spring;

import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.jpa.AesGcmSecretCipher;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.JpaChangeFeed;
import io.github.mqttmanager.jpa.JpaDeviceRepository;
import io.github.mqttmanager.jpa.JpaOutbox;
import io.github.mqttmanager.jpa.JpaSession;
import io.github.mqttmanager.jpa.SecretCipher;
import io.github.mqttmanager.jpa.SecretKeyFile;
import io.github.mqttmanager.jpa.SecretKeySource;
import io.github.mqttmanager.jpa.SecretKeys;
import io.github.mqttmanager.publish.Outbox;
import jakarta.persistence.EntityManagerFactory;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

/** The repositories and the outbox over the application's database. */
@AutoConfiguration(after = HibernateJpaAutoConfiguration.class)
@ConditionalOnClass({EntityManagerFactory.class, JpaBrokerRepository.class, PlatformTransactionManager.class})
@ConditionalOnBooleanProperty(name = "mqtt-manager.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(EntityManagerFactory.class)
@EnableConfigurationProperties(MqttManagerProperties.class)
public final class MqttManagerJpaAutoConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(MqttManagerJpaAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(PlatformTransactionManager.class)
    JpaSession mqttManagerJpaSession(EntityManagerFactory factory, PlatformTransactionManager transactions) {
        return new SpringJpaSession(factory, transactions);
    }

    /** Follows the file, so keys can be changed while the application runs. */
    @Bean
    @ConditionalOnMissingBean({SecretCipher.class, SecretKeySource.class})
    @ConditionalOnProperty("mqtt-manager.secrets.key-file")
    SecretKeyFile mqttManagerSecretKeyFile(MqttManagerProperties properties) {
        MqttManagerProperties.Secrets secrets = properties.getSecrets();
        Path file = Objects.requireNonNull(secrets.getKeyFile());
        if (secrets.getKeys() != null) {
            throw new UnusableSecretKeysException(
                    "both mqtt-manager.secrets.key-file and mqtt-manager.secrets.keys are set; set one of them", null);
        }
        try {
            return secrets.isCreateKeyFile() ? SecretKeyFile.ofOrCreate(file) : SecretKeyFile.of(file);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new UnusableSecretKeysException("mqtt-manager.secrets.key-file: " + e.getMessage(), e);
        }
    }

    @Bean
    @ConditionalOnMissingBean({SecretCipher.class, SecretKeySource.class})
    @ConditionalOnProperty("mqtt-manager.secrets.keys")
    SecretKeys mqttManagerSecretKeys(MqttManagerProperties properties) {
        try {
            return SecretKeys.fromText(
                    Objects.requireNonNull(properties.getSecrets().getKeys()));
        } catch (IllegalArgumentException e) {
            throw new UnusableSecretKeysException("mqtt-manager.secrets.keys: " + e.getMessage(), e);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    SecretCipher mqttManagerSecretCipher(ObjectProvider<SecretKeySource> source) {
        SecretKeySource keys = source.getIfAvailable();
        if (keys != null) {
            return new AesGcmSecretCipher(keys);
        }
        LOG.warn("No key for secrets is configured, so brokers with passwords cannot be stored;"
                + " set mqtt-manager.secrets.key-file or mqtt-manager.secrets.keys");
        return SecretCipher.refusing();
    }

    @Bean
    @ConditionalOnMissingBean(BrokerRepository.class)
    @ConditionalOnBean(JpaSession.class)
    JpaBrokerRepository mqttManagerBrokerRepository(JpaSession session, SecretCipher cipher) {
        return new JpaBrokerRepository(session, cipher);
    }

    @Bean
    @ConditionalOnMissingBean(DeviceRepository.class)
    @ConditionalOnBean(JpaSession.class)
    JpaDeviceRepository mqttManagerDeviceRepository(JpaSession session) {
        return new JpaDeviceRepository(session);
    }

    /** Initialised before the manager loads what is stored, so that no change is missed in between. */
    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnMissingBean
    @ConditionalOnBean({JpaSession.class, JpaBrokerRepository.class, JpaDeviceRepository.class})
    @ConditionalOnBooleanProperty(name = "mqtt-manager.auto-start", matchIfMissing = true)
    @ConditionalOnBooleanProperty(name = "mqtt-manager.jpa.change-feed.enabled", matchIfMissing = true)
    JpaChangeFeed mqttManagerChangeFeed(
            JpaSession session,
            JpaBrokerRepository brokers,
            JpaDeviceRepository devices,
            MqttManagerProperties properties) {
        return new JpaChangeFeed(
                session, brokers, devices, properties.getJpa().getChangeFeed().getInterval());
    }

    @Bean
    static LazyInitializationExcludeFilter mqttManagerChangeFeedEager() {
        return LazyInitializationExcludeFilter.forBeanTypes(JpaChangeFeed.class);
    }

    @Bean
    @ConditionalOnMissingBean(Outbox.class)
    @ConditionalOnBean(JpaSession.class)
    @ConditionalOnBooleanProperty(name = "mqtt-manager.jpa.outbox", matchIfMissing = true)
    JpaOutbox mqttManagerOutbox(JpaSession session) {
        return new JpaOutbox(session);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(DataSource.class)
    MqttManagerSchemaInitializer mqttManagerSchemaInitializer(DataSource database, MqttManagerProperties properties) {
        return new MqttManagerSchemaInitializer(database, properties.getJpa().getInitializeSchema());
    }
}
