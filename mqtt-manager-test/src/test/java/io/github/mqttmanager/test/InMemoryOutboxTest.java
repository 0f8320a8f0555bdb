package io.github.mqttmanager.test;

import io.github.mqttmanager.publish.InMemoryOutbox;
import io.github.mqttmanager.publish.Outbox;

class InMemoryOutboxTest extends OutboxContract {
    @Override
    protected Outbox outbox() {
        return new InMemoryOutbox();
    }
}
