package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.test.SampleDefinitions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** The steps of docs/secrets.md for backup and restore. */
class RestoreTest {
    private static final String COPY = "copy mqtt_manager_broker";

    @TempDir
    private Path directory;

    private final List<BrokerDefinition> stored = new ArrayList<>();

    private void fill(JpaBrokerRepository repository) {
        stored.add(repository.save(new SampleDefinitions(5).fullBroker()));
        for (int i = 0; i < 20; i++) {
            stored.add(repository.save(BrokerDefinition.builder("b" + i, "host", 1)
                    .credentials(i % 4 == 0 ? new Credentials("user", null) : Credentials.of("user", "password-" + i))
                    .build()));
        }
    }

    private static JpaBrokerRepository with(TestDatabase database, Path keys) {
        return new JpaBrokerRepository(database.session(), new AesGcmSecretCipher(SecretKeyFile.of(keys)));
    }

    @Test
    void aBackupOfH2OpensWithItsKeyAndOthersRunWithoutIt() throws Exception {
        Path key = directory.resolve("keys");
        SecretKeyFile.ofOrCreate(key);
        Path script = directory.resolve("backup.sql");
        Path keyBackup = directory.resolve("keys.backup");
        try (TestDatabase live = Databases.at(directory.resolve("live")).withSchema()) {
            fill(with(live, key));
            // the key first, then the data: a key that is too new is no harm
            Files.copy(key, keyBackup, StandardCopyOption.COPY_ATTRIBUTES);
            live.strings("script to '" + script + "'");
            rotateAfterTheBackup(live, key);
        }
        String fresh = "jdbc:h2:file:" + directory.resolve("fresh");
        try (Connection connection = java.sql.DriverManager.getConnection(fresh, "sa", "")) {
            connection.createStatement().execute("runscript from '" + script + "'");
        }
        try (TestDatabase restored = Databases.at(directory.resolve("fresh"))) {
            verify(restored, keyBackup);
        }
    }

    @Test
    void aBackupOfPostgresqlOpensWithItsKeyAndOthersRunWithoutIt() throws Exception {
        Path key = directory.resolve("keys");
        SecretKeyFile.ofOrCreate(key);
        Path keyBackup = directory.resolve("keys.backup");
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        try (TestDatabase live = Databases.POSTGRESQL.open();
                Connection connection = live.connect()) {
            fill(with(live, key));
            Files.copy(key, keyBackup, StandardCopyOption.COPY_ATTRIBUTES);
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut(COPY + " to stdout", dump);
            rotateAfterTheBackup(live, key);
        }
        try (TestDatabase restored = Databases.POSTGRESQL.open();
                Connection connection = restored.connect()) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(COPY + " from stdin", new ByteArrayInputStream(dump.toByteArray()));
            verify(restored, keyBackup);
        }
    }

    private static void rotateAfterTheBackup(TestDatabase live, Path key) {
        SecretKeyFile ring = SecretKeyFile.of(key);
        String old = ring.keys().activeId();
        ring.activate(ring.add());
        assertThat(with(live, key).resealSecrets().remaining()).isZero();
        ring.remove(old);
    }

    private void verify(TestDatabase restored, Path keyBackup) throws Exception {
        JpaBrokerRepository whole = with(restored, keyBackup);
        assertThat(whole.page(null, 100)).containsExactlyInAnyOrderElementsOf(stored);
        assertThat(whole.unreadable()).isEmpty();

        // the key is lost: a new one is made, so that passwords can be entered again
        Path made = directory.resolve("made");
        SecretKeyFile.ofOrCreate(made);
        JpaBrokerRepository keyless = with(restored, made);
        List<BrokerDefinition> without = stored.stream()
                .filter(definition -> definition.credentials() != null
                        && definition.credentials().password() == null)
                .toList();
        assertThat(without).hasSize(5);
        assertThat(keyless.page(null, 100)).as("others are there").containsExactlyInAnyOrderElementsOf(without);
        assertThat(keyless.unreadable())
                .hasSize(16)
                .allSatisfy(left -> assertThat(left.message())
                        .contains(left.broker().value(), left.name(), "is not in the key ring"))
                .allSatisfy(left -> assertThat(left.remedy()).contains("enter ", "again"));
        for (UnreadableDefinition left : keyless.unreadable()) {
            BrokerId id = left.broker();
            assertThatExceptionOfType(UnreadableDefinitionException.class).isThrownBy(() -> keyless.find(id));
            BrokerDefinition rest = keyless.findReadablePart(id).orElseThrow();
            BrokerDefinition saved =
                    keyless.save(rest.toBuilder().credentials("user", "entered").build());
            assertThat(keyless.find(id)).contains(saved);
        }
        assertThat(keyless.unreadable()).isEmpty();
        assertThat(keyless.page(null, 100)).hasSize(21);
        assertThat(keyless.resealSecrets())
                .as("nothing of the lost key is left")
                .isEqualTo(new ResealReport(0, 0, List.of()));
    }
}
