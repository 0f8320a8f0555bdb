package io.github.mqttmanager.architecture.bad.device;

import io.github.mqttmanager.architecture.bad.connection.KnowsDevices;

/** The other half of the cycle. */
public final class KnowsConnections {
    public boolean knows(KnowsDevices connections) {
        return connections.knows(this);
    }
}
