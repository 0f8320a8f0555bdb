package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mqttmanager.BrokerInUseException;
import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.UnknownBrokerException;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.test.DeviceRepositoryContract;
import io.github.mqttmanager.test.SampleDefinitions;
import io.github.mqttmanager.test.TransactionalChangesContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

class JpaDeviceRepositoryTest {
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract extends DeviceRepositoryContract {
        private TestDatabase database;

        abstract TestDatabase open();

        @BeforeAll
        void openDatabase() {
            database = open();
        }

        @AfterAll
        void closeDatabase() {
            database.close();
        }

        @Override
        protected DeviceRepository repository() {
            return new JpaDeviceRepository(database.cleared().session());
        }

        private JpaBrokerRepository brokers() {
            return new JpaBrokerRepository(database.session(), SecretCipher.refusing());
        }

        @Override
        protected BrokerId broker(String name) {
            return brokers()
                    .save(BrokerDefinition.builder(name, "host", 1883).build())
                    .id();
        }

        @Test
        void aDeviceOfAnUnknownBrokerIsRefused() {
            DeviceRepository repository = repository();
            Device device = repository.save(samples.device(broker("one")));
            BrokerId unknown = BrokerId.of("unknown");
            assertThatExceptionOfType(UnknownBrokerException.class)
                    .isThrownBy(() -> repository.save(samples.device(unknown)))
                    .withMessageContaining("unknown");
            assertThatExceptionOfType(UnknownBrokerException.class)
                    .isThrownBy(() ->
                            repository.save(device.toBuilder().broker(unknown).build()));
            assertThat(repository.page(null, 10)).containsExactly(device);
        }

        @Test
        void aBrokerThatHasDevicesIsNotDeleted() {
            DeviceRepository repository = repository();
            BrokerId one = broker("one");
            repository.saveAll(samples.devices(one, 3));
            assertThatExceptionOfType(BrokerInUseException.class)
                    .isThrownBy(() -> brokers().delete(one))
                    .satisfies(e -> assertThat(e.devices()).isEqualTo(3));
            repository.deleteOfBroker(one);
            assertThat(brokers().delete(one)).isTrue();
        }

        @Test
        void nextIdsCountFromOne() {
            database.execute(
                    "alter sequence mqtt_manager_device_seq restart with 1",
                    "alter sequence mqtt_manager_broker_seq restart with 1");
            JpaDeviceRepository devices = new JpaDeviceRepository(database.session());
            assertThat(List.of(devices.nextId(), devices.nextId())).containsExactly(DeviceId.of("1"), DeviceId.of("2"));
            assertThat(brokers().nextId()).isEqualTo(BrokerId.of("1"));
        }
    }

    @Nested
    class OnH2InMemory extends Contract {
        @Override
        TestDatabase open() {
            return TestDatabase.h2Memory();
        }
    }

    @Nested
    class OnH2InAFile extends Contract {
        @TempDir
        static Path directory;

        @Override
        TestDatabase open() {
            return TestDatabase.h2File(directory.resolve("devices"));
        }
    }

    @Nested
    class OnPostgresql extends Contract {
        @Override
        TestDatabase open() {
            return TestDatabase.postgresql();
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Changes extends TransactionalChangesContract<DeviceId> {
        private final SampleDefinitions samples = new SampleDefinitions(1);
        private final TestDatabase database = TestDatabase.h2Memory();
        private final JpaDeviceRepository repository = new JpaDeviceRepository(database.session());
        private final BrokerId broker = new JpaBrokerRepository(database.session(), SecretCipher.refusing())
                .save(samples.plainBroker())
                .id();

        @AfterAll
        void closeDatabase() {
            database.close();
        }

        @Override
        protected Transactions transactions() {
            return database.session();
        }

        @Override
        protected RepositoryChanges<DeviceId> changes() {
            return repository;
        }

        @Override
        protected DeviceId save() {
            return repository.save(samples.device(broker)).id();
        }

        @Override
        protected void change(DeviceId id) {
            repository.save(repository.find(id).orElseThrow());
        }

        @Override
        protected void delete(DeviceId id) {
            repository.deleteOfBroker(broker);
        }

        @Override
        protected boolean exists(DeviceId id) {
            return repository.find(id).isPresent();
        }
    }
}
