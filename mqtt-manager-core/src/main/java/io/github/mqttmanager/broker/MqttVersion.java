package io.github.mqttmanager.broker;

/** Versions of the protocol. */
public enum MqttVersion {
    V3_1_1("3.1.1"),
    V5("5");

    private final String text;

    MqttVersion(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
