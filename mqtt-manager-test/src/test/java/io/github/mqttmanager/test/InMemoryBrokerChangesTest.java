package io.github.mqttmanager.test;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;

class InMemoryBrokerChangesTest extends RepositoryChangesContract<BrokerId> {
    private final SampleDefinitions samples = new SampleDefinitions(1);
    private final InMemoryBrokerRepository repository = new InMemoryBrokerRepository();

    @Override
    protected RepositoryChanges<BrokerId> changes() {
        return repository;
    }

    @Override
    protected BrokerId save() {
        return repository.save(samples.broker()).id();
    }

    @Override
    protected void change(BrokerId id) {
        repository.setActive(id, true);
    }

    @Override
    protected void delete(BrokerId id) {
        repository.delete(id);
    }

    @Override
    protected boolean exists(BrokerId id) {
        return repository.find(id).isPresent();
    }
}
