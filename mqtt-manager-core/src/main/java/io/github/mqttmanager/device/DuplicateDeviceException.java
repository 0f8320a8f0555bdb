package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;

/** Another device of the broker has the same name in topics, so what it publishes could not be told apart. */
public class DuplicateDeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String topicName;

    public DuplicateDeviceException(BrokerId broker, String topicName) {
        super("broker " + broker + " has another device called " + topicName + " in topics");
        this.topicName = topicName;
    }

    /** The name that both have, or one of the names if there are several. */
    public String topicName() {
        return topicName;
    }
}
