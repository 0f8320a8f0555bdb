package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.test.Canary;
import io.github.mqttmanager.test.SampleDefinitions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.slf4j.LoggerFactory;

/** Secrets of all kinds are given to the repository, and looked for in all that a database keeps and everybody logs. */
class SecretsNowhereTest {
    private static final List<String> LOGGERS = List.of(
            "io.github.mqttmanager", "org.hibernate.orm.jdbc", "org.hibernate.SQL", "org.hibernate.orm.results");

    /** A part of every secret. */
    private final Canary secret = Canary.generate("jpa");

    /** Planted openly, as the name and the user's name. */
    private final Canary open = Canary.generate("open");

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final SampleDefinitions samples = new SampleDefinitions(9);

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() {
        log.start();
        for (String name : LOGGERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            logger.setLevel(Level.TRACE);
            logger.setAdditive(false);
            logger.addAppender(log);
        }
    }

    @AfterEach
    void listenNoMore() {
        for (String name : LOGGERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            logger.setLevel(null);
            logger.setAdditive(true);
            logger.detachAppender(log);
        }
    }

    private BrokerDefinition definition(String id) {
        String key = new String(samples.privateKey().reveal(), StandardCharsets.US_ASCII);
        return BrokerDefinition.builder(id, "host", 1)
                .name(open.text())
                .owner("ann")
                .credentials(open.text(), secret.text() + "-password")
                .proxy(new ProxySettings(
                        ProxySettings.Type.HTTP,
                        Endpoint.of("proxy", 1),
                        Credentials.of("user", secret.text() + "-proxy")))
                .webSocket(new WebSocketSettings(
                        "/mqtt", Map.of("Authorization", "Bearer " + secret.text(), "X-B", secret.text() + "-b")))
                .tls(TlsSettings.SYSTEM.withClientCertificate(new TlsSettings.ClientCertificate(
                        samples.certificate(), Secret.of(secret.text() + "\n" + key))))
                .build();
    }

    /** All that happens to secrets: stored, read, edited, sealed again, met without their key, altered. */
    private List<String> use(TestDatabase database) {
        List<String> said = new ArrayList<>();
        SecretKeys old = SecretKeys.of("old", TestKeys.bytes(1));
        SecretKeys ring = old.withActive("new", TestKeys.bytes(2));
        JpaBrokerRepository before = new JpaBrokerRepository(database.session(), new AesGcmSecretCipher(old));
        JpaBrokerRepository both = new JpaBrokerRepository(database.session(), new AesGcmSecretCipher(ring));
        JpaBrokerRepository keyless = new JpaBrokerRepository(database.session(), SecretCipher.refusing());
        BrokerDefinition one = before.save(definition("one"));
        before.saveAll(List.of(definition("two"), definition("three")));
        said.add(one + " " + one.credentials() + " " + one.tls() + " " + one.proxy() + " " + one.webSocket() + " "
                + one.toBuilder() + " " + one.credentials().password() + " " + old + " " + before);
        assertThat(before.find(one.id())).contains(one);
        said.add(both.page(null, 10) + " " + both.pageOfOwner("ann", null, 10));
        said.add("" + both.resealSecrets());
        one = both.save(one.toBuilder().name(open.text() + "-2").build());
        said.add(text(catchThrowable(() -> both.save(definition("one")))));
        said.add(text(catchThrowable(() -> keyless.save(definition("four")))));
        said.add(text(catchThrowable(() -> keyless.find(BrokerId.of("one")))));
        said.add(keyless.findReadablePart(BrokerId.of("one")) + " " + keyless.page(null, 10) + keyless.unreadable());
        database.execute("update mqtt_manager_broker set password_sealed ="
                + " (select b.password_sealed from mqtt_manager_broker b where b.id = 'one') where id = 'two'");
        said.add(text(catchThrowable(() -> both.find(BrokerId.of("two")))));
        database.execute("update mqtt_manager_broker set endpoints = 'nonsense' where id = 'three'");
        said.add(text(catchThrowable(() -> both.find(BrokerId.of("three")))));
        said.add(both.unreadable() + " " + both.resealSecrets());
        database.execute("alter table mqtt_manager_broker add constraint too_long check (length(password_sealed) < 9)"
                + (database.kind().isH2() ? " nocheck" : " not valid"));
        BrokerDefinition refused = one;
        said.add(text(catchThrowable(() -> both.save(refused))));
        return said;
    }

    private static String text(Throwable thrown) {
        assertThat(thrown).as("something that is refused").isNotNull();
        StringBuilder all = new StringBuilder();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            all.append(cause).append('\n');
        }
        return all.toString();
    }

    private void verify(List<String> said, Map<String, byte[]> dumps, Path files) {
        assertThat(open.filesIn(files))
                .as("the search finds what is in the files openly")
                .isNotEmpty();
        assertThat(secret.filesIn(files)).as("files of the database").isEmpty();
        dumps.forEach((name, dump) -> {
            assertThat(open.in(dump))
                    .as("the search finds what is in the %s openly", name)
                    .isPresent();
            assertThat(secret.in(dump)).as(name).isEmpty();
        });
        assertThat(said)
                .as("exceptions and values")
                .noneMatch(each -> secret.in(each).isPresent());
        assertThat(said).anyMatch(each -> open.in(each).isPresent());
        List<String> lines = log.list.stream()
                .map(event -> event.getLoggerName() + " " + event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .toList();
        assertThat(lines).as("log").noneMatch(line -> secret.in(line).isPresent());
        assertThat(lines)
                .as("the search finds what is bound openly to a parameter")
                .anyMatch(line -> line.startsWith("org.hibernate.orm.jdbc.bind")
                        && open.in(line).isPresent());
        assertThat(lines)
                .as("secrets are bound as they are sealed")
                .anyMatch(line -> line.startsWith("org.hibernate.orm.jdbc.bind") && line.contains("v1:new:"));
    }

    @Test
    void onH2() throws Exception {
        List<String> said;
        Path script = directory.resolve("dump.sql");
        try (TestDatabase database = Databases.at(directory.resolve("db")).withSchema()) {
            said = use(database);
            database.strings("script to '" + script + "'");
            database.execute("checkpoint sync");
        }
        verify(said, Map.of("dump", Files.readAllBytes(script)), directory);
    }

    @Test
    void onPostgresql() throws Exception {
        Path data = directory.resolve("data");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start()) {
            List<String> said;
            ByteArrayOutputStream dump = new ByteArrayOutputStream();
            try (TestDatabase database = new TestDatabase(
                                    Databases.POSTGRESQL, postgres.getJdbcUrl("postgres", "postgres"), "postgres", "")
                            .withSchema();
                    Connection connection = DriverManager.getConnection(database.url(), "postgres", "");
                    Statement statement = connection.createStatement()) {
                said = use(database);
                statement.execute("checkpoint");
                statement.execute("select pg_switch_wal()");
                List<String> tables = new ArrayList<>();
                try (ResultSet all = statement.executeQuery(
                        "select table_name from information_schema.tables where table_schema = 'public'")) {
                    while (all.next()) {
                        tables.add(all.getString(1));
                    }
                }
                assertThat(tables).contains("mqtt_manager_broker");
                for (String table : tables) {
                    connection.unwrap(PGConnection.class).getCopyAPI().copyOut("copy " + table + " to stdout", dump);
                }
            }
            verify(said, Map.of("copies of all tables", dump.toByteArray()), data);
            assertThat(open.filesIn(data.resolve("pg_wal")))
                    .as("the search finds what is in the log of writes openly")
                    .isNotEmpty();
        }
    }
}
