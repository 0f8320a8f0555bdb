package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import java.util.concurrent.CompletableFuture;

/** A manager with default settings, with one broker and its devices. */
final class ManagedTraffic implements TrafficProcess.Traffic {
    private static final BrokerId BROKER = BrokerId.of("traffic");

    private final MqttManager manager;

    ManagedTraffic(Runnable handler) {
        manager = MqttManager.builder()
                .handler((device, publish) -> handler.run())
                .build();
    }

    @Override
    public void connect(int port, int devices) throws InterruptedException {
        manager.save(BrokerDefinition.builder(BROKER.value(), "127.0.0.1", port).build());
        for (int i = 0; i < devices; i++) {
            manager.save(Device.builder(Pour.device(i), BROKER.value()).build());
        }
        manager.start();
        for (int i = 0; i < 2_000; i++) {
            if (manager.status(BROKER).map(BrokerStatus::isConnected).orElse(false)) {
                return;
            }
            Thread.sleep(5);
        }
        throw new IllegalStateException("not connected: " + manager.status(BROKER));
    }

    @Override
    public CompletableFuture<?> publish(String topic, byte[] payload) {
        return manager.publishTo(
                BROKER, OutboundPublish.builder().topic(topic).payload(payload).build());
    }
}
