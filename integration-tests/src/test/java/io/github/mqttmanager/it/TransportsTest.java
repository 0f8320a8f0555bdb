package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every transport, through every kind of proxy and without, in both versions of MQTT: messages go both ways. */
class TransportsTest {
    private static Certificates certificates;
    private static Mosquitto mosquitto;
    private static int plainPort;
    private static WebSocketFront webSocket;
    private static WebSocketFront secureWebSocket;

    @BeforeAll
    static void startBrokers() {
        certificates = Certificates.make();
        plainPort = Mosquitto.freePort();
        mosquitto = certificates.mosquitto("server", "listener " + plainPort + " 127.0.0.1");
        webSocket = new WebSocketFront(ServerSocketFactory.getDefault(), "/mqtt/deep", plainPort);
        secureWebSocket = new WebSocketFront(certificates.sockets("server"), "/mqtt/deep", plainPort);
    }

    @AfterAll
    static void stopBrokers() {
        webSocket.close();
        secureWebSocket.close();
        mosquitto.close();
        certificates.close();
    }

    static List<Arguments> everything() {
        List<Arguments> all = new ArrayList<>();
        List<ProxySettings.@Nullable Type> proxies = new ArrayList<>(List.of(ProxySettings.Type.values()));
        proxies.add(0, null);
        for (Transport transport : Transport.values()) {
            for (ProxySettings.Type proxy : proxies) {
                for (MqttVersion version : MqttVersion.values()) {
                    all.add(Arguments.of(transport, proxy, version));
                }
            }
        }
        return all;
    }

    private static int port(Transport transport) {
        return switch (transport) {
            case TCP -> plainPort;
            case TLS -> mosquitto.port();
            case WEBSOCKET -> webSocket.port();
            case SECURE_WEBSOCKET -> secureWebSocket.port();
        };
    }

    /** By a name, so that it shows who looks it up. */
    static BrokerDefinition.Builder definition(Transport transport) {
        return BrokerDefinition.builder("b", "localhost", port(transport))
                .tls(TlsSettings.authorities(certificates.authority()))
                .webSocket(new WebSocketSettings("/mqtt/deep?tenant=a%20b", Map.of("X-Tenant", "ann")))
                .transport(transport);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void messagesGoBothWays(Transport transport, ProxySettings.@Nullable Type type, MqttVersion version)
            throws Exception {
        try (ForwardProxy proxy = type == null ? null : ForwardProxy.start(type);
                Host host = new Host();
                Publisher device = new Publisher(plainPort)) {
            host.manager.save(definition(transport)
                    .mqttVersion(version)
                    .proxy(proxy == null ? null : new ProxySettings(type, proxy.endpoint(), null))
                    .build());
            host.manager.save(Device.builder("d", "b").build());
            host.awaitConnected("b");
            device.publish("devices/d/telemetry", "21.5");
            host.awaitHandled("d=21.5");
            try (var commands = device.client().publishes(MqttGlobalPublishFilter.ALL)) {
                device.client()
                        .subscribeWith()
                        .topicFilter("devices/+/commands")
                        .send();
                host.manager
                        .publishTo(
                                BrokerId.of("b"),
                                OutboundPublish.builder()
                                        .topic("devices/d/commands")
                                        .payload("on")
                                        .build())
                        .get(10, TimeUnit.SECONDS);
                assertThat(new String(commands.receive().getPayloadAsBytes())).isEqualTo("on");
            }
        }
    }
}
