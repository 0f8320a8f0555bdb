package io.github.mqttmanager.architecture.bad.publish;

/** Not a noun of MQTT. */
public final class PublishHelper {}
