package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerId;

/** There is no broker with this id. */
public class UnknownBrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownBrokerException(BrokerId broker) {
        super("there is no broker " + broker);
    }
}
