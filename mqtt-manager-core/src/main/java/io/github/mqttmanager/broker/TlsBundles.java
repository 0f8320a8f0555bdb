package io.github.mqttmanager.broker;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The host's trust and key material by name. Called before every attempt, so what was renewed is used; may not block long. */
@FunctionalInterface
public interface TlsBundles {
    /**
     * The material with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    Material bundle(String name);

    /**
     * @param trust whom to believe
     * @param key what we show, or null
     */
    record Material(TrustManagerFactory trust, @Nullable KeyManagerFactory key) {}

    /** Knows no name. */
    static TlsBundles none() {
        return name -> {
            throw new IllegalArgumentException("TLS bundle " + name + " is not known to this host");
        };
    }
}
