package io.github.mqttmanager.publish;

/** Why an outbound publish was not, or not surely, taken by the broker. */
public enum PublishFailure {
    /** The broker's definition does not exist. */
    UNKNOWN_BROKER,
    /** The device does not exist. */
    UNKNOWN_DEVICE,
    /** Neither the publish nor the device names a topic. */
    NO_TOPIC,
    /** The broker is not connected, and the caller did not want to wait. */
    NOT_CONNECTED,
    /** Too much is waiting for this broker or for all together, by count or by bytes. */
    QUEUE_FULL,
    /** The message outlived its expiry, or the queue's own limit of age, before it could be sent. */
    EXPIRED,
    /** The caller cancelled it before it was sent. */
    CANCELLED,
    /** The broker answered that it does not take it; the message tells its reason code. */
    REFUSED,
    /** The message, or what the broker allows, makes it impossible to send: size, retain, quality of service, encoding. */
    NOT_SENDABLE,
    /**
     * Sent with QoS 2 into a session that an earlier process left behind, whose unfinished exchanges the broker does not complete: it
     * could confirm the message and never deliver it. Use QoS 1, or let the connection begin with a clean session.
     */
    UNSAFE_QOS_2,
    /** A request was sent, or waited to be sent, and no response came in time. */
    NO_ANSWER,
    /** The manager or the connection was closed; whether the broker has it is unknown if it was in flight. */
    CLOSED
}
