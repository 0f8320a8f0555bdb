package io.github.mqttmanager.architecture.bad.broker;

import com.hivemq.client.mqtt.datatypes.MqttQos;

/** The client is known to the links only. */
final class UsesTheClient {
    int code() {
        return MqttQos.AT_LEAST_ONCE.getCode();
    }
}
