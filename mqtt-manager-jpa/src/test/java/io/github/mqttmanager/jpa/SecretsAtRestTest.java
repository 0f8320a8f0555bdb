package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.test.SampleDefinitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@OnEveryDatabase
class SecretsAtRestTest {
    private static final String CANARY = "CANARY-1f6d0a";

    private final SampleDefinitions samples = new SampleDefinitions(5);
    private final TestDatabase database;
    private final JpaBrokerRepository repository;

    SecretsAtRestTest(TestDatabase database) {
        this.database = database;
        repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
    }

    @Test
    void aPasswordCopiedToAnotherRowCannotBeRead() {
        BrokerDefinition one = repository.save(withPassword("one", "ann", "first"));
        BrokerDefinition two = repository.save(withPassword("two", "ann", "second"));
        String sealed = database.strings("select password_sealed from mqtt_manager_broker where id = 'one'")
                .get(0);
        database.execute("update mqtt_manager_broker set password_sealed = '" + sealed + "' where id = 'two'");
        assertThat(repository.find(one.id())).contains(one);
        assertUnreadable(repository, two.id(), "credentials.password");
    }

    @Test
    void aPasswordOfARowThatChangedItsOwnerCannotBeRead() {
        BrokerDefinition one = repository.save(withPassword("one", "ann", "first"));
        database.execute("update mqtt_manager_broker set owner = 'bob'");
        assertUnreadable(repository, one.id(), "credentials.password");
        database.execute("update mqtt_manager_broker set owner = null");
        assertUnreadable(repository, one.id(), "credentials.password");
        database.execute("update mqtt_manager_broker set owner = 'ann'");
        assertThat(repository.find(one.id())).contains(one);
        assertThat(repository.unreadable()).isEmpty();
    }

    @Test
    void aPasswordCopiedToAnotherFieldCannotBeRead() {
        BrokerDefinition one = repository.save(withPassword("one", null, "first").toBuilder()
                .proxy(new ProxySettings(
                        ProxySettings.Type.HTTP, Endpoint.of("proxy", 1), Credentials.of("user", "second")))
                .build());
        database.execute("update mqtt_manager_broker set proxy_password_sealed = password_sealed");
        assertUnreadable(repository, one.id(), "proxy.credentials.password");
    }

    @Test
    void aHeaderUnderAnotherNameCannotBeRead() {
        BrokerDefinition one = repository.save(BrokerDefinition.builder("one", "host", 1)
                .webSocket(new WebSocketSettings("/mqtt", Map.of("X-A", "first")))
                .build());
        database.execute(
                "update mqtt_manager_broker set websocket_headers_sealed = replace(websocket_headers_sealed, 'X-A', 'X-B')");
        assertUnreadable(repository, one.id(), "websocket.headers.X-B");
    }

