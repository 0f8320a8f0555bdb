package io.github.mqttmanager.broker;

import org.jspecify.annotations.Nullable;

/**
 * A proxy on the way to the broker.
 *
 * @param type the proxy's protocol
 * @param endpoint where the proxy listens
 * @param credentials what the proxy asks for, or null
 */
public record ProxySettings(
        Type type, Endpoint endpoint, @Nullable Credentials credentials) {
    /** The proxy's protocol. */
    public enum Type {
        HTTP,
        SOCKS_4,
        SOCKS_5
    }
}
