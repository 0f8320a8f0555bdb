package io.github.mqttmanager.test;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.InMemoryDeviceRepository;

class InMemoryDeviceChangesTest extends RepositoryChangesContract<DeviceId> {
    private final SampleDefinitions samples = new SampleDefinitions(1);
    private final InMemoryDeviceRepository repository = new InMemoryDeviceRepository();

    @Override
    protected RepositoryChanges<DeviceId> changes() {
        return repository;
    }

    @Override
    protected DeviceId save() {
        return repository.save(samples.device(BrokerId.of("one"))).id();
    }

    @Override
    protected void change(DeviceId id) {
        repository.save(repository.find(id).orElseThrow());
    }

    @Override
    protected void delete(DeviceId id) {
        repository.delete(id);
    }

    @Override
    protected boolean exists(DeviceId id) {
        return repository.find(id).isPresent();
    }
}
