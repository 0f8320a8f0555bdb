package io.github.mqttmanager.it;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A device's side of the line: a plain client that publishes and waits for the broker's answer. */
final class Publisher implements AutoCloseable {
    private final Mqtt5BlockingClient client;

    Publisher(int port) {
        this(port, null, null);
    }

    Publisher(int port, @Nullable String username, @Nullable String password) {
        var builder = Mqtt5Client.builder()
                .identifier("publisher-" + UUID.randomUUID())
                .serverHost("127.0.0.1")
                .serverPort(port);
        if (username != null && password != null) {
            builder.simpleAuth()
                    .username(username)
                    .password(password.getBytes(StandardCharsets.UTF_8))
                    .applySimpleAuth();
        }
        client = builder.buildBlocking();
        client.connect();
    }

    void publish(String topic, String payload) {
        publish(topic, payload, MqttQos.AT_LEAST_ONCE, false);
    }

    void publish(String topic, String payload, MqttQos qos, boolean retain) {
        client.publishWith()
                .topic(topic)
                .qos(qos)
                .retain(retain)
                .payload(payload.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    Mqtt5BlockingClient client() {
        return client;
    }

    @Override
    public void close() {
        try {
            client.disconnect();
        } catch (RuntimeException e) {
            // the broker is gone already
        }
    }
}
