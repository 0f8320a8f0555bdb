package io.github.mqttmanager.spring;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.VersionConflictException;
import java.net.URI;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the brokers of the configuration, unless they exist: what was edited since is kept. */
final class ConfiguredBrokers {
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredBrokers.class);

    private final Map<String, MqttManagerProperties.Broker> configured;

    ConfiguredBrokers(Map<String, MqttManagerProperties.Broker> configured) {
        this.configured = configured;
    }

    void createMissing(BrokerRepository repository, Transactions transactions) {
        configured.forEach((id, broker) -> {
            BrokerDefinition definition = definition(id, broker);
            try {
                transactions.run(() -> {
                    if (repository.find(definition.id()).isEmpty()) {
                        repository.save(definition);
                    }
                    return id;
                });
            } catch (VersionConflictException e) {
                LOG.debug("broker {} was created by another instance", id);
            } catch (RuntimeException e) {
                // Neither a lost key nor a store that is away may keep the application from starting.
                LOG.error("broker {} of the configuration could not be created", id, e);
            }
        });
    }

    /** @throws IllegalArgumentException naming the property */
    static BrokerDefinition definition(String id, MqttManagerProperties.Broker broker) {
        String property = "mqtt-manager.brokers." + id + ".url";
        String url = broker.getUrl();
        if (url == null) {
            throw new IllegalArgumentException(property + " is missing");
        }
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            // Not the cause: it quotes the text, and somebody may have put a password into it.
            throw new IllegalArgumentException(property + " must be mqtt://host:port or mqtts://host:port");
        }
        boolean tls = "mqtts".equalsIgnoreCase(uri.getScheme());
        if ((!tls && !"mqtt".equalsIgnoreCase(uri.getScheme())) || uri.getHost() == null) {
            throw new IllegalArgumentException(property + " must be mqtt://host:port or mqtts://host:port");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    property + " must not hold a user name or password; they have properties of their own");
        }
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 8883 : 1883;
        BrokerDefinition.Builder builder =
                BrokerDefinition.builder(id, host, port).clientIdentifier(broker.getClientId());
        if (broker.getName() != null) {
            builder.name(broker.getName());
        }
        if (tls) {
            builder.tls(
                    broker.getSslBundle() == null
                            ? TlsSettings.SYSTEM
                            : TlsSettings.SYSTEM.withTrust(new TlsSettings.Bundle(broker.getSslBundle())));
        }
        if (broker.getUsername() != null || broker.getPassword() != null) {
            builder.credentials(new Credentials(
                    broker.getUsername(), broker.getPassword() == null ? null : Secret.of(broker.getPassword())));
        }
        return builder.build();
    }
}
