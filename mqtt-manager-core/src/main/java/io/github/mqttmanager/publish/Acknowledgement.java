package io.github.mqttmanager.publish;

/**
 * What became of one inbound publish. Exactly one of the methods is called, once, from any thread; later calls do nothing. After
 * the link that it came on is gone nothing is sent: the broker delivers it again.
 */
public interface Acknowledgement {
    /** The host has handled it. */
    void handled();

    /** It belongs to nobody. */
    void unrouted();

    /** It came with QoS 0, faster than it could be handled. */
    void dropped();
}
