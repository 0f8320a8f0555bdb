package io.github.mqttmanager.broker;

import org.jspecify.annotations.Nullable;

/**
 * A definition is stored and cannot be read: a secret of it cannot be decrypted, or what is stored is damaged. Nothing is lost by it. Give
 * the key back, enter the secret again, or mend what is stored.
 */
public class UnreadableDefinitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient UnreadableDefinition definition;

    public UnreadableDefinitionException(UnreadableDefinition definition, @Nullable Throwable cause) {
        super(definition.message(), cause);
        this.definition = definition;
    }

    /** What is known of it. */
    public UnreadableDefinition definition() {
        return definition;
    }
}
