package io.github.mqttmanager.connection;

/** How far an attempt came. */
public enum ConnectionStage {
    /** The host's name is looked up, and its addresses are checked against the policy. */
    DNS,
    /** The connection to the address, or through the proxy, is opened. */
    TCP,
    /** The certificates are exchanged. */
    TLS,
    /** CONNECT and its answer, and everything after it. */
    MQTT,
    /** The wanted filters are subscribed. */
    SUBSCRIBE
}
