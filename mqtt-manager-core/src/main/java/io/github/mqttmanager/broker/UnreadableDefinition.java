package io.github.mqttmanager.broker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A definition that is stored and cannot be read, such as one whose secrets were encrypted with a key that is missing. Holds no secret.
 *
 * @param broker whose
 * @param name for people
 * @param owner a label of the host's tenant, or null
 * @param active whether a connection is wanted
 * @param secrets which ones cannot be read, such as {@code credentials.password}; empty if it is something else
 * @param message what is wrong, one sentence that names the broker
 * @param remedy what to do, one sentence
 */
public record UnreadableDefinition(
        BrokerId broker,
        String name,
        @Nullable String owner,
        boolean active,
        List<String> secrets,
        String message,
        String remedy) {
    public UnreadableDefinition {
        secrets = List.copyOf(secrets);
        if (message.isBlank() || remedy.isBlank()) {
            throw new IllegalArgumentException("what cannot be read needs a message and a remedy");
        }
    }
}
