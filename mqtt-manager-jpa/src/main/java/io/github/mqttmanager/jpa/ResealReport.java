package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.UnreadableDefinition;
import java.util.List;

/**
 * What {@link JpaBrokerRepository#resealSecrets} did.
 *
 * @param resealed how many brokers have secrets that were sealed again
 * @param remaining how many brokers still have secrets that are not sealed with the active key: those that are unreadable, and those that
 *     another process saved meanwhile with the key from before. The old key can go when there are none
 * @param unreadable those with secrets that could not be opened; they were left as they are
 */
public record ResealReport(long resealed, long remaining, List<UnreadableDefinition> unreadable) {
    public ResealReport {
        unreadable = List.copyOf(unreadable);
    }
}
