package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that do not open the WebSocket. */
class FailureKindsOfWebSocketTest {
    @ParameterizedTest
    @CsvSource({
        "404, WEBSOCKET_REFUSED, false",
        "200, WEBSOCKET_REFUSED, true",
        "401, MQTT_NOT_AUTHORIZED, false",
        "403, MQTT_NOT_AUTHORIZED, false",
        "500, WEBSOCKET_REFUSED, true",
        "503, MQTT_SERVER_UNAVAILABLE, true"
    })
    void httpServerThatAnswersOtherwise(int status, FailureKind kind, boolean retryable) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            ConnectionFailure failure =
                    Failing.of(definition(server.getAddress().getPort()));
            assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
            assertThat(failure.retryable()).isEqualTo(retryable);
            assertThat(failure.message())
                    .contains("WebSocket", String.valueOf(status))
                    .doesNotContain("canary");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void portForMqttWithoutWebSocket() {
        try (Mosquitto mosquitto = Mosquitto.start()) {
            expectClosed(mosquitto.port());
        }
    }

    @Test
    void serverThatCloses() {
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            // It reads our request as a packet, a strange one.
            for (var type : PacketType.values()) {
                broker.on(type, Reaction.close());
            }
            expectClosed(broker.port());
        }
    }

    private static void expectClosed(int port) {
        ConnectionFailure failure = Failing.of(definition(port));
        assertThat(failure.kind()).as(failure.message()).isEqualTo(FailureKind.MQTT_CLOSED_EARLY);
        assertThat(failure.message()).contains("WebSocket");
        assertThat(failure.retryable()).isTrue();
    }

    private static BrokerDefinition definition(int port) {
        return Host.broker("m", port)
                .transport(Transport.WEBSOCKET)
                .webSocket(new WebSocketSettings("/mqtt?token=canary", Map.of()))
                .build();
    }
}
