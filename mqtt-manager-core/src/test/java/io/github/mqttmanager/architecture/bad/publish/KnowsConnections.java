package io.github.mqttmanager.architecture.bad.publish;

import io.github.mqttmanager.architecture.bad.connection.KnowsDevices;

/** What goes through does not know the way. */
public record KnowsConnections(KnowsDevices connection) {}
