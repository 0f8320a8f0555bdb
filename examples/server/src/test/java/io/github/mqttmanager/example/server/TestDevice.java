package io.github.mqttmanager.example.server;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A device with a real MQTT connection. */
public final class TestDevice implements AutoCloseable {
    private final Mqtt5BlockingClient client;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    private TestDevice(Mqtt5BlockingClient client) {
        this.client = client;
    }

    public static TestDevice connect(int port, String user, String password) {
        Mqtt5BlockingClient client = Mqtt5Client.builder()
                .serverHost("127.0.0.1")
                .serverPort(port)
                .simpleAuth()
                .username(user)
                .password(password.getBytes(StandardCharsets.UTF_8))
                .applySimpleAuth()
                .buildBlocking();
        client.connect();
        return new TestDevice(client);
    }

    public void listen(String filter) {
        client.toAsync()
                .subscribeWith()
                .topicFilter(filter)
                .callback(publish -> received.add(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8)))
                .send()
                .join();
    }

    public void publish(String topic, String payload) {
        publish(topic, payload, false);
    }

    public void publish(String topic, String payload, boolean retain) {
        client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .retain(retain)
                .payload(payload.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    /** With the user property that the server knows a message by. */
    public void publishWithId(String topic, String payload, String messageId) {
        client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(payload.getBytes(StandardCharsets.UTF_8))
                .userProperties()
                .add("message-id", messageId)
                .applyUserProperties()
                .send();
    }

    /** What came next, or null after thirty seconds. */
    @Nullable
    public String next() throws InterruptedException {
        return received.poll(30, TimeUnit.SECONDS);
    }

    /** Whether nothing comes for a while. */
    boolean hearsNothing() throws InterruptedException {
        return received.poll(700, TimeUnit.MILLISECONDS) == null;
    }

    @Override
    public void close() {
        client.disconnect();
    }
}
