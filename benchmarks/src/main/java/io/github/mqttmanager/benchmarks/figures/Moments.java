package io.github.mqttmanager.benchmarks.figures;

import java.util.Arrays;

/** When something happened, again and again. This class is thread-safe. */
final class Moments {
    private long[] nanos = new long[1024];
    private int count;

    synchronized void add() {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = System.nanoTime();
    }

    synchronized int count() {
        return count;
    }

    /** The most that any window of a second saw, wherever it begins. */
    synchronized int mostInASecond() {
        int most = 0;
        int from = 0;
        for (int to = 0; to < count; to++) {
            while (nanos[to] - nanos[from] >= 1_000_000_000L) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }
}
