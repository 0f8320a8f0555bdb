package io.github.mqttmanager.example.server;

import io.github.mqttmanager.connection.NetworkPolicy;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Which addresses users may connect to, so that nobody explores the operator's network through this server. */
@Configuration(proxyBeanMethods = false)
class NetworkConfiguration {
    @Bean
    NetworkPolicy networkPolicy(
            ServerProperties properties,
            @Value("${MQTT_BROKER_HOST:}") String defaultHost,
            @Value("${MQTT_BROKER_PORT:1883}") int defaultPort) {
        NetworkPolicy open = NetworkPolicy.publicForOwned();
        NetworkPolicy policy = switch (properties.network()) {
            case PUBLIC -> open;
            case LOOPBACK ->
                (definition, address, port) -> address.isLoopbackAddress() || open.permits(definition, address, port);
            case EVERYTHING -> NetworkPolicy.everything();
        };
        // The broker that the operator named is allowed wherever it is.
        return (definition, address, port) -> policy.permits(definition, address, port)
                || (port == defaultPort
                        && definition.endpoints().stream()
                                .anyMatch(endpoint -> endpoint.host().equals(defaultHost) && endpoint.port() == port));
    }
}
