package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;

/**
 * The host's code for what a device publishes. Its normal return is what acknowledges the message to the broker; an exception or
 * an error makes it be tried again.
 *
 * <p>Called on the manager's handler threads, never on a network thread: it may block, and then delays only its own device.
 * Messages of one device come one after the other in their order, those of different devices in parallel.
 */
@FunctionalInterface
public interface DeviceMessageHandler {
    void handle(Device device, InboundPublish publish) throws Exception;
}
