package io.github.mqttmanager.broker;

/** What carries MQTT. */
public enum Transport {
    TCP(false, false),
    TLS(true, false),
    WEBSOCKET(false, true),
    SECURE_WEBSOCKET(true, true);

    private final boolean secure;
    private final boolean webSocket;

    Transport(boolean secure, boolean webSocket) {
        this.secure = secure;
        this.webSocket = webSocket;
    }

    /** Whether the link is encrypted and the broker's certificate is checked. */
    public boolean isSecure() {
        return secure;
    }

    public boolean isWebSocket() {
        return webSocket;
    }
}
