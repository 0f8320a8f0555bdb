package io.github.mqttmanager.broker;

/**
 * What is to be saved was changed or deleted by somebody else since it was read, or its id exists already. Read it again,
 * apply the change again, save again.
 */
public class VersionConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** @param id of the broker or device, as text */
    public VersionConflictException(String id, String message) {
        super(message);
        this.id = id;
    }

    /** The id of the broker or device, as text. */
    public String id() {
        return id;
    }
}
