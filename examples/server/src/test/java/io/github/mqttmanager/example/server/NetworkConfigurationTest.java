package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.connection.NetworkPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class NetworkConfigurationTest {
    private static boolean permits(String network, String host, String address, int port) throws UnknownHostException {
        ServerProperties properties = new Binder(new MapConfigurationPropertySource(Map.of("example.network", network)))
                .bind("example", ServerProperties.class)
                .get();
        NetworkPolicy policy = new NetworkConfiguration().networkPolicy(properties, "broker.lan", 1883);
        BrokerDefinition definition =
                BrokerDefinition.builder("1", host, port).owner("7").build();
        return policy.permits(definition, InetAddress.getByName(address), port);
    }

    @Test
    void usersReachWhatTheOperatorAllows() throws UnknownHostException {
        assertThat(permits("public", "a.example", "93.184.216.34", 1883)).isTrue();
        assertThat(permits("public", "localhost", "127.0.0.1", 1883)).isFalse();
        assertThat(permits("public", "metadata", "169.254.169.254", 80)).isFalse();
        assertThat(permits("loopback", "localhost", "127.0.0.1", 1883)).isTrue();
        assertThat(permits("loopback", "localhost", "::1", 1883)).isTrue();
        assertThat(permits("loopback", "router", "192.168.0.1", 1883)).isFalse();
        assertThat(permits("everything", "router", "192.168.0.1", 1883)).isTrue();
    }

    @Test
    void theDefaultBrokerIsAllowedWhereverItIs() throws UnknownHostException {
        assertThat(permits("public", "broker.lan", "192.168.0.5", 1883)).isTrue();
        assertThat(permits("public", "broker.lan", "192.168.0.5", 22)).isFalse();
        assertThat(permits("public", "other.lan", "192.168.0.5", 1883)).isFalse();
    }
}