    @Test
    void withoutItsKeyADefinitionIsLeftOutOfPagesWhichAreFullNevertheless() {
        List<BrokerDefinition> readable = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            if (i % 3 == 0) {
                repository.save(withPassword("b" + i, null, CANARY));
            } else {
                readable.add(repository.save(
                        BrokerDefinition.builder("b" + i, "host", 1).build()));
            }
        }
        JpaBrokerRepository keyless = new JpaBrokerRepository(database.session(), SecretCipher.refusing());
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(JpaBrokerRepository.class);
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
        try {
            assertThat(keyless.page(null, 5)).isEqualTo(readable.subList(0, 5));
            assertThat(keyless.page(readable.get(4).id(), 1_000)).isEqualTo(readable.subList(5, readable.size()));
            assertThat(keyless.page(null, 1_000)).isEqualTo(readable);
        } finally {
            logger.detachAppender(log);
            logger.setAdditive(true);
        }
        assertThat(keyless.unreadable())
                .hasSize(6)
                .allSatisfy(left -> assertThat(left.message())
                        .contains("credentials.password", left.broker().value(), "no key for secrets is configured")
                        .doesNotContain(CANARY));
        assertThat(log.list)
                .hasSize(6)
                .allSatisfy(event -> assertThat(event.getFormattedMessage()).doesNotContain(CANARY));
        assertUnreadable(keyless, BrokerId.of("b12"), "credentials.password");
        repository.delete(BrokerId.of("b12"));
        assertThat(keyless.find(BrokerId.of("b12"))).isEmpty();
        assertThat(keyless.unreadable()).hasSize(5);
    }

    @Test
    void withAnotherKeyNothingIsReadAndTheRestOfTheDefinitionCanStillBeDeletedAndSwitched() {
        BrokerDefinition one = repository.save(withPassword("one", null, "first"));
        JpaBrokerRepository other = new JpaBrokerRepository(
                database.session(), new AesGcmSecretCipher(SecretKeys.of("test", TestKeys.bytes(8))));
        assertUnreadable(other, one.id(), "credentials.password");
        assertThat(other.setActive(one.id(), false)).isTrue();
        BrokerDefinition entered = one.toBuilder().credentials("user", "again").build();
        assertThat(other.save(entered).version()).isEqualTo(2);
        assertThat(other.find(one.id())).contains(entered.toBuilder().version(2).build());
        assertThat(other.unreadable()).isEmpty();
    }

    @Test
    void withoutAKeyNoSecretIsStored() {
        JpaBrokerRepository keyless = new JpaBrokerRepository(database.session(), SecretCipher.refusing());
        BrokerDefinition plain = keyless.save(samples.plainBroker());
        assertThat(keyless.find(plain.id())).contains(plain);
        for (BrokerDefinition secret : List.of(
                withPassword("one", null, "first"),
                BrokerDefinition.builder("one", "host", 1)
                        .tls(TlsSettings.SYSTEM.withClientCertificate(
                                new TlsSettings.ClientCertificate(samples.certificate(), samples.privateKey())))
                        .build(),
                BrokerDefinition.builder("one", "host", 1)
                        .webSocket(new WebSocketSettings("/mqtt", Map.of("X-A", "first")))
                        .build())) {
            assertThatExceptionOfType(SecretKeyMissingException.class).isThrownBy(() -> keyless.save(secret));
            assertThat(keyless.find(BrokerId.of("one"))).isEmpty();
        }
    }

    @Test
    void anotherKeyIsTakenIntoUseWithoutLosingASecret() {
        List<BrokerDefinition> stored = new ArrayList<>();
        stored.add(repository.save(samples.fullBroker()));
        stored.add(repository.save(withPassword("one", "ann", "first")));
        stored.add(repository.save(samples.plainBroker()));
        SecretKeys ring = SecretKeys.of("test", TestKeys.bytes(7)).withActive("next", TestKeys.bytes(9));
        JpaBrokerRepository rotated = new JpaBrokerRepository(database.session(), new AesGcmSecretCipher(ring));
        assertThat(rotated.page(null, 10)).containsExactlyInAnyOrderElementsOf(stored);
        assertThat(rotated.resealSecrets()).isEqualTo(new ResealReport(2, 0, List.of()));
        assertThat(rotated.resealSecrets()).isEqualTo(new ResealReport(0, 0, List.of()));
        JpaBrokerRepository later = new JpaBrokerRepository(
                database.session(), new AesGcmSecretCipher(SecretKeys.of("next", TestKeys.bytes(9))));
        assertThat(later.page(null, 10)).containsExactlyInAnyOrderElementsOf(stored);
        assertThat(later.unreadable()).isEmpty();
        assertThat(repository.page(null, 10)).hasSize(1);
    }

    @Test
    void aRowThatHoldsNoDefinitionDoesNotStopTheOthers() {
        BrokerDefinition one =
                repository.save(BrokerDefinition.builder("one", "host", 1).build());
        BrokerDefinition two =
                repository.save(BrokerDefinition.builder("two", "host", 1).build());
        database.execute("update mqtt_manager_broker set endpoints = 'host:99999999' where id = 'one'");
        assertThat(repository.page(null, 10)).containsExactly(two);
        assertThat(repository.unreadable())
                .extracting(UnreadableDefinition::broker)
                .containsExactly(one.id());
        assertThatThrownBy(() -> repository.find(one.id()))
                .isInstanceOf(UnreadableDefinitionException.class)
                .hasMessageContaining("broker one");
        assertThatThrownBy(() -> repository.findReadablePart(one.id()))
                .isInstanceOf(UnreadableDefinitionException.class);
    }

    private static BrokerDefinition withPassword(String id, String owner, String password) {
        return BrokerDefinition.builder(id, "host", 1)
                .owner(owner)
                .credentials("user", password)
                .build();
    }

    private static void assertUnreadable(JpaBrokerRepository repository, BrokerId id, String field) {
        assertThatExceptionOfType(UnreadableDefinitionException.class)
                .isThrownBy(() -> repository.find(id))
                .satisfies(e -> {
                    assertThat(e.definition().broker()).isEqualTo(id);
                    assertThat(e.definition().secrets()).containsExactly(field);
                    assertThat(e).hasMessageContaining("broker " + id).hasMessageContaining(field);
                });
        assertThat(repository.unreadable())
                .extracting(UnreadableDefinition::broker)
                .contains(id);
        assertThat(repository.page(null, 100)).extracting(BrokerDefinition::id).doesNotContain(id);
    }
}
