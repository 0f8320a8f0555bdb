package io.github.mqttmanager.jpa;

import java.util.List;

/** The entities of this module, for hosts that list the managed classes of their persistence unit. */
public final class MqttManagerEntities {
    private MqttManagerEntities() {}

    /** The managed classes, in no order. */
    public static List<Class<?>> classes() {
        return List.of(MqttManagerBroker.class, MqttManagerDevice.class, MqttManagerOutboxEntry.class);
    }
}
