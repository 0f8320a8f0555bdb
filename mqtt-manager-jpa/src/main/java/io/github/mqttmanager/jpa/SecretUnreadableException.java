package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import org.jspecify.annotations.Nullable;

/**
 * A stored secret of a broker cannot be decrypted: its key is missing, or it was altered or moved. Give the key back, or enter the
 * secret again.
 */
public class SecretUnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String broker;
    private final String field;

    /** @param field such as {@code credentials.password} */
    public SecretUnreadableException(BrokerId broker, String field, @Nullable Throwable cause) {
        super(
                field + " of broker " + broker + " cannot be decrypted: its key is missing, or it was altered or moved",
                cause);
        this.broker = broker.value();
        this.field = field;
    }

    /** Whose secret it is. */
    public BrokerId broker() {
        return BrokerId.of(broker);
    }

    /** Which secret it is, such as {@code credentials.password}. */
    public String field() {
        return field;
    }
}
