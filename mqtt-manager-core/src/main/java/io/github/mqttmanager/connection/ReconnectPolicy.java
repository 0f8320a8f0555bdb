package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.ReconnectSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: a pure function. It never gives up; what cannot be mended it asks slowly. */
@FunctionalInterface
public interface ReconnectPolicy {
    /** The wait before the attempt that the outage describes. */
    Duration delay(Outage outage, ReconnectSettings settings, RandomGenerator random);

    /**
     * What is known when a delay is decided.
     *
     * @param attempt how many attempts have failed since the last stable connection, at least 1
     * @param lasting time since the outage began
     * @param failure the last one
     * @param previousDelay before the last attempt; zero before the first
     */
    record Outage(int attempt, Duration lasting, ConnectionFailure failure, Duration previousDelay) {}

    /**
     * Exponential from the settings' initial delay, with full jitter, capped by the age of the outage. A failure that a retry
     * cannot mend waits a minute, doubling up to half an hour, give or take a tenth; a fight for a session half an hour at once; a
     * broker that is too busy, four times the usual.
     */
    static ReconnectPolicy exponential() {
        return ExponentialBackOff.INSTANCE;
    }
}
