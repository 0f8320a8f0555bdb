package io.github.mqttmanager.spring;

import io.github.mqttmanager.broker.TlsBundles;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** The application's SSL bundles, as they are at each attempt. */
final class SslBundleMaterial implements TlsBundles {
    private final SslBundles bundles;

    SslBundleMaterial(SslBundles bundles) {
        this.bundles = bundles;
    }

    @Override
    public Material bundle(String name) {
        try {
            SslBundle bundle = bundles.getBundle(name);
            return new Material(
                    bundle.getManagers().getTrustManagerFactory(),
                    bundle.getStores().getKeyStore() == null
                            ? null
                            : bundle.getManagers().getKeyManagerFactory());
        } catch (NoSuchSslBundleException e) {
            throw new IllegalArgumentException("SSL bundle " + name + " is not configured", e);
        }
    }
}
