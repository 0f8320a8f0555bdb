package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.example.server.store.Catalogue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A broker as the API shows it: never with its password. */
@Schema(name = "Broker")
record BrokerView(
        long id,
        String brokerName,
        String brokerHost,
        int brokerPort,
        @Nullable String username,
        boolean hasPassword,
        boolean isActive,
        boolean isConnected,
        StatusView status,
        String protocolVersion,
        String clientId,
        boolean tls,
        @Nullable String caCertificate,
        boolean verifyHostname,
        long keepAlive,
        boolean cleanStart,
        @Nullable WillView will,
        @Nullable BirthView birth,
        long deviceCount,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /** @param unreadablePassword whether there is a password that cannot be read, and is not in the definition */
    static BrokerView of(
            BrokerDefinition definition,
            boolean unreadablePassword,
            StatusView status,
            long devices,
            Catalogue.Times times) {
        Endpoint endpoint = definition.endpoints().get(0);
        return new BrokerView(
                Long.parseLong(definition.id().value()),
                definition.name(),
                endpoint.host(),
                endpoint.port(),
                definition.credentials() == null
                        ? null
                        : definition.credentials().username(),
                unreadablePassword
                        || (definition.credentials() != null
                                && definition.credentials().password() != null),
                definition.active(),
                status.isConnected(),
                status,
                definition.mqttVersion().toString(),
                definition.clientIdentifier(),
                definition.transport().isSecure(),
                definition.tls().trust() instanceof TlsSettings.Authorities authorities ? authorities.pem() : null,
                definition.tls().verifyHostname(),
                definition.keepAlive().toSeconds(),
                definition.session().cleanStart(),
                WillView.of(definition.will()),
                BirthView.of(definition.birth()),
                devices,
                definition.version(),
                times.createdAt(),
                times.updatedAt());
    }
}
