package io.github.mqttmanager.spring;

/** The application has no handler for what devices publish. */
final class MissingHandlerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingHandlerException(IllegalStateException cause) {
        super(cause.getMessage(), cause);
    }
}
