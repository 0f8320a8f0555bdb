package io.github.mqttmanager.test;

import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;

class InMemoryBrokerRepositoryTest extends BrokerRepositoryContract {
    @Override
    protected BrokerRepository repository() {
        return new InMemoryBrokerRepository();
    }
}
