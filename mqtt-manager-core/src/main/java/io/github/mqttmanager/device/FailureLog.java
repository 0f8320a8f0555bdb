package io.github.mqttmanager.device;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Decides which failures of handlers are worth a warning: one per device and minute, and not too many overall. Thread-safe. */
final class FailureLog {
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final int MOST_IN_A_PERIOD = 100;

    private final LongSupplier nanos;

    /** When each device was last warned of, the oldest first; no older than the period. Guarded by this. */
    private final Map<DeviceId, Long> warnedAt = new LinkedHashMap<>();

    FailureLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether to warn of a failure of this device now; the others are told where somebody looks for them. */
    synchronized boolean admits(DeviceId device) {
        long now = nanos.getAsLong();
        warnedAt.values().removeIf(at -> now - at >= PERIOD.toNanos());
        if (warnedAt.size() >= MOST_IN_A_PERIOD || warnedAt.containsKey(device)) {
            return false;
        }
        warnedAt.put(device, now);
        return true;
    }
}
