package io.github.mqttmanager.architecture.bad.connection;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import java.util.List;

/** May know the client by its name, but not show it to everybody. */
public final class HiveMqLink {
    public List<MqttQos> all() {
        return List.of(MqttQos.values());
    }
}
