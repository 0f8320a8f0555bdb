package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.test.RepositoryChangesContract;
import io.github.mqttmanager.test.SampleDefinitions;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes that are made by other repositories, as other processes have them, or by SQL. */
@Timeout(120)
class JpaChangeFeedTest {
    private static final Duration OFTEN = Duration.ofMillis(20);

    /** What a process has: repositories of its own. */
    private static final class Process {
        final JpaBrokerRepository brokers;
        final JpaDeviceRepository devices;
        final JpaSession session;

        Process(JpaSession session) {
            this.session = session;
            brokers = new JpaBrokerRepository(session, TestKeys.cipher());
            devices = new JpaDeviceRepository(session);
        }

        JpaChangeFeed feed() {
            return new JpaChangeFeed(session, brokers, devices, OFTEN);
        }
    }

    /** What a process hears, in words. */
    private static final class Heard implements AutoCloseable {
        private static final String MISSED = "missed";

        private final BlockingQueue<String> words = new LinkedBlockingQueue<>();
        private final List<RepositoryChanges.Registration> registrations = new ArrayList<>();

        Heard(Process process) {
            registrations.add(process.brokers.onChange(id -> words.add("broker " + id), () -> words.add(MISSED)));
            registrations.add(process.devices.onChange(id -> words.add("device " + id), () -> {}));
        }

        /** Until then nothing else but repeats may come. */
        void await(String... wanted) throws InterruptedException {
            List<String> open = new ArrayList<>(List.of(wanted));
            while (!open.isEmpty()) {
                String next = words.poll(60, TimeUnit.SECONDS);
                assertThat(next).as("still to come: " + open).isNotNull().isIn((Object[]) wanted);
                open.remove(next);
            }
        }

        @Override
        public void close() {
            registrations.forEach(RepositoryChanges.Registration::close);
        }
    }

    /** A feed, and somebody else who edits. */
    abstract static class Feeding {
        final TestDatabase database;
        Process here;
        Process elsewhere;
        JpaChangeFeed feed;
        Heard heard;

        Feeding(TestDatabase database) {
            this.database = database;
        }

        @BeforeEach
        void start() {
            here = new Process(database.session());
            elsewhere = new Process(database.session());
            for (String id : List.of("b1", "b2", "b3")) {
                elsewhere.brokers.save(BrokerDefinition.builder(id, "host", 1).build());
            }
            elsewhere.devices.save(Device.builder("d1", "b1").build());
            feed = here.feed();
            heard = new Heard(here);
            feed.start();
        }

        @AfterEach
        void end() {
            feed.close();
            heard.close();
        }

        void edit(String broker) {
            elsewhere.brokers.save(elsewhere.brokers.find(BrokerId.of(broker)).orElseThrow().toBuilder()
                    .name("edited")
                    .build());
        }

        long notes() {
            return Long.parseLong(
                    database.strings("select count(*) from mqtt_manager_change").get(0));
        }
    }

    @Nested
    @OnEveryDatabase
    class OnEach extends Feeding {
        OnEach(TestDatabase database) {
            super(database);
        }

        @Test
        void everyChangeOfAnotherProcessIsToldAndNoOlderOne() throws Exception {
            edit("b1");
            heard.await("broker b1");
            elsewhere.brokers.setActive(BrokerId.of("b2"), false);
            heard.await("broker b2");
            elsewhere.brokers.delete(BrokerId.of("b3"));
            heard.await("broker b3");
            Device added = elsewhere.devices.save(Device.builder("d2", "b1").build());
            heard.await("device d2");
            elsewhere.devices.save(added.toBuilder().name("edited").build());
            heard.await("device d2");
            elsewhere.devices.deleteOfBroker(BrokerId.of("b1"));
            heard.await("device d1", "device d2");
        }

        @Test
        void whatIsRolledBackIsNotTold() throws Exception {
            try {
                elsewhere.session.run(() -> {
                    edit("b1");
                    throw new IllegalStateException("undo");
                });
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("undo");
            }
            edit("b2");
            heard.await("broker b2");
        }

