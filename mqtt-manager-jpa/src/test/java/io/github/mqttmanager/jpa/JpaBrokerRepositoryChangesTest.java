package io.github.mqttmanager.jpa;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.test.SampleDefinitions;
import io.github.mqttmanager.test.TransactionalChangesContract;

@OnEveryDatabase
class JpaBrokerRepositoryChangesTest extends TransactionalChangesContract<BrokerId> {
    private final SampleDefinitions samples = new SampleDefinitions(1);
    private final TestDatabase database;
    private final JpaBrokerRepository repository;

    JpaBrokerRepositoryChangesTest(TestDatabase database) {
        this.database = database;
        repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
    }

    @Override
    protected Transactions transactions() {
        return database.session();
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
