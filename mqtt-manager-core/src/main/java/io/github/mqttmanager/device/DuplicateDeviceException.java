package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;

/** Another device of the broker has the same name in topics, so what it publishes could not be told apart. */
public class DuplicateDeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DuplicateDeviceException(BrokerId broker, String topicName) {
        super("broker " + broker + " has another device called " + topicName + " in topics");
    }
}
