package io.github.mqttmanager.publish;

/** Takes every publish that comes in. Called on network threads: it may not block and does not throw. */
@FunctionalInterface
public interface InboundRouter {
    void route(InboundPublish publish, Acknowledgement acknowledgement);
}
