package io.github.mqttmanager.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that must not be seen: never printed, not serializable, compared in constant time. Immutable.
 */
public final class Secret {
    private static final int MAX_BYTES = 65_535;

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("secret must not be longer than " + MAX_BYTES + " bytes");
        }
        this.bytes = bytes;
    }

    /** The UTF-8 bytes of the text. */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy of the bytes. */
    public static Secret of(byte[] bytes) {
        return new Secret(bytes.clone());
    }

    /** A copy of the bytes: for whoever sends or encrypts them, and for nobody else. */
    public byte[] reveal() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(bytes, that.bytes);
    }

    /** The same for all secrets, for a hash would say something about them. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
