package io.github.mqttmanager.broker;

import java.time.Duration;

/**
 * How a lost link is tried again: exponentially growing delays with full jitter.
 *
 * @param initialDelay upper bound of the first delay
 * @param earlyMaximum upper bound of a delay while the outage is young
 * @param earlyPhase how long an outage is young
 * @param lateMaximum upper bound of a delay afterwards
 * @param stableAfter how long a link must last before the delays begin anew
 */
public record ReconnectSettings(
        Duration initialDelay, Duration earlyMaximum, Duration earlyPhase, Duration lateMaximum, Duration stableAfter) {
    /** From 1 s to 15 s in the first 5 minutes, to 2 minutes after. */
    public static final ReconnectSettings DEFAULT = new ReconnectSettings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2),
            Duration.ofSeconds(30));

    /** @throws IllegalArgumentException naming the setting that is out of range */
    public ReconnectSettings {
        Duration day = Duration.ofDays(1);
        Checks.range(initialDelay, "initial reconnect delay", Duration.ofMillis(10), day);
        Checks.range(earlyMaximum, "early maximum of the reconnect delay", initialDelay, day);
        Checks.range(earlyPhase, "early phase of an outage", Duration.ZERO, day);
        Checks.range(lateMaximum, "late maximum of the reconnect delay", earlyMaximum, day);
        Checks.range(stableAfter, "time until a link is stable", Duration.ZERO, day);
    }
}
