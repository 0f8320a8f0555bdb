package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import io.netty.util.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
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

    /** The build says which, and a profile runs the same tests on the other. */
    @Test
    void allOfThisRunsOnTheLineOfNettyThatWasAskedFor() {
        String line = System.getProperty("netty.line", "4.2");
        assertThat(Version.identify())
                .isNotEmpty()
                .allSatisfy((artifact, version) ->
                        assertThat(version.artifactVersion()).as(artifact).startsWith(line + "."));
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
            if (proxy != null) {
                boolean named = type == ProxySettings.Type.HTTP && transport.isSecure();
                assertThat(proxy.targets).containsExactly((named ? "localhost:" : "127.0.0.1:") + port(transport));
            }
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

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"WEBSOCKET", "SECURE_WEBSOCKET"})
    void theWebSocketIsAskedForAsItIsDefined(Transport transport) {
        WebSocketFront front = transport.isSecure() ? secureWebSocket : webSocket;
        for (ProxySettings.Type type : new ProxySettings.@Nullable Type[] {null, ProxySettings.Type.HTTP}) {
            front.requests.clear();
            try (ForwardProxy proxy = type == null ? null : ForwardProxy.start(type);
                    Host host = new Host()) {
                host.manager.save(definition(transport)
                        .webSocket(new WebSocketSettings(
                                "/mqtt/deep?signature=a+b/c=&who=ann%20b", Map.of("X-Tenant", "ann", "x-other", "1")))
                        .proxy(proxy == null ? null : new ProxySettings(type, proxy.endpoint(), null))
                        .build());
                host.awaitConnected("b");
            }
            assertThat(front.requests).singleElement().satisfies(request -> {
                assertThat(request.target()).isEqualTo("/mqtt/deep?signature=a+b/c=&who=ann%20b");
                assertThat(request.headers())
                        .containsEntry("x-tenant", "ann")
                        .containsEntry("x-other", "1")
                        .containsEntry("host", "localhost:" + front.port())
                        .containsEntry("sec-websocket-protocol", "mqtt");
            });
        }
    }

    @Test
    void aWebSocketAtAnotherPathIsExplained() {
        ConnectionFailure failure = failure(definition(Transport.WEBSOCKET)
                .webSocket(new WebSocketSettings("/elsewhere", Map.of()))
                .build());
        assertThat(failure.kind()).isEqualTo(FailureKind.WEBSOCKET_REFUSED);
        assertThat(failure.message()).contains("404");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void aBrokerThatSpeaksNoWebSocketIsExplained() {
        ConnectionFailure failure = failure(definition(Transport.WEBSOCKET)
                .endpoints(List.of(Endpoint.of("localhost", plainPort)))
                .build());
        assertThat(failure.kind()).isIn(FailureKind.MQTT_CLOSED_EARLY, FailureKind.WEBSOCKET_REFUSED);
        assertThat(failure.remedy()).contains("WebSocket");
    }

    @Test
    void aPathThatCannotBeSentAsItIsIsExplained() {
        ConnectionFailure failure = failure(definition(Transport.WEBSOCKET)
                .webSocket(new WebSocketSettings("/mqtt/deep?token=canary%2B", Map.of()))
                .build());
        assertThat(failure.kind()).isEqualTo(FailureKind.WEBSOCKET_REFUSED);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.message()).doesNotContain("canary");
    }

    @ParameterizedTest
    @EnumSource
    void aProxysCredentialsAreShownToIt(ProxySettings.Type type) {
        try (ForwardProxy proxy = ForwardProxy.start(type, "ann", "secret");
                Host host = new Host()) {
            host.manager.save(definition(Transport.TCP)
                    .proxy(new ProxySettings(type, proxy.endpoint(), Credentials.of("ann", "secret")))
                    .build());
            host.awaitConnected("b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongCredentialsOfAProxyAreAFailureThatARetryCannotMend(ProxySettings.Type type) {
        try (ForwardProxy proxy = ForwardProxy.start(type, "ann", "secret")) {
            for (Credentials wrong : new @Nullable Credentials[] {null, Credentials.of("ben", "wrong-canary")}) {
                ConnectionFailure failure = failure(definition(Transport.TCP)
                        .proxy(new ProxySettings(type, proxy.endpoint(), wrong))
                        .build());
                assertThat(failure.kind()).isEqualTo(FailureKind.PROXY_FAILED);
                assertThat(failure.retryable()).isFalse();
                assertThat(failure.message())
                        .contains("proxy " + proxy.endpoint(), "does not accept")
                        .doesNotContain("wrong-canary");
            }
            assertThat(proxy.targets).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatDoesNotListenIsNamedAndNotTheBroker(ProxySettings.Type type) {
        int nobody = Mosquitto.freePort();
        for (Transport transport : Transport.values()) {
            ConnectionFailure failure = failure(definition(transport)
                    .proxy(new ProxySettings(type, Endpoint.of("localhost", nobody), null))
                    .build());
            assertThat(failure.kind()).isEqualTo(FailureKind.PROXY_FAILED);
            assertThat(failure.message()).contains("localhost:" + nobody);
            assertThat(failure.retryable()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBrokerThatTheProxyDoesNotReachIsExplained(ProxySettings.Type type) {
        int nobody = Mosquitto.freePort();
        try (ForwardProxy proxy = ForwardProxy.start(type)) {
            ConnectionFailure failure = failure(definition(Transport.TCP)
                    .endpoints(List.of(Endpoint.of("localhost", nobody)))
                    .proxy(new ProxySettings(type, proxy.endpoint(), null))
                    .build());
            assertThat(failure.kind()).isEqualTo(FailureKind.PROXY_FAILED);
            assertThat(failure.message()).contains("localhost:" + nobody, "proxy " + proxy.endpoint());
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void aProxyIsSubjectToTheNetworkPolicy() {
        try (ForwardProxy proxy = ForwardProxy.start(ProxySettings.Type.HTTP);
                Host host = new Host(
                        (d, p) -> {},
                        builder -> builder.networkPolicy((definition, address, port) ->
                                port != proxy.endpoint().port()))) {
            host.manager.save(definition(Transport.TCP)
                    .proxy(new ProxySettings(ProxySettings.Type.HTTP, proxy.endpoint(), null))
                    .build());
            host.awaitState("b", ConnectionState.FAILED);
            assertThat(host.status("b").failure()).isNotNull();
            assertThat(host.status("b").failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
            assertThat(proxy.targets).isEmpty();
        }
    }

    private static ConnectionFailure failure(BrokerDefinition definition) {
        try (Host host = new Host()) {
            host.manager.save(definition);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(host.manager.status(BrokerId.of("b")))
                            .hasValueSatisfying(
                                    status -> assertThat(status.failure()).isNotNull()));
            ConnectionFailure failure = host.status("b").failure();
            assertThat(failure).isNotNull();
            return failure;
        }
    }
}
