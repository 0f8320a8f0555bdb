package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.jpa.AesGcmSecretCipher;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.MqttManagerEntities;
import io.github.mqttmanager.jpa.MqttManagerSchema;
import io.github.mqttmanager.jpa.PlainJpaSession;
import io.github.mqttmanager.jpa.ResealReport;
import io.github.mqttmanager.jpa.SecretKeyFile;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.topic.TopicName;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The key of all stored passwords is changed while brokers that need them are connected, publish, are cut off and have their credentials
 * changed, again and again.
 */
@Timeout(900)
class RotationTest {
    private static final boolean LONG = Boolean.getBoolean("long");
    private static final int DEFINITIONS = LONG ? 10_000 : 200;
    private static final int CONNECTED = LONG ? 100 : 5;
    private static final int MINIMUM_CUTS = LONG ? 5 : 1;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    @Test
    void nothingNoticesThatTheKeyChangesOnH2() throws Exception {
        rotate("H2", "jdbc:h2:file:" + directory.resolve("db"), "sa");
    }

    @Test
    void nothingNoticesThatTheKeyChangesOnPostgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            rotate("PostgreSQL", postgres.getJdbcUrl("postgres", "postgres"), "postgres");
        }
    }

    private void rotate(String name, String url, String user) throws Exception {
        Path keyFile = directory.resolve("keys");
        SecretKeyFile keys = SecretKeyFile.ofOrCreate(keyFile);
        try (Connection open = DriverManager.getConnection(url, user, "");
                EmbeddedBroker broker = EmbeddedBroker.builder()
                        .users(users())
                        .maxQueuedMessages(200_000)
                        .start();
                FaultProxy proxy = FaultProxy.to(broker.host(), broker.port());
                Judge judge = new Judge(broker.port())) {
            MqttManagerSchema.apply(open);
            try (EntityManagerFactory factory = factory(url, user)) {
                JpaBrokerRepository repository =
                        new JpaBrokerRepository(new PlainJpaSession(factory), new AesGcmSecretCipher(keys));
                store(repository, proxy.port());
                Failed failed = new Failed();
                Set<String> removed = new HashSet<>();
                try (MqttManager manager = manager(repository, failed)) {
                    awaitConnected(manager);
                    Traffic traffic = new Traffic(manager, proxy, repository);
                    traffic.start();
                    await().atMost(PATIENCE).until(() -> traffic.cuts.get() >= 1);

                    double seconds = 0;
                    long resealed = 0;
                    int cutsBefore = traffic.cuts.get();
                    while (traffic.cuts.get() < cutsBefore + MINIMUM_CUTS) {
                        String old = keys.keys().activeId();
                        long began = System.nanoTime();
                        keys.activate(keys.add());
                        ResealReport report = repository.resealSecrets();
                        seconds += (System.nanoTime() - began) / 1e9;
                        resealed += report.resealed();
                        // what was sealed with the old key before and committed after: all such transactions are over
                        int edits = traffic.edits.get();
                        await().atMost(PATIENCE).until(() -> traffic.edits.get() >= edits + 2);
                        ResealReport rest = repository.resealSecrets();
                        assertThat(report.unreadable()).isEmpty();
                        assertThat(rest.remaining())
                                .as("brokers that a second pass leaves")
                                .isZero();
                        assertThat(withKey(open, old))
                                .as("values that need the old key")
                                .isZero();
                        keys.remove(old);
                        removed.add(old);
                    }
                    int during = traffic.cuts.get() - cutsBefore;

                    int cutsAfterRemoval = traffic.cuts.get();
                    await().atMost(PATIENCE).until(() -> traffic.cuts.get() >= cutsAfterRemoval + MINIMUM_CUTS);
                    traffic.stop();
                    await().atMost(PATIENCE).until(() -> judge.hasAll(traffic.accepted));
                    assertThat(traffic.failures)
                            .as("edits, publishes and reconnects that failed")
                            .isEmpty();
                    assertThat(failed.kinds.keySet())
                            .as(
                                    "what ended connections; a broker may notice a cut when the next connection is there already")
                            .isSubsetOf(FailureKind.CONNECTION_LOST, FailureKind.MQTT_SESSION_TAKEN_OVER);
                    System.out.printf(
                            "Rotation on %s: %d definitions, %d keys one after the other, %d resealed in %.1f s; beside it"
                                    + " %d cuts of %d connections; in all %d cuts, %d connects, %d changed credentials, %d messages: 0 failed, 0 lost%n",
                            name,
                            DEFINITIONS,
                            removed.size(),
                            resealed,
                            seconds,
                            during,
                            CONNECTED,
                            traffic.cuts.get(),
                            failed.reconnects.get(),
                            traffic.edits.get(),
                            traffic.accepted.size());
                }
                opensEverythingWithTheNewKeyAlone(factory, keyFile, removed);
            }
        }
    }

    private static void opensEverythingWithTheNewKeyAlone(
            EntityManagerFactory factory, Path keyFile, Set<String> removed) {
        SecretKeyFile only = SecretKeyFile.of(keyFile);
        assertThat(only.keys().toString()).doesNotContain(removed.toArray(String[]::new));
        JpaBrokerRepository later = new JpaBrokerRepository(new PlainJpaSession(factory), new AesGcmSecretCipher(only));
        int readable = 0;
        BrokerId last = null;
        List<BrokerDefinition> page;
        do {
            page = later.page(last, 500);
            readable += page.size();
            for (BrokerDefinition definition : page) {
                assertThat(definition.credentials()).isNotNull();
                last = definition.id();
            }
        } while (page.size() == 500);
        assertThat(readable).isEqualTo(DEFINITIONS);
        assertThat(later.unreadable()).isEmpty();
        Failed failed = new Failed();
        try (MqttManager fresh = manager(later, failed)) {
            awaitConnected(fresh);
            assertThat(failed.kinds).isEmpty();
        }
    }

    // ---- definitions

    /** Each broker has two users, between which its credentials change. */
    private static Map<String, String> users() {
        Map<String, String> users = new HashMap<>();
        for (int i = 0; i < CONNECTED; i++) {
            users.put("user-" + i + "-0", "password-" + i + "-0");
            users.put("user-" + i + "-1", "password-" + i + "-1");
        }
        users.put("judge", "judge");
        return users;
    }

    private static BrokerId id(int i) {
        return BrokerId.of("b%05d".formatted(i));
    }

    /** In all pages, those that connect are among those that do not. */
    private static int spread(int i) {
        return i * (DEFINITIONS / CONNECTED);
    }

    private static void store(JpaBrokerRepository repository, int port) {
        List<BrokerDefinition> all = new ArrayList<>();
        for (int i = 0; i < DEFINITIONS; i++) {
            int step = DEFINITIONS / CONNECTED;
            boolean connected = i % step == 0 && i / step < CONNECTED;
            String suffix = connected ? i / step + "-0" : "of-nobody-" + i;
            all.add(BrokerDefinition.builder(id(i).value(), "127.0.0.1", port)
                    .credentials("user-" + suffix, "password-" + suffix)
                    .active(connected)
                    .build());
        }
        for (int from = 0; from < all.size(); from += 500) {
            repository.saveAll(all.subList(from, Math.min(from + 500, all.size())));
        }
    }

    private static long withKey(Connection database, String key) throws SQLException {
        try (ResultSet found = database.createStatement()
                .executeQuery(
                        "select count(*) from mqtt_manager_broker where password_sealed like 'v1:" + key + ":%'")) {
            found.next();
            return found.getLong(1);
        }
    }

    private static EntityManagerFactory factory(String url, String user) {
        PersistenceConfiguration configuration = new PersistenceConfiguration("rotation")
                .property("jakarta.persistence.jdbc.url", url)
                .property("jakarta.persistence.jdbc.user", user)
                .property("jakarta.persistence.jdbc.password", "")
                .property("hibernate.jdbc.batch_size", "50");
        MqttManagerEntities.classes().forEach(configuration::managedClass);
        return configuration.createEntityManagerFactory();
    }

    // ---- connections

    private static MqttManager manager(JpaBrokerRepository repository, Failed failed) {
        MqttManager manager = MqttManager.builder()
                .brokers(repository)
                .handler((device, publish) -> {})
                .reconnectPolicy((outage, settings, random) -> Duration.ofMillis(300))
                .listener(failed)
                .build();
        manager.start();
        return manager;
    }

    private static boolean areConnected(MqttManager manager) {
        for (int i = 0; i < CONNECTED; i++) {
            if (!manager.status(id(spread(i))).map(BrokerStatus::isConnected).orElse(false)) {
                return false;
            }
        }
        return true;
    }

    private static void awaitConnected(MqttManager manager) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> areConnected(manager));
    }

    /** Counts connections, and why they ended. */
    private static final class Failed implements ConnectionListener {
        private final Map<FailureKind, Integer> kinds = new EnumMap<>(FailureKind.class);
        private final AtomicInteger reconnects = new AtomicInteger();

        @Override
        public void statusChanged(BrokerStatus current) {
            if (current.failure() != null) {
                kinds.merge(current.failure().kind(), 1, Integer::sum);
            }
            if (current.isConnected()) {
                reconnects.incrementAndGet();
            }
        }
    }

    /** Publishes all the time; changes the credentials of some brokers, cuts all links, and waits until all are there again. */
    private static final class Traffic {
        private final MqttManager manager;
        private final FaultProxy proxy;
        private final JpaBrokerRepository repository;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger cuts = new AtomicInteger();
        private final AtomicInteger edits = new AtomicInteger();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final Set<String> accepted = ConcurrentHashMap.newKeySet();
        private final Thread publisher = new Thread(this::publish, "publisher");
        private final Thread faults = new Thread(this::faults, "faults");

        Traffic(MqttManager manager, FaultProxy proxy, JpaBrokerRepository repository) {
            this.manager = manager;
            this.proxy = proxy;
            this.repository = repository;
        }

        void start() {
            publisher.start();
            faults.start();
        }

        void stop() throws InterruptedException {
            over.set(true);
            faults.join();
            publisher.join();
        }

        private void publish() {
            List<CompletableFuture<PublishReceipt>> sent = new ArrayList<>();
            for (int n = 0; !over.get(); n++) {
                for (int i = 0; i < CONNECTED; i++) {
                    String payload = i + "/" + n;
                    accepted.add(payload);
                    sent.add(manager.publishTo(
                            id(spread(i)), OutboundPublish.of(TopicName.of("rotation/" + i), payload)));
                }
                pause(100);
            }
            for (CompletableFuture<PublishReceipt> each : sent) {
                try {
                    each.get(60, TimeUnit.SECONDS);
                } catch (Exception e) {
                    failures.add("publish: " + e);
                }
            }
        }

        private void faults() {
            Random random = new Random(11);
            while (!over.get()) {
                try {
                    for (int i = 0; i < CONNECTED / 5; i++) {
                        edit(random.nextInt(CONNECTED));
                    }
                    awaitConnected(manager);
                    long links = proxy.acceptedLinks();
                    proxy.cut();
                    await().atMost(PATIENCE).until(() -> proxy.acceptedLinks() >= links + CONNECTED);
                    awaitConnected(manager);
                    cuts.incrementAndGet();
                } catch (Exception | AssertionError e) {
                    failures.add("fault: " + e);
                }
            }
        }

        private void edit(int i) {
            BrokerDefinition now = repository.find(id(spread(i))).orElseThrow();
            String other = String.valueOf(now.credentials()).contains("-0") ? "-1" : "-0";
            manager.save(now.toBuilder()
                    .credentials("user-" + i + other, "password-" + i + other)
                    .build());
            edits.incrementAndGet();
            // the change is in force before the links are cut
            await().atMost(PATIENCE)
                    .until(() -> repository.find(now.id()).orElseThrow().version() > now.version());
        }

        private static void pause(long millis) {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Hears everything, on a link of its own. */
    private static final class Judge implements AutoCloseable {
        private final Set<String> heard = ConcurrentHashMap.newKeySet();
        private final Mqtt5BlockingClient client;

        Judge(int port) {
            client = Mqtt5Client.builder()
                    .identifier("judge")
                    .serverHost("127.0.0.1")
                    .serverPort(port)
                    .simpleAuth()
                    .username("judge")
                    .password("judge".getBytes(StandardCharsets.UTF_8))
                    .applySimpleAuth()
                    .buildBlocking();
            client.connect();
            client.toAsync()
                    .subscribeWith()
                    .topicFilter("rotation/#")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .callback(publish -> heard.add(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8)))
                    .send()
                    .join();
        }

        boolean hasAll(Set<String> sent) {
            return heard.containsAll(sent);
        }

        @Override
        public void close() {
            client.disconnect();
        }
    }
}
