package io.github.mqttmanager;

/** What becomes of the devices of a broker that is to be deleted. */
public enum WhenDevicesExist {
    /** The broker stays, and {@link BrokerInUseException} is thrown. */
    REFUSE,
    /** They are deleted with it. */
    DELETE
}
