package io.github.mqttmanager.publish;

/** A name and a value that travel with a publish; names may repeat (MQTT 5 section 3.3.2.3.7). */
public record UserProperty(String name, String value) {}
