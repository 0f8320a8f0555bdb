package io.github.mqttmanager.benchmarks.figures;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.github.mqttmanager.broker.SessionSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client alone, as its documentation shows it, with manual acknowledgement. */
final class BareTraffic implements TrafficProcess.Traffic {
    private final Runnable handler;
    private @Nullable Mqtt5AsyncClient client;

    BareTraffic(Runnable handler) {
        this.handler = handler;
    }

    @Override
    public void connect(int port, int devices) throws Exception {
        Mqtt5AsyncClient made = Mqtt5Client.builder()
                .identifier("traffic")
                .serverHost("127.0.0.1")
                .serverPort(port)
                .buildAsync();
        made.publishes(
                MqttGlobalPublishFilter.ALL,
                publish -> {
                    handler.run();
                    publish.acknowledge();
                },
                true);
        made.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(86_400)
                .keepAlive(20)
                .restrictions()
                .receiveMaximum(SessionSettings.DEFAULT.receiveMaximum())
                .applyRestrictions()
                .send()
                .get(10, TimeUnit.SECONDS);
        for (int i = 0; i < devices; i++) {
            made.subscribeWith()
                    .topicFilter(Pour.topic(i))
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send()
                    .get(10, TimeUnit.SECONDS);
        }
        client = made;
    }

    @Override
    public CompletableFuture<?> publish(String topic, byte[] payload) {
        if (client == null) {
            throw new IllegalStateException("not connected");
        }
        return client.publish(Mqtt5Publish.builder()
                .topic(topic)
                .payload(payload)
                .qos(MqttQos.AT_LEAST_ONCE)
                .build());
    }
}
