package io.github.mqttmanager.jpa;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.test.SampleDefinitions;
import io.github.mqttmanager.test.TransactionalChangesContract;

@OnEveryDatabase
class JpaDeviceRepositoryChangesTest extends TransactionalChangesContract<DeviceId> {
    private final SampleDefinitions samples = new SampleDefinitions(1);
    private final TestDatabase database;
    private final JpaDeviceRepository repository;
    private final BrokerId broker;

    JpaDeviceRepositoryChangesTest(TestDatabase database) {
        this.database = database;
        repository = new JpaDeviceRepository(database.session());
        broker = new JpaBrokerRepository(database.session(), SecretCipher.refusing())
                .save(samples.plainBroker())
                .id();
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
