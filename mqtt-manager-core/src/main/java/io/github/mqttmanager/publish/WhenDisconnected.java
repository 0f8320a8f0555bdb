package io.github.mqttmanager.publish;

/** What becomes of an outbound publish whose broker is not connected. */
public enum WhenDisconnected {
    /** It fails at once. */
    FAIL,
    /** It waits in memory, within the bounds of count, bytes and age, until the broker is connected. */
    QUEUE
}
