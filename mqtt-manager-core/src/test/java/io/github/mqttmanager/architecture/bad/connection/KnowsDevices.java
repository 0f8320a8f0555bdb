package io.github.mqttmanager.architecture.bad.connection;

import io.github.mqttmanager.architecture.bad.device.KnowsConnections;

/** Half of a cycle. */
public final class KnowsDevices {
    public boolean knows(KnowsConnections devices) {
        return devices.knows(this);
    }
}
