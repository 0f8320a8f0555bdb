package io.github.mqttmanager.spring;

import io.github.mqttmanager.MqttManager;

/** Changes the manager's builder after everything else was set; beans of this type are called in their order. */
@FunctionalInterface
public interface MqttManagerBuilderCustomizer {
    void customize(MqttManager.Builder builder);
}
