package io.github.mqttmanager.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.jpa.SecretCipher;
import io.github.mqttmanager.jpa.SecretKeyFile;
import io.github.mqttmanager.jpa.SecretKeyMissingException;
import io.github.mqttmanager.jpa.SecretKeySource;
import io.github.mqttmanager.jpa.SecretKeys;
import io.github.mqttmanager.spring.app.HostEntity;
import io.github.mqttmanager.test.Canary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Where the keys of stored passwords come from. */
class SecretKeysConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    MqttManagerEntityScanAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    MqttManagerJpaAutoConfiguration.class,
                    MqttManagerAutoConfiguration.class))
            .withUserConfiguration(App.class)
            .withBean(DeviceMessageHandler.class, () -> (device, publish) -> {})
            .withPropertyValues("spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=none");

    @TempDir
    private Path directory;

    private static String line(String id, int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return id + "=" + Base64.getEncoder().encodeToString(key);
    }

    private static void save(ApplicationContext context, String id) {
        context.getBean(MqttManager.class)
                .save(BrokerDefinition.builder(id, "127.0.0.1", 1)
                        .active(false)
                        .credentials("user", "secret")
                        .build());
    }

    private static String sealed(ApplicationContext context, String id) {
        return Objects.requireNonNull(new JdbcTemplate(context.getBean(javax.sql.DataSource.class))
                .queryForObject("select password_sealed from mqtt_manager_broker where id = ?", String.class, id));
    }

    private static void put(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    @Test
    void theFirstKeyOfTheVariableSeals() {
        runner.withPropertyValues("mqtt-manager.secrets.keys=" + line("k2", 2) + "," + line("k1", 1))
                .run(context -> {
                    save(context, "b");
                    assertThat(sealed(context, "b")).startsWith("v1:k2:");
                });
    }

    @Test
    void theFileIsFollowedWhileTheApplicationRuns() throws IOException {
        Path file = directory.resolve("keys");
        put(file, line("k1", 1));
        runner.withPropertyValues("mqtt-manager.secrets.key-file=" + file).run(context -> {
            save(context, "one");
            put(file, line("k2", 2) + "\n" + line("k1", 1));
            save(context, "two");
            assertThat(sealed(context, "one")).startsWith("v1:k1:");
            assertThat(sealed(context, "two")).startsWith("v1:k2:");
            assertThat(context.getBean(MqttManager.class).brokers().find(BrokerId.of("one")))
                    .isPresent();
            assertThat(context).hasSingleBean(SecretKeyFile.class);
        });
    }

    @Test
    void theHostsOwnSourceOrCipherGoesBefore() {
        byte[] key = new byte[32];
        runner.withBean(SecretKeySource.class, () -> () -> SecretKeys.of("own", key))
                .withPropertyValues("mqtt-manager.secrets.key-file=/nowhere")
                .run(context -> {
                    save(context, "b");
                    assertThat(sealed(context, "b")).startsWith("v1:own:");
                });
        runner.withBean(SecretKeys.class, () -> SecretKeys.of("fixed", key)).run(context -> {
            save(context, "b");
            assertThat(sealed(context, "b")).startsWith("v1:fixed:");
        });
        runner.withBean(SecretCipher.class, Reversing::new)
                .withPropertyValues("mqtt-manager.secrets.key-file=/nowhere")
                .run(context -> {
                    save(context, "b");
                    assertThat(sealed(context, "b")).isEqualTo("terces");
                });
    }

    @Test
    void keysThatCannotBeUsedEndTheStartWithWordsThatHelp() throws IOException {
        Path file = directory.resolve("keys");
        assertRefused("key file " + file + " cannot be read", "mqtt-manager.secrets.key-file=" + file);
        put(file, "");
        assertRefused("openssl rand -base64 32", "mqtt-manager.secrets.key-file=" + file);
        put(file, line("k1", 1));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused("chmod 600", "mqtt-manager.secrets.key-file=" + file);
        assertRefused(
                "set one of them",
                "mqtt-manager.secrets.key-file=" + file,
                "mqtt-manager.secrets.keys=" + line("k1", 1));
        assertRefused("mqtt-manager.secrets.keys: a key ring needs a key", "mqtt-manager.secrets.keys=");
        assertRefused("mqtt-manager.secrets.keys: ", "mqtt-manager.secrets.keys=k1=sEcReT");
    }

    private void assertRefused(String words, String... properties) {
        runner.withPropertyValues(properties).run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = Objects.requireNonNull(context.getStartupFailure());
            FailureAnalysis analysis = new UnusableSecretKeysFailureAnalyzer().analyze(failure);
            assertThat(analysis).isNotNull();
            assertThat(analysis.getDescription()).contains(words).doesNotContain("sEcReT");
            assertThat(analysis.getAction()).contains("backup", "mqtt-manager.secrets.create-key-file=true");
        });
    }

    @Test
    void withoutAKeyWhatHasNoSecretIsStoredAndTheRefusalSaysWhatToDo() {
        runner.run(context -> {
            context.getBean(MqttManager.class)
                    .save(BrokerDefinition.builder("plain", "127.0.0.1", 1)
                            .active(false)
                            .build());
            assertThatThrownBy(() -> save(context, "b"))
                    .isInstanceOf(SecretKeyMissingException.class)
                    .hasMessageContaining("mqtt-manager.secrets.key-file")
                    .hasMessageContaining("mqtt-manager.secrets.keys");
        });
    }

    @Test
    void configuredPasswordsAreInNoLogAtAnyLevel() {
        Canary password = Canary.generate("configured");
        Canary open = Canary.generate("open");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
        root.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender != log) {
                appender.addFilter(new ch.qos.logback.classic.filter.ThresholdFilter() {
                    {
                        setLevel("WARN");
                        start();
                    }
                });
            }
        });
        try {
            runner.withPropertyValues(
                            "mqtt-manager.secrets.keys=" + line("k1", 1),
                            "mqtt-manager.brokers.plant.url=mqtt://127.0.0.1:1",
                            "mqtt-manager.brokers.plant.username=" + open.text(),
                            "mqtt-manager.brokers.plant.password=" + password.text())
                    .run(context -> assertThat(
                                    context.getBean(MqttManager.class).brokers().find(BrokerId.of("plant")))
                            .hasValueSatisfying(plant -> {
                                assertThat(plant.credentials().password()).isEqualTo(Secret.of(password.text()));
                                assertThat(password.in(plant.toString())).isEmpty();
                            }));
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
        List<String> lines = log.list.stream()
                .map(event -> event.getLoggerName() + " " + event.getFormattedMessage())
                .toList();
        assertThat(lines)
                .as("the search finds what is open")
                .anyMatch(line -> open.in(line).isPresent());
        assertThat(lines).noneMatch(line -> password.in(line).isPresent());
    }

    /** What a host may do, though it should not. */
    private static final class Reversing implements SecretCipher {
        @Override
        public String seal(Secret plain, String context) {
            return new StringBuilder(new String(plain.reveal(), java.nio.charset.StandardCharsets.UTF_8))
                    .reverse()
                    .toString();
        }

        @Override
        public Secret open(String sealed, String context) {
            return Secret.of(new StringBuilder(sealed).reverse().toString());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage(basePackageClasses = HostEntity.class)
    static class App {}
}