        /** It wrote its note before the other, which has been read when it commits. */
        @Test
        void whatIsCommittedLateIsTold() throws Exception {
            CountDownLatch written = new CountDownLatch(1);
            CountDownLatch commit = new CountDownLatch(1);
            CompletableFuture<Void> late = CompletableFuture.runAsync(() -> elsewhere.session.run(() -> {
                edit("b1");
                written.countDown();
                try {
                    return commit.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            assertThat(written.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 5; i++) {
                edit("b2");
                heard.await("broker b2");
            }
            commit.countDown();
            late.get(60, TimeUnit.SECONDS);
            heard.await("broker b1");
            edit("b2");
            heard.await("broker b2");
        }

        @Test
        void lastSeenTimesAreNoChange() throws Exception {
            long before = notes();
            elsewhere.devices.saveLastSeen(Map.of(DeviceId.of("d1"), Instant.parse("2026-11-23T12:00:00Z")));
            assertThat(notes()).isEqualTo(before);
            edit("b2");
            heard.await("broker b2");
        }

        @Test
        void tooManyAtOnceAreToldAsMissed() throws Exception {
            SampleDefinitions samples = new SampleDefinitions(1);
            elsewhere.devices.saveAll(samples.devices(BrokerId.of("b1"), Changes.LIMIT + 1));
            heard.await(Heard.MISSED);
            edit("b2");
            heard.await("broker b2");
            elsewhere.devices.saveAll(samples.devices(BrokerId.of("b2"), 3));
            for (int i = 0; i < 3; i++) {
                assertThat(heard.words.poll(60, TimeUnit.SECONDS)).startsWith("device ");
            }
        }

        @Test
        void plainSqlIsSeen() throws Exception {
            assumeFalse(database.kind().isH2(), "on H2 the repositories note what changes");
            database.execute("update mqtt_manager_broker set endpoints = 'elsewhere:1883' where id = 'b1'");
            heard.await("broker b1");
            database.execute(
                    "update mqtt_manager_device set last_seen = current_timestamp, broker_id = 'b2' where id = 'd1'");
            heard.await("device d1");
            database.execute("update mqtt_manager_device set name = 'edited'");
            heard.await("device d1");
            database.execute("update mqtt_manager_device set id = 'd7'");
            heard.await("device d1", "device d7");
            database.execute("delete from mqtt_manager_device", "delete from mqtt_manager_broker where id <> 'b2'");
            heard.await("device d7", "broker b1", "broker b3");
        }

        @Test
        void whatIsOldIsTrimmed() {
            database.execute("update mqtt_manager_change set changed_at = changed_at - interval '61' minute");
            edit("b1");
            Process another = new Process(database.session());
            try (JpaChangeFeed feed = another.feed()) {
                feed.start();
                assertThat(notes()).isEqualTo(1);
            }
        }

        @Test
        void closedItIsSilentAndItsThreadIsGone() throws Exception {
            feed.close();
            feed.close();
            feed.start();
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("mqtt-manager-changes"))
                    .isEmpty();
            edit("b1");
            Process another = new Process(database.session());
            try (JpaChangeFeed feed = another.feed();
                    Heard there = new Heard(another)) {
                feed.start();
                feed.start();
                edit("b2");
                there.await("broker b2");
            }
            assertThat(heard.words).isEmpty();
        }

        @Test
        void aListenerThatThrowsHindersNoOther() throws Exception {
            try (RepositoryChanges.Registration ignored = here.brokers.onChange(
                            id -> {
                                throw new IllegalStateException("listener");
                            },
                            () -> {
                                throw new IllegalStateException("listener");
                            });
                    Heard second = new Heard(here)) {
                edit("b1");
                second.await("broker b1");
                edit("b2");
                second.await("broker b2");
            }
        }
    }

    @Nested
    class OnPostgresql extends Feeding {
        OnPostgresql() {
            super(Databases.POSTGRESQL.open());
        }

        @AfterEach
        void closeDatabase() {
            database.close();
        }

        /** A tool may not have the schema in its search path. */
        @Test
        void aSchemaThatIsNotInTheSearchPathIsSeen() throws Exception {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("set search_path to pg_catalog");
                statement.execute("update public.mqtt_manager_broker set active = false where id = 'b1'");
            }
            heard.await("broker b1");
        }

        @Test
        void changesThatAreMadeManyTimesInATransactionAreNotedOnce() {
            long before = notes();
            elsewhere.session.run(() -> {
                edit("b1");
                edit("b1");
                return true;
            });
            assertThat(notes()).isEqualTo(before + 1);
        }

        @Test
        void nothingIsMissedWhileTheDatabaseIsAway() throws Exception {
            try (Away away = new Away()) {
                away.feed.start();
                edit("b1");
                away.heard.await("broker b1");
                away.proxy.refuse(true);
                away.proxy.cut();
                edit("b2");
                edit("b3");
                away.proxy.refuse(false);
                away.heard.await("broker b2", "broker b3");
            }
        }

        @Test
        void whatItIsTooLateForIsToldAsMissed() throws Exception {
            try (Away away = new Away()) {
                away.feed.start();
                away.proxy.refuse(true);
                away.proxy.cut();
                edit("b2");
                database.execute("delete from mqtt_manager_change");
                away.time.now = away.time.now.plus(Duration.ofHours(1));
                away.proxy.refuse(false);
                away.heard.await(Heard.MISSED);
                edit("b1");
                away.heard.await("broker b1");
            }
        }

        @Test
        void aDatabaseThatIsAwayAtTheStartIsToldAsMissed() throws Exception {
            try (Away away = new Away()) {
                away.proxy.refuse(true);
                away.proxy.cut();
                away.feed.start();
                edit("b1");
                away.proxy.refuse(false);
                away.heard.await(Heard.MISSED);
                edit("b2");
                away.heard.await("broker b2");
            }
        }

        @Test
        void aBackupThatWasRestoredIsToldAsMissed() throws Exception {
            try (Connection connection = database.connect()) {
                ChangePosition later = new ChangeSnapshot("4000000000:4000000000:");
                Changes changes = later.read(connection);
                assertThat(changes.complete()).isFalse();
                assertThat(changes.end().read(connection).complete()).isTrue();
            }
        }

        /** It lists transactions that this database has not come to. */
        @Test
        void notesOfADumpOfAnotherDatabaseAreNotRead() throws Exception {
            database.execute(
                    "insert into mqtt_manager_change (tx, kind, entity_id) values ('4000000000', 'broker', 'b1')");
            edit("b2");
            heard.await("broker b2");
        }

        private final class Away implements AutoCloseable {
            final FaultProxy proxy = FaultProxy.to(
                    "127.0.0.1",
                    URI.create(database.url().substring("jdbc:".length())).getPort());
            final EntityManagerFactory factory = factory(proxy.port());
            final Process process = new Process(new PlainJpaSession(factory));
            final Heard heard = new Heard(process);
            final MovedClock time = new MovedClock();
            final JpaChangeFeed feed =
                    new JpaChangeFeed(process.session, process.brokers, process.devices, OFTEN, time);

            @Override
            public void close() {
                feed.close();
                heard.close();
                factory.close();
                proxy.close();
            }
        }

        private EntityManagerFactory factory(int port) {
            URI direct = URI.create(database.url().substring("jdbc:".length()));
            PersistenceConfiguration configuration = new PersistenceConfiguration("away")
                    .property(
                            "jakarta.persistence.jdbc.url",
                            "jdbc:postgresql://127.0.0.1:" + port + direct.getPath()
                                    + "?connectTimeout=2&socketTimeout=5")
                    .property("jakarta.persistence.jdbc.user", "postgres");
            MqttManagerEntities.classes().forEach(configuration::managedClass);
            return configuration.createEntityManagerFactory();
        }
    }

    private static final class MovedClock extends Clock {
        volatile Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void refusesIntervalsThatMakeNoSense() {
        try (TestDatabase database = Databases.H2_IN_MEMORY.open()) {
            Process process = new Process(database.session());
            for (Duration interval : List.of(Duration.ZERO, Duration.ofMinutes(2))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(
                                () -> new JpaChangeFeed(process.session, process.brokers, process.devices, interval))
                        .withMessageContaining("interval");
            }
        }
    }

    /** Without its table it says so and goes on trying. */
    @Test
    void theTableMayComeLater() throws Exception {
        try (TestDatabase database = Databases.POSTGRESQL.open()) {
            database.execute("drop table mqtt_manager_change");
            Process here = new Process(database.session());
            try (JpaChangeFeed feed = here.feed();
                    Heard heard = new Heard(here)) {
                feed.start();
                try (Connection connection = database.connect()) {
                    MqttManagerSchema.apply(connection);
                }
                heard.await(Heard.MISSED);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The contract of those who tell, where the one who changes is another process. */
    abstract static class Contract<I> extends RepositoryChangesContract<I> {
        final SampleDefinitions samples = new SampleDefinitions(1);
        final Process here;
        final Process elsewhere;
        private final JpaChangeFeed feed;

        Contract(TestDatabase database) {
            here = new Process(database.session());
            elsewhere = new Process(database.session());
            feed = here.feed();
            feed.start();
        }

        @AfterEach
        void closeFeed() {
            feed.close();
        }
    }

    @Nested
    @OnEveryDatabase
    class Brokers extends Contract<BrokerId> {
        Brokers(TestDatabase database) {
            super(database);
        }

        @Override
        protected RepositoryChanges<BrokerId> changes() {
            return here.brokers;
        }

        @Override
        protected BrokerId save() {
            return elsewhere.brokers.save(samples.broker()).id();
        }

        @Override
        protected void change(BrokerId id) {
            elsewhere.brokers.setActive(id, true);
        }

        @Override
        protected void delete(BrokerId id) {
            elsewhere.brokers.delete(id);
        }

        @Override
        protected boolean exists(BrokerId id) {
            return here.brokers.find(id).isPresent();
        }
    }

    @Nested
    @OnEveryDatabase
    class Devices extends Contract<DeviceId> {
        private final BrokerId broker;

        Devices(TestDatabase database) {
            super(database);
            broker = elsewhere.brokers.save(samples.plainBroker()).id();
        }

        @Override
        protected RepositoryChanges<DeviceId> changes() {
            return here.devices;
        }

        @Override
        protected DeviceId save() {
            return elsewhere.devices.save(samples.device(broker)).id();
        }

        @Override
        protected void change(DeviceId id) {
            elsewhere.devices.save(elsewhere.devices.find(id).orElseThrow());
        }

        @Override
        protected void delete(DeviceId id) {
            elsewhere.devices.delete(id);
        }

        @Override
        protected boolean exists(DeviceId id) {
            return here.devices.find(id).isPresent();
        }
    }
}
