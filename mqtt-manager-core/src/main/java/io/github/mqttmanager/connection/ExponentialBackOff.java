package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.ReconnectSettings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The default {@link ReconnectPolicy}. */
enum ExponentialBackOff implements ReconnectPolicy {
    INSTANCE;

    private static final Duration SLOW_INITIAL = Duration.ofMinutes(1);
    private static final Duration SLOW_MAXIMUM = Duration.ofMinutes(30);
    // A retry at once would be a busy loop when jitter draws zero again and again.
    private static final Duration MINIMUM = Duration.ofMillis(50);

    @Override
    public Duration delay(Outage outage, ReconnectSettings settings, RandomGenerator random) {
        if (!outage.failure().retryable()) {
            return Duration.ofMillis((long) (slow(outage) * (0.9 + 0.2 * random.nextDouble())));
        }
        boolean early = outage.lasting().compareTo(settings.earlyPhase()) < 0;
        Duration maximum = early ? settings.earlyMaximum() : settings.lateMaximum();
        double bound = grown(settings.initialDelay(), outage.attempt(), maximum);
        if (outage.failure().kind() == FailureKind.MQTT_SERVER_UNAVAILABLE) {
            bound = Math.min(bound * 4, settings.lateMaximum().toMillis());
        }
        Duration delay = Duration.ofMillis((long) (bound * random.nextDouble()));
        return delay.compareTo(MINIMUM) < 0 ? MINIMUM : delay;
    }

    /**
     * Doubles what was waited before, unless that was no slow wait: a broker that comes back and does not know its users in the first
     * moments is not to be left alone for half an hour because it was away for long.
     */
    private static double slow(ReconnectPolicy.Outage outage) {
        if (outage.failure().kind() == FailureKind.MQTT_SESSION_TAKEN_OVER) {
            // Each attempt takes the session from somebody who is working.
            return SLOW_MAXIMUM.toMillis();
        }
        double before = outage.previousDelay().toMillis();
        return before < 0.9 * SLOW_INITIAL.toMillis()
                ? SLOW_INITIAL.toMillis()
                : Math.min(2 * before, SLOW_MAXIMUM.toMillis());
    }

    private static double grown(Duration initial, int attempt, Duration maximum) {
        double factor = Math.pow(2, Math.min(Math.max(attempt - 1, 0), 40));
        return Math.min(initial.toMillis() * factor, maximum.toMillis());
    }
}
