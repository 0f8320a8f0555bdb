package io.github.mqttmanager.example.server.seed;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.example.server.store.Catalogue;
import io.github.mqttmanager.example.server.user.User;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** The broker that the environment describes: MQTT_BROKER_HOST, MQTT_BROKER_PORT, MQTT_USERNAME, MQTT_PASSWORD. */
@Component
@Order(2)
class DefaultBroker implements Seed {
    private final MqttManager manager;
    private final Catalogue catalogue;
    private final String host;
    private final int port;
    private final @Nullable Credentials credentials;

    DefaultBroker(
            MqttManager manager,
            Catalogue catalogue,
            @Value("${MQTT_BROKER_HOST:}") String host,
            @Value("${MQTT_BROKER_PORT:1883}") int port,
            @Value("${MQTT_USERNAME:}") String username,
            @Value("${MQTT_PASSWORD:}") String password) {
        this.manager = manager;
        this.catalogue = catalogue;
        this.host = host.strip();
        this.port = port;
        this.credentials = username.isBlank() && password.isEmpty()
                ? null
                : new Credentials(
                        username.isBlank() ? null : username, password.isEmpty() ? null : Secret.of(password));
        if (isWanted()) {
            // What is wrong with the environment is told at the start, not found out later.
            Endpoint.of(this.host, port);
        }
    }

    @Override
    public String name() {
        return "default-broker";
    }

    @Override
    public boolean isWanted() {
        return !host.isEmpty();
    }

    @Override
    public String sow(User firstUser) {
        BrokerDefinition saved = manager.brokers()
                .save(BrokerDefinition.builder(catalogue.nextBroker(), host, port)
                        .name("Default broker")
                        .owner(firstUser.owner())
                        .credentials(credentials)
                        .build());
        return saved.id().value();
    }
}
