package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerId;

/** A broker cannot be deleted, for devices are linked to it. */
public class BrokerInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long devices;

    public BrokerInUseException(BrokerId broker, long devices) {
        super("broker " + broker + " has " + devices + (devices == 1 ? " device" : " devices"));
        this.devices = devices;
    }

    /** How many devices are linked to it. */
    public long devices() {
        return devices;
    }
}
