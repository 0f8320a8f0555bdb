package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.test.BrokerRepositoryContract;

@OnEveryDatabase
class JpaBrokerRepositoryTest extends BrokerRepositoryContract {
    private final TestDatabase database;

    JpaBrokerRepositoryTest(TestDatabase database) {
        this.database = database;
    }

    @Override
    protected BrokerRepository repository() {
        return new JpaBrokerRepository(database.session(), TestKeys.cipher());
    }
}
