package io.github.mqttmanager.publish;

/** An outbound publish failed; {@link #failure} says why. */
public class PublishException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final PublishFailure failure;

    public PublishException(PublishFailure failure, String message) {
        super(message);
        this.failure = failure;
    }

    /** Why. */
    public PublishFailure failure() {
        return failure;
    }
}
