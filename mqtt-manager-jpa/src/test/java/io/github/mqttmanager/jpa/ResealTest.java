package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.test.SampleDefinitions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@OnEveryDatabase
class ResealTest {
    private static final SecretKeys OLD = SecretKeys.of("old", TestKeys.bytes(1));
    private static final SecretKeys BOTH = OLD.withActive("new", TestKeys.bytes(2));
    private static final SecretKeys NEW = SecretKeys.of("new", TestKeys.bytes(2));
    private static final String EVERYTHING_ELSE =
            "select concat(id, ' ', version, ' ', updated_at, ' ', created_at, ' ',"
                    + " active, ' ', endpoints, ' ', coalesce(username, '')) from mqtt_manager_broker order by id";

    private final TestDatabase database;

    ResealTest(TestDatabase database) {
        this.database = database;
    }

    private JpaBrokerRepository with(SecretCipher cipher) {
        return new JpaBrokerRepository(database.session(), cipher);
    }

    private JpaBrokerRepository with(SecretKeys keys) {
        return with(new AesGcmSecretCipher(keys));
    }

    private List<BrokerDefinition> store(int count) {
        List<BrokerDefinition> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(BrokerDefinition.builder("b%05d".formatted(i), "host", 1)
                    .owner(i % 3 == 0 ? null : "owner-" + i % 3)
                    .credentials("user", "password-" + i)
                    .build());
        }
        return with(OLD).saveAll(all);
    }

    @Test
    void secretsAreSealedAgainAndNothingElseIsTouched() {
        List<BrokerDefinition> stored = store(520);
        BrokerDefinition full = with(OLD).save(new SampleDefinitions(5).fullBroker());
        BrokerDefinition plain =
                with(OLD).save(BrokerDefinition.builder("plain", "host", 1).build());
        database.execute("update mqtt_manager_broker set password_sealed = 'v1:lost:AAAA' where id = 'b00510'");
        List<String> before = database.strings(EVERYTHING_ELSE);
        JpaBrokerRepository both = with(BOTH);
        List<BrokerId> told = new ArrayList<>();
        both.onChange(told::add);

        ResealReport report = both.resealSecrets();

        assertThat(report.resealed()).isEqualTo(520);
        assertThat(report.remaining()).isEqualTo(1);
        assertThat(report.unreadable())
                .extracting(UnreadableDefinition::message)
                .singleElement()
                .asString()
                .contains("b00510", "key lost is not in the key ring");
        assertThat(told).as("nobody reads it again for this").isEmpty();
        assertThat(database.strings(EVERYTHING_ELSE)).isEqualTo(before);
        assertThat(database.strings("select password_sealed from mqtt_manager_broker where id = 'b00510'"))
                .containsExactly("v1:lost:AAAA");
        JpaBrokerRepository later = with(NEW);
        List<BrokerDefinition> readable = new ArrayList<>(stored);
        readable.remove(510);
        readable.addAll(List.of(full, plain));
        readable.sort(Comparator.comparing(BrokerDefinition::id));
        assertThat(later.page(null, 1_000)).isEqualTo(readable);
    }

    /** Of a row with several secrets, those that can be opened. */
    @Test
    void whatCannotBeOpenedStaysBesideWhatCan() {
        with(OLD)
                .save(BrokerDefinition.builder("b", "host", 1)
                        .credentials("user", "password")
                        .webSocket(new WebSocketSettings("/", Map.of("X-A", "a", "X-B", "b")))
                        .build());
        database.execute("update mqtt_manager_broker set password_sealed = 'v1:lost:AAAA', endpoints = 'nonsense'");
        ResealReport report = with(BOTH).resealSecrets();
        assertThat(report.resealed()).isEqualTo(1);
        assertThat(report.remaining()).isEqualTo(1);
        assertThat(report.unreadable()).hasSize(1);
        assertThat(database.strings("select websocket_headers_sealed from mqtt_manager_broker")
                        .get(0)
                        .lines())
                .hasSize(2)
                .allMatch(line -> line.contains(": v1:new:"));
        assertThat(database.strings("select password_sealed from mqtt_manager_broker"))
                .containsExactly("v1:lost:AAAA");
    }

    @Test
    void whoeverIsInterruptedGoesOn() {
        List<BrokerDefinition> stored = store(250);
        AtomicInteger seals = new AtomicInteger();
        SecretCipher dying = new SecretCipher() {
            private final SecretCipher cipher = new AesGcmSecretCipher(BOTH);

            @Override
            public String seal(Secret plain, String context) {
                if (seals.incrementAndGet() > 150) {
                    throw new IllegalStateException("the key service is away");
                }
                return cipher.seal(plain, context);
            }

            @Override
            public Secret open(String sealed, String context) throws GeneralSecurityException {
                return cipher.open(sealed, context);
            }

            @Override
            public boolean isCurrent(String sealed) {
                return cipher.isCurrent(sealed);
            }
        };
        assertThatThrownBy(() -> with(dying).resealSecrets()).hasMessageContaining("the key service is away");
        assertThat(with(BOTH).page(null, 1_000)).as("both keys are in use").isEqualTo(stored);
        assertThat(with(BOTH).resealSecrets()).isEqualTo(new ResealReport(150, 0, List.of()));
        assertThat(with(NEW).page(null, 1_000)).isEqualTo(stored);
    }

    @Test
    void editsBesideItAreNotLostAndMeetNoConflict() throws Exception {
        List<BrokerDefinition> stored = new ArrayList<>(store(200));
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            // an editor in a process that still seals with the old key, and somebody who switches brokers
            Future<List<BrokerDefinition>> edits = executor.submit(() -> {
                JpaBrokerRepository editor = with(OLD.withActive("other", TestKeys.bytes(2)));
                JpaBrokerRepository reader = with(BOTH.withActive("other", TestKeys.bytes(2)));
                List<BrokerDefinition> edited = new ArrayList<>(stored);
                Random random = new Random(7);
                for (int i = 0; i < 50 || !over.get(); i++) {
                    int at = random.nextInt(edited.size());
                    edited.set(
                            at,
                            editor.save(edited.get(at).toBuilder()
                                    .name("edit " + i)
                                    .credentials("user", "edited-" + i)
                                    .build()));
                    assertThat(reader.find(edited.get(at).id())).contains(edited.get(at));
                }
                return edited;
            });
            SecretKeys all = SecretKeys.of("other", TestKeys.bytes(2)).withActive("old", TestKeys.bytes(1));
            JpaBrokerRepository resealing = with(all.withActive("new", TestKeys.bytes(2)));
            for (int i = 0; i < 5; i++) {
                assertThat(resealing.resealSecrets().unreadable()).isEmpty();
            }
            over.set(true);
            List<BrokerDefinition> edited = edits.get();
            ResealReport last = resealing.resealSecrets();
            assertThat(last.remaining()).isZero();
            assertThat(with(NEW).page(null, 1_000)).isEqualTo(edited);
        } finally {
            over.set(true);
            executor.shutdownNow();
        }
    }
}
