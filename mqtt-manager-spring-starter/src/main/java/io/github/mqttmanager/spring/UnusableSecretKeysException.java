package io.github.mqttmanager.spring;

import org.jspecify.annotations.Nullable;

/** The keys that are configured cannot be used. Shows nothing of them. */
final class UnusableSecretKeysException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableSecretKeysException(String message, @Nullable RuntimeException cause) {
        super(message, cause);
    }
}
