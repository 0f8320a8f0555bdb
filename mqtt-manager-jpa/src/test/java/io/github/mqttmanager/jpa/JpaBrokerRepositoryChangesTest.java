package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.test.RepositoryChangesContract;
import io.github.mqttmanager.test.SampleDefinitions;

@OnEveryDatabase
class JpaBrokerRepositoryChangesTest extends RepositoryChangesContract<BrokerId> {
    private final SampleDefinitions samples = new SampleDefinitions(1);
    private final JpaBrokerRepository repository;

    JpaBrokerRepositoryChangesTest(TestDatabase database) {
        repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
    }

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
