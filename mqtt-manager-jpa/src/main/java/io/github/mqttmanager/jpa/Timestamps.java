package io.github.mqttmanager.jpa;

import java.time.Instant;

/**
 * When something was stored.
 *
 * @param createdAt for the first time
 * @param updatedAt for the last time; for a broker also when it was last activated or deactivated
 */
public record Timestamps(Instant createdAt, Instant updatedAt) {}
