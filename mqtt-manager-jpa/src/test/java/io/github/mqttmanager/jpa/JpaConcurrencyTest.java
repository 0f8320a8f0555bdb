package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.topic.TopicName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions that touch different rows do not wait for each other, whatever the isolation is that the database begins with. */
@OnEveryDatabase
@Timeout(60)
class JpaConcurrencyTest {
    private final PlainJpaSession session;
    private final JpaBrokerRepository brokers;
    private final JpaDeviceRepository devices;
    private final JpaOutbox outbox;
    private final ExecutorService other = Executors.newSingleThreadExecutor();

    JpaConcurrencyTest(TestDatabase database) {
        session = database.session();
        brokers = new JpaBrokerRepository(session, TestKeys.cipher());
        devices = new JpaDeviceRepository(session);
        outbox = new JpaOutbox(session);
    }

    @AfterEach
    void end() {
        other.shutdownNow();
    }

    /** Done by another thread while the caller's transaction is open. */
    private void meanwhile(Runnable work) {
        try {
            other.submit(work).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("held up by the open transaction", e);
        }
    }

    private static BrokerDefinition broker(String id) {
        return BrokerDefinition.builder(id, "h", 1).build();
    }

    private static Device device(String id) {
        return Device.builder(id, "broker").build();
    }

    @Test
    void whoCreatesOrEditsHoldsUpNobodyWhoTouchesOtherRows() {
        brokers.save(broker("broker"));
        BrokerDefinition edited = brokers.save(broker("edited"));
        BrokerDefinition another = brokers.save(broker("another"));
        Device editedDevice = devices.save(device("edited"));
        Device anotherDevice = devices.save(device("another"));
        session.run(() -> {
            brokers.save(broker("m"));
            brokers.save(edited.toBuilder().name("changed").build());
            brokers.setActive(edited.id(), false);
            devices.save(device("m"));
            devices.save(editedDevice.toBuilder().name("changed").build());
            devices.saveLastSeen(Map.of(editedDevice.id(), Instant.EPOCH));
            meanwhile(() -> {
                brokers.saveAll(List.of(broker("a"), broker("l"), broker("n"), broker("z")));
                brokers.save(another.toBuilder().name("changed").build());
                brokers.setActive(another.id(), false);
                brokers.delete(BrokerId.of("l"));
                devices.saveAll(List.of(device("a"), device("l"), device("n"), device("z")));
                devices.save(anotherDevice.toBuilder().name("changed").build());
                devices.saveLastSeen(Map.of(anotherDevice.id(), Instant.EPOCH));
                devices.delete(device("l").id());
                brokers.nextId();
                devices.nextId();
            });
            return true;
        });
        assertThat(brokers.page(null, 100)).hasSize(7);
        assertThat(devices.page(null, 100)).hasSize(6);
    }

    /** What somebody has added and not yet committed does not hinder what is sent meanwhile. */
    @Test
    void whoAddsToTheOutboxHoldsUpNobodyWhoRemoves() {
        List<OutboxEntry> sent =
                IntStream.range(0, 20).mapToObj(i -> outbox.add(entry("b"))).toList();
        session.run(() -> {
            OutboxEntry open = outbox.add(entry("b"));
            assertThat(outbox.next(BrokerId.of("b"), 100, Long.MAX_VALUE)).hasSize(21);
            meanwhile(() -> {
                OutboxEntry later = outbox.add(entry("b"));
                outbox.remove(List.of(sent.get(0).id(), later.id() + 1_000));
                session.run(() -> {
                    outbox.remove(List.of(outbox.add(entry("b")).id()));
                    return true;
                });
                outbox.remove(sent.stream().map(OutboxEntry::id).toList());
                assertThat(outbox.next(BrokerId.of("b"), 100, Long.MAX_VALUE)).containsExactly(later);
            });
            return open;
        });
        assertThat(outbox.next(BrokerId.of("b"), 100, Long.MAX_VALUE)).hasSize(2);
    }

    private static OutboxEntry entry(String broker) {
        return OutboxEntry.of(BrokerId.of(broker), null, OutboundPublish.of(TopicName.of("t"), "x"), Instant.EPOCH);
    }

    /** Creating many at the same time, each its own: nobody is told that somebody else had changed them. */
    @Test
    void thoseWhoCreateDifferentOnesDoNotMeet() throws Exception {
        brokers.save(broker("broker"));
        ExecutorService several = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int number = thread;
                all.add(several.submit(() -> {
                    for (int i = 0; i < 15; i++) {
                        int round = i;
                        BrokerDefinition made = brokers.save(broker("b" + round + "-" + number));
                        brokers.save(made.toBuilder().name("changed").build());
                        List<Device> saved = devices.saveAll(IntStream.range(0, 5)
                                .mapToObj(device -> device(round + "-" + device + "-" + number))
                                .toList());
                        devices.saveAll(saved);
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get(50, TimeUnit.SECONDS);
            }
        } finally {
            several.shutdownNow();
        }
        assertThat(brokers.page(null, 100)).hasSize(61);
        assertThat(devices.page(null, 1_000)).hasSize(300);
    }

    @Test
    void whatOthersChangedAfterATransactionBeganToReadIsAConflict() {
        BrokerDefinition stored = brokers.save(broker("broker"));
        assertThatExceptionOfType(VersionConflictException.class)
                .isThrownBy(() -> session.run(() -> {
                    assertThat(brokers.find(stored.id())).contains(stored);
                    meanwhile(
                            () -> brokers.save(stored.toBuilder().name("theirs").build()));
                    return brokers.save(stored.toBuilder().name("mine").build());
                }));
        assertThat(brokers.find(stored.id()))
                .hasValueSatisfying(found -> assertThat(found.name()).isEqualTo("theirs"));
    }
}
