package io.github.mqttmanager.connection;

import static io.github.mqttmanager.connection.ConnectionStage.DNS;
import static io.github.mqttmanager.connection.ConnectionStage.MQTT;
import static io.github.mqttmanager.connection.ConnectionStage.SUBSCRIBE;
import static io.github.mqttmanager.connection.ConnectionStage.TCP;
import static io.github.mqttmanager.connection.ConnectionStage.TLS;

/** What went wrong, at which stage, and whether trying again unchanged can help. */
public enum FailureKind {
    /** The store has the definition and cannot read it, such as for want of a key; no attempt can begin. */
    DEFINITION_UNREADABLE(DNS, false),
    DNS_UNKNOWN_HOST(DNS, true),
    DNS_TIMEOUT(DNS, true),
    /** The host's policy forbids the address, or too many of its ports were tried. */
    ADDRESS_REFUSED(DNS, false),
    TCP_REFUSED(TCP, true),
    TCP_TIMEOUT(TCP, true),
    TCP_UNREACHABLE(TCP, true),
    PROXY_FAILED(TCP, true),
    /** A part of Netty that the transport needs is not on the class path. */
    TRANSPORT_MISSING(TCP, false),
    TLS_UNKNOWN_CA(TLS, false),
    TLS_EXPIRED(TLS, false),
    TLS_NOT_YET_VALID(TLS, false),
    TLS_HOSTNAME_MISMATCH(TLS, false),
    TLS_CLIENT_CERT_REQUIRED(TLS, false),
    TLS_CLIENT_CERT_REJECTED(TLS, false),
    TLS_NOT_TLS(TLS, false),
    TLS_PROTOCOL(TLS, false),
    TLS_TIMEOUT(TLS, true),
    /** TLS material of our own cannot be used. */
    TLS_MATERIAL(TLS, false),
    /** What listens there does not open a WebSocket at that path. */
    WEBSOCKET_REFUSED(MQTT, true),
    MQTT_CLOSED_EARLY(MQTT, true),
    MQTT_CONNACK_TIMEOUT(MQTT, true),
    MQTT_BAD_CREDENTIALS(MQTT, false),
    MQTT_NOT_AUTHORIZED(MQTT, false),
    MQTT_CLIENT_ID_REJECTED(MQTT, false),
    MQTT_VERSION_UNSUPPORTED(MQTT, false),
    MQTT_SERVER_UNAVAILABLE(MQTT, true),
    MQTT_BANNED(MQTT, false),
    MQTT_SESSION_TAKEN_OVER(MQTT, true),
    MQTT_KEEPALIVE_TIMEOUT(MQTT, true),
    MQTT_REDIRECT(MQTT, false),
    MQTT_PROTOCOL(MQTT, true),
    /** The broker sent more at once than it may, and the client had to end the connection; the limit is raised. */
    MQTT_RECEIVE_MAXIMUM_EXCEEDED(MQTT, true),
    /** The broker, or the network between, ended a link that had worked. */
    CONNECTION_LOST(MQTT, true),
    /** The broker left a SUBSCRIBE or a PUBLISH unanswered. */
    MQTT_NO_RESPONSE(MQTT, true),
    /** The host's handlers fail, hang or are too slow for what the broker sends. */
    HANDLERS_BEHIND(MQTT, true),
    /** Connected, but the broker does not take our birth message. */
    BIRTH_REFUSED(MQTT, false),
    SUBSCRIBE_DENIED(SUBSCRIBE, false),
    UNKNOWN(MQTT, true);

    private final ConnectionStage stage;
    private final boolean retryable;

    FailureKind(ConnectionStage stage, boolean retryable) {
        this.stage = stage;
        this.retryable = retryable;
    }

    /** Where it usually happens. */
    public ConnectionStage stage() {
        return stage;
    }

    /** Whether trying again unchanged can help. */
    public boolean isRetryable() {
        return retryable;
    }
}
