package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.test.SampleDefinitions;
import jakarta.persistence.RollbackException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnEveryDatabase
class PlainJpaSessionTest {
    private final SampleDefinitions samples = new SampleDefinitions(6);
    private final PlainJpaSession session;
    private final JpaBrokerRepository brokers;
    private final JpaDeviceRepository devices;
    private final List<String> told = new ArrayList<>();

    PlainJpaSessionTest(TestDatabase database) {
        session = database.session();
        brokers = new JpaBrokerRepository(session, TestKeys.cipher());
        devices = new JpaDeviceRepository(session);
    }

    @Test
    void aRollbackDropsChangesAndWhatWasToFollowThem() {
        BrokerDefinition stored = brokers.save(samples.broker());
        try (var registration = brokers.onChange(id -> told.add(id.value()))) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> session.run(() -> {
                        BrokerDefinition added = brokers.save(samples.broker());
                        devices.save(samples.device(added.id()));
                        brokers.save(stored.toBuilder().name("changed").build());
                        brokers.setActive(stored.id(), !stored.active());
                        session.afterCommit(() -> told.add("after commit"));
                        throw new IllegalStateException("rolled back");
                    }))
                    .withMessage("rolled back");
        }
        assertThat(told).isEmpty();
        assertThat(brokers.page(null, 10)).containsExactly(stored);
        assertThat(devices.page(null, 10)).isEmpty();
    }

    @Test
    void whatFollowsACommitIsDoneAfterItAndInOrder() {
        try (var registration =
                brokers.onChange(id -> told.add(id + " " + brokers.find(id).isPresent()))) {
            List<String> ids = session.run(() -> {
                session.afterCommit(() -> told.add("first"));
                BrokerDefinition one = brokers.save(samples.broker());
                session.run(() -> {
                    session.afterCommit(() -> told.add("second"));
                    return true;
                });
                BrokerDefinition two = brokers.save(samples.broker());
                assertThat(told).isEmpty();
                return List.of(one.id().value(), two.id().value());
            });
            assertThat(told).containsExactly("first", ids.get(0) + " true", "second", ids.get(1) + " true");
        }
    }

    @Test
    void anActionThatFailsHindersNoOther() {
        session.run(() -> {
            session.afterCommit(() -> {
                throw new IllegalStateException("provoked");
            });
            session.afterCommit(() -> told.add("second"));
            return true;
        });
        assertThat(told).containsExactly("second");
    }

    @Test
    void anActionCanUseTheRepositories() {
        session.run(() -> {
            session.afterCommit(() -> brokers.save(samples.plainBroker()));
            return true;
        });
        assertThat(brokers.page(null, 10)).hasSize(1);
    }

    @Test
    void withoutATransactionTheActionIsDoneAtOnce() {
        session.afterCommit(() -> told.add("now"));
        assertThat(told).containsExactly("now");
    }

    @Test
    void aListenerThatFailsHindersNeitherTheSaveNorOthers() {
        try (var failing = brokers.onChange(id -> {
                    throw new IllegalStateException("provoked");
                });
                var other = brokers.onChange(id -> told.add(id.value()))) {
            BrokerDefinition saved = brokers.save(samples.broker());
            assertThat(told).containsExactly(saved.id().value());
        }
    }

    @Test
    void aTransactionInWhichASaveWasRefusedCannotBeCommittedHalf() {
        BrokerDefinition stored = brokers.save(samples.broker());
        BrokerDefinition outdated = stored.toBuilder().version(5).build();
        assertThatThrownBy(() -> session.run(() -> {
                    BrokerDefinition added = brokers.save(samples.broker());
                    try {
                        brokers.save(outdated);
                    } catch (VersionConflictException e) {
                        told.add("caught");
                    }
                    session.afterCommit(() -> told.add("after commit"));
                    return added;
                }))
                .isInstanceOf(RollbackException.class);
        assertThat(told).containsExactly("caught");
        assertThat(brokers.page(null, 10)).containsExactly(stored);
    }

    @Test
    void aTransactionSeesItsOwnChangesAndThoseThatOthersCommitted() {
        BrokerDefinition stored = brokers.save(samples.fullBroker());
        session.run(() -> {
            BrokerDefinition changed =
                    brokers.save(stored.toBuilder().name("changed").build());
            assertThat(brokers.find(stored.id())).contains(changed);
            brokers.setActive(stored.id(), true);
            assertThat(brokers.find(stored.id()))
                    .contains(changed.toBuilder().active(true).build());
            Device device = devices.save(samples.plainDevice(stored.id()));
            devices.saveLastSeen(Map.of(device.id(), Instant.EPOCH));
            assertThat(devices.lastSeen(List.of(device.id()))).hasSize(1);
            assertThat(devices.deleteOfBroker(stored.id())).isEqualTo(1);
            assertThat(brokers.delete(stored.id())).isTrue();
            assertThat(brokers.find(stored.id())).isEmpty();
            return true;
        });
    }

    @Test
    void timesOfCreationAndChangeAreKept() {
        Instant first = Instant.parse("2026-11-23T12:00:00.123456Z");
        Instant second = first.plusSeconds(60);
        BrokerDefinition broker = at(first).save(samples.broker());
        JpaDeviceRepository early = new JpaDeviceRepository(session, Clock.fixed(first, ZoneOffset.UTC));
        JpaDeviceRepository late = new JpaDeviceRepository(session, Clock.fixed(second, ZoneOffset.UTC));
        Device device = early.save(samples.device(broker.id()));
        assertThat(brokers.timestamps(List.of(broker.id(), BrokerId.of("unknown"))))
                .containsExactly(Map.entry(broker.id(), new Timestamps(first, first)));
        at(second).setActive(broker.id(), !broker.active());
        late.save(device);
        late.saveLastSeen(Map.of(device.id(), second.plusSeconds(5)));
        assertThat(brokers.timestamps(List.of(broker.id())))
                .containsExactly(Map.entry(broker.id(), new Timestamps(first, second)));
        assertThat(devices.timestamps(List.of(device.id(), DeviceId.of("unknown"))))
                .containsExactly(Map.entry(device.id(), new Timestamps(first, second)));
    }

    private JpaBrokerRepository at(Instant time) {
        return new JpaBrokerRepository(session, TestKeys.cipher(), Clock.fixed(time, ZoneOffset.UTC));
    }

    @Test
    void aFileKeepsEverythingWhenItsProcessEnds(@TempDir Path directory) {
        List<BrokerDefinition> savedBrokers;
        List<Device> savedDevices;
        Instant seen = Instant.parse("2026-11-23T12:00:00.123Z");
        try (TestDatabase file = Databases.at(directory.resolve("restart")).withSchema()) {
            JpaBrokerRepository repository = new JpaBrokerRepository(file.session(), TestKeys.cipher());
            JpaDeviceRepository deviceRepository = new JpaDeviceRepository(file.session());
            repository.saveAll(samples.brokers(20));
            savedBrokers = repository.page(null, 100);
            deviceRepository.saveAll(samples.devices(savedBrokers.get(0).id(), 20));
            savedDevices = deviceRepository.page(null, 100);
            deviceRepository.saveLastSeen(Map.of(savedDevices.get(3).id(), seen));
            repository.nextId();
        }
        try (TestDatabase file = Databases.at(directory.resolve("restart")).withSchema()) {
            JpaBrokerRepository repository = new JpaBrokerRepository(file.session(), TestKeys.cipher());
            JpaDeviceRepository deviceRepository = new JpaDeviceRepository(file.session());
            assertThat(repository.page(null, 100)).hasSize(20).isEqualTo(savedBrokers);
            assertThat(deviceRepository.page(null, 100)).hasSize(20).isEqualTo(savedDevices);
            assertThat(deviceRepository.lastSeen(
                            savedDevices.stream().map(Device::id).toList()))
                    .containsExactly(Map.entry(savedDevices.get(3).id(), seen));
            assertThat(Long.parseLong(repository.nextId().value())).isGreaterThan(1);
        }
    }
}
