package io.github.mqttmanager.example.quickstart;

import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.test.EmbeddedBroker;
import java.util.concurrent.CountDownLatch;

/** A broker, two devices that publish, and a command that goes back to one of them. */
class Quickstart {
    public static void main(String[] arguments) throws Exception {
        CountDownLatch awaited = new CountDownLatch(3);
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                MqttManager manager = MqttManager.builder()
                        .handler((device, publish) -> {
                            System.out.println(device.name() + " says " + publish.payloadText());
                            awaited.countDown();
                        })
                        .build()) {
            manager.start();
            manager.save(BrokerDefinition.builder("plant-7", broker.host(), broker.port())
                    .build());
            manager.save(Device.builder("boiler", "plant-7").build());
            manager.save(Device.builder("pump", "plant-7").build());

            // What the devices do: anything that speaks MQTT.
            var devices = Mqtt5Client.builder().serverPort(broker.port()).buildAsync();
            devices.connect().join();
            devices.subscribeWith()
                    .topicFilter("devices/+/commands")
                    .callback(command -> {
                        System.out.println(command.getTopic() + " hears " + new String(command.getPayloadAsBytes()));
                        awaited.countDown();
                    })
                    .send()
                    .join();

            // The command waits for the connection, so once it is confirmed the manager listens, too.
            System.out.println(manager.publish(DeviceId.of("boiler"), OutboundPublish.of("on"))
                    .get());
            devices.publishWith()
                    .topic("devices/boiler/telemetry")
                    .payload("78.5".getBytes())
                    .send();
            devices.publishWith()
                    .topic("devices/pump/telemetry")
                    .payload("1400".getBytes())
                    .send();
            awaited.await();
            System.out.println(manager.statuses().get(0).state());
            devices.disconnect().join();
        }
    }
}
