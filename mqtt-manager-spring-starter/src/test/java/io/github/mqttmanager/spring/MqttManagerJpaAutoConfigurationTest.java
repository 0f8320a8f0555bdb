package io.github.mqttmanager.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.JpaChangeFeed;
import io.github.mqttmanager.jpa.JpaDeviceRepository;
import io.github.mqttmanager.jpa.JpaOutbox;
import io.github.mqttmanager.jpa.JpaSession;
import io.github.mqttmanager.jpa.SecretCipher;
import io.github.mqttmanager.jpa.SecretKeyMissingException;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.spring.app.HostEntity;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.topic.TopicName;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class MqttManagerJpaAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    MqttManagerEntityScanAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    MqttManagerJpaAutoConfiguration.class,
                    MqttManagerAutoConfiguration.class))
            .withUserConfiguration(PackagedApp.class)
            .withBean(DeviceMessageHandler.class, () -> (device, publish) -> {})
            .withPropertyValues(
                    "spring.datasource.generate-unique-name=true",
                    "spring.jpa.hibernate.ddl-auto=validate",
                    "spring.jpa.properties.jakarta.persistence.schema-generation.database.action=");

    private final BrokerDefinition definition =
            BrokerDefinition.builder("b", "127.0.0.1", 1).active(false).build();

    @Test
    void brokersAndDevicesAreStoredInTheHostsDatabase() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none").run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(JpaBrokerRepository.class);
            MqttManager manager = context.getBean(MqttManager.class);
            manager.save(definition);
            manager.save(Device.builder("d", "b").build());
            assertThat(context.getBean(JpaBrokerRepository.class).find(BrokerId.of("b")))
                    .isPresent();
            assertThat(context.getBean(JpaDeviceRepository.class).countOfBroker(BrokerId.of("b")))
                    .isEqualTo(1);
        });
    }

    @Test
    void whatIsPutIntoTheOutboxSharesTheFateOfTheHostsTransaction() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none").run(context -> {
            assertThat(context).hasSingleBean(JpaOutbox.class);
            MqttManager manager = context.getBean(MqttManager.class);
            BrokerId broker = manager.save(definition).id();
            TransactionTemplate transactions =
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            OutboundPublish publish = OutboundPublish.of(TopicName.of("t"), "on");
            transactions.executeWithoutResult(status -> {
                manager.enqueueTo(broker, publish);
                manager.save(Device.builder("d", "b").build());
                manager.enqueue(DeviceId.of("d"), publish);
            });
            transactions.executeWithoutResult(status -> {
                manager.enqueueTo(broker, publish);
                status.setRollbackOnly();
            });
            assertThat(context.getBean(JpaOutbox.class).next(broker, 10, Long.MAX_VALUE))
                    .extracting(OutboxEntry::orderingKey)
                    .containsExactly(null, "d");
            assertThat(manager.delete(broker, WhenDevicesExist.DELETE)).isTrue();
            assertThat(context.getBean(JpaOutbox.class).depths()).isEmpty();
        });
    }

    @Test
    void whatWasSentFromTheOutboxIsToldToTheHostsListener() {
        Set<TopicName> sent = ConcurrentHashMap.newKeySet();
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none")
                    .withBean(OutboxListener.class, () -> new OutboxListener() {
                        @Override
                        public void sent(OutboxEntry entry, PublishReceipt receipt) {
                            sent.add(entry.publish().topic());
                        }
                    })
                    .run(context -> {
                        MqttManager manager = context.getBean(MqttManager.class);
                        manager.save(BrokerDefinition.builder("b", broker.host(), broker.port())
                                .build());
                        manager.enqueueTo(BrokerId.of("b"), OutboundPublish.of(TopicName.of("t"), "on"));
                        await(() -> sent.contains(TopicName.of("t")));
                    });
        }
    }

    @Test
    void theOutboxCanBeLeftOut() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none", "mqtt-manager.jpa.outbox=false")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(JpaOutbox.class);
                    MqttManager manager = context.getBean(MqttManager.class);
                    assertThatThrownBy(() ->
                                    manager.enqueueTo(BrokerId.of("b"), OutboundPublish.of(TopicName.of("t"), "on")))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("outbox");
                });
    }

    /** Another instance is another repository, which this one knows nothing of. */
    @Test
    void whatAnotherInstanceChangesIsNoticed() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none", "mqtt-manager.jpa.change-feed.interval=50ms")
                .run(context -> {
                    assertThat(context).hasSingleBean(JpaChangeFeed.class);
                    MqttManager manager = context.getBean(MqttManager.class);
                    JpaBrokerRepository elsewhere =
                            new JpaBrokerRepository(context.getBean(JpaSession.class), SecretCipher.refusing());
                    elsewhere.save(definition);
                    await(() -> manager.status(BrokerId.of("b")).isPresent());
                    elsewhere.delete(BrokerId.of("b"));
                    await(() -> manager.status(BrokerId.of("b")).isEmpty());
                });
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.yield();
        }
    }

    @Test
    void changesOfOthersAreNotReadWhereTheyAreNotWanted() {
        for (String property : List.of("mqtt-manager.jpa.change-feed.enabled=false", "mqtt-manager.auto-start=false")) {
            runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none", property)
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(JpaChangeFeed.class));
        }
    }

    @Test
    void changesOfOthersAreReadAlsoWhereBeansAreLazy() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none")
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> assertThat(context.getBeanFactory().containsSingleton("mqttManagerChangeFeed"))
                        .isTrue());
    }

    @Test
    void theIntervalReachesTheChangeFeed() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none", "mqtt-manager.jpa.change-feed.interval=1ms")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("PT0.001S"));
    }

    @Test
    void theHostsOwnEntitiesAreStillFoundByItsPackage() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=create-drop")
                .run(context -> assertThat(context.getBean(EntityManagerFactory.class)
                                .getMetamodel()
                                .getEntities())
                        .extracting(entity -> entity.getName())
                        .contains("Broker", "MqttManagerBroker", "MqttManagerDevice"));
    }

    @Test
    void theHostsOwnEntitiesAreStillFoundByEntityScan() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        MqttManagerEntityScanAutoConfiguration.class,
                        HibernateJpaAutoConfiguration.class,
                        MqttManagerJpaAutoConfiguration.class,
                        MqttManagerAutoConfiguration.class))
                .withUserConfiguration(ScannedApp.class)
                .withBean(DeviceMessageHandler.class, () -> (device, publish) -> {})
                .withPropertyValues(
                        "spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create-drop")
                .run(context -> assertThat(context.getBean(EntityManagerFactory.class)
                                .getMetamodel()
                                .getEntities())
                        .extracting(entity -> entity.getName())
                        .contains("Broker", "MqttManagerBroker", "MqttManagerDevice"));
    }

    @Test
    void aRolledBackSaveChangesNothing() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none").run(context -> {
            MqttManager manager = context.getBean(MqttManager.class);
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
                manager.save(definition);
                status.setRollbackOnly();
            });
            assertThat(manager.status(BrokerId.of("b"))).isEmpty();
            assertThat(manager.brokers().find(BrokerId.of("b"))).isEmpty();
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
                manager.save(definition);
                assertThat(manager.status(BrokerId.of("b"))).isEmpty();
            });
            assertThat(manager.status(BrokerId.of("b"))).isPresent();
        });
    }

    @Test
    void withoutAKeyAPasswordIsNotStored() {
        runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=none").run(context -> {
            MqttManager manager = context.getBean(MqttManager.class);
            assertThatThrownBy(() -> manager.save(
                            definition.toBuilder().credentials("u", "p").build()))
                    .isInstanceOf(SecretKeyMissingException.class);
        });
    }

    @Test
    void passwordsAreEncryptedWithTheKeyOfAFileThatIsMadeOnRequest(@TempDir Path directory) {
        Path file = directory.resolve("keys");
        runner.withPropertyValues(
                        "spring.jpa.hibernate.ddl-auto=none",
                        "mqtt-manager.secrets.key-file=" + file,
                        "mqtt-manager.secrets.create-key-file=true")
                .run(context -> {
                    assertThat(Files.exists(file)).isTrue();
                    MqttManager manager = context.getBean(MqttManager.class);
                    BrokerDefinition saved = manager.save(
                            definition.toBuilder().credentials("u", "p").build());
                    assertThat(manager.brokers().find(BrokerId.of("b")))
                            .hasValueSatisfying(
                                    found -> assertThat(found.credentials()).isEqualTo(saved.credentials()));
                });
    }

    @Test
    void tablesAreNotMadeUnaskedInADatabaseThatIsNotEmbedded(@TempDir Path directory) {
        runner.withPropertyValues(
                        "spring.datasource.url=jdbc:h2:file:" + directory.resolve("db"),
                        "spring.jpa.hibernate.ddl-auto=none",
                        "mqtt-manager.auto-start=false")
                .run(context -> assertThatThrownBy(() ->
                                context.getBean(MqttManager.class).brokers().find(BrokerId.of("b")))
                        .hasStackTraceContaining("MQTT_MANAGER_BROKER"));
        runner.withPropertyValues(
                        "spring.datasource.url=jdbc:h2:file:" + directory.resolve("db"),
                        "spring.jpa.hibernate.ddl-auto=none",
                        "mqtt-manager.jpa.initialize-schema=always")
                .run(context -> assertThat(
                                context.getBean(MqttManager.class).brokers().find(BrokerId.of("b")))
                        .isEmpty());
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage(basePackageClasses = HostEntity.class)
    static class PackagedApp {}

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = HostEntity.class)
    static class ScannedApp {}
}
