package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;

/** Makes a link for a definition. */
@FunctionalInterface
interface LinkFactory {
    /** @throws IllegalArgumentException if the definition's TLS material cannot be used */
    MqttLink create(BrokerDefinition definition, MqttLink.Observer observer);
}
