package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;

/**
 * Takes the messages that the handler failed on too often. Its normal return acknowledges the message; when it throws, the
 * message stays unacknowledged and is tried again.
 */
@FunctionalInterface
public interface DeadLetterHandler {
    /**
     * @param attempts how often the handler was tried
     * @param failure what it threw last
     */
    void handle(Device device, InboundPublish publish, int attempts, Throwable failure) throws Exception;
}
