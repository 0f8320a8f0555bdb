package io.github.mqttmanager.example.server.demo;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.TlsSettings;
import org.jspecify.annotations.Nullable;

/**
 * The brokers to begin with: two that work, and a gallery in which each shows another state or failure. Their order is part of what
 * {@link DemoSeed} remembers.
 */
enum DemoDefinition {
    HOUSE("Demo broker", DemoPort.HOUSE),
    GREENHOUSE("Greenhouse", DemoPort.GREENHOUSE),
    UNREACHABLE("Unreachable (gallery)", null),
    OVER_TLS("Over TLS (gallery)", DemoPort.TLS),
    WRONG_PASSWORD("Wrong password (gallery)", DemoPort.HOUSE),
    UNKNOWN_AUTHORITY("Unknown CA (gallery)", DemoPort.TLS),
    EXPIRED("Expired certificate (gallery)", DemoPort.EXPIRED),
    WRONG_HOST("Wrong host name (gallery)", DemoPort.ELSEWHERE),
    SILENT("Silent (gallery)", DemoPort.SILENT),
    REFUSED_TOPIC("Refused topic (gallery)", DemoPort.HOUSE);

    private final String brokerName;
    private final @Nullable DemoPort port;

    /** @param port where it connects to; null: where nobody listens */
    DemoDefinition(String brokerName, @Nullable DemoPort port) {
        this.brokerName = brokerName;
        this.port = port;
    }

    @Nullable
    DemoPort port() {
        return port;
    }

    /** Adds all but id, owner and address. */
    BrokerDefinition.Builder complete(BrokerDefinition.Builder builder, String authority) {
        builder.name(brokerName);
        return switch (this) {
            case HOUSE, REFUSED_TOPIC -> builder.credentials(DemoBrokers.HOUSE_USER, DemoBrokers.HOUSE_PASSWORD);
            case GREENHOUSE -> builder.credentials(DemoBrokers.GREENHOUSE_USER, DemoBrokers.GREENHOUSE_PASSWORD);
            case WRONG_PASSWORD -> builder.credentials(DemoBrokers.HOUSE_USER, "not the password");
            case OVER_TLS, EXPIRED, WRONG_HOST ->
                builder.tls(TlsSettings.authorities(authority))
                        .credentials(DemoBrokers.HOUSE_USER, DemoBrokers.HOUSE_PASSWORD);
            case UNKNOWN_AUTHORITY ->
                builder.tls(TlsSettings.SYSTEM).credentials(DemoBrokers.HOUSE_USER, DemoBrokers.HOUSE_PASSWORD);
            case UNREACHABLE, SILENT -> builder;
        };
    }
}
