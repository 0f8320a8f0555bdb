package io.github.mqttmanager.example.server.demo;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Values that wander as real ones do: by small steps, never far from where they belong. For one thread at a time. */
final class Drift {
    private final Random random;
    private final Map<String, Double> values = new HashMap<>();
    private boolean on = true;

    Drift(long seed) {
        random = new Random(seed);
    }

    /** The next value: near the last one, pulled towards the middle. */
    double at(String name, double middle, double reach, double step) {
        double last = values.computeIfAbsent(name, key -> middle + (random.nextDouble() - 0.5) * reach);
        double next = last + random.nextGaussian() * step + (middle - last) * 0.01;
        double kept = Math.max(middle - reach, Math.min(middle + reach, next));
        values.put(name, kept);
        return kept;
    }

    /** A sum that grows. */
    double sum(String name, double start, double more) {
        return values.merge(name, start, (last, first) -> last + more);
    }

    boolean isOn() {
        return on;
    }

    void switchTo(boolean newOn) {
        on = newOn;
    }
}
