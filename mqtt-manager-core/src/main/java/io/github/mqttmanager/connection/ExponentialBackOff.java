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
            double base = grown(SLOW_INITIAL, outage.attempt(), SLOW_MAXIMUM);
            return Duration.ofMillis((long) (base * (0.9 + 0.2 * random.nextDouble())));
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

    private static double grown(Duration initial, int attempt, Duration maximum) {
        double factor = Math.pow(2, Math.min(Math.max(attempt - 1, 0), 40));
        return Math.min(initial.toMillis() * factor, maximum.toMillis());
    }
}
