package io.github.mqttmanager.example.server.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits for one client. Bounded: of several states of the same thing only the newest waits, and of too many readings the
 * oldest are dropped. Adding never blocks. This class is thread-safe.
 */
final class FrameQueue {
    private final int maxReadings;
    private final Map<Object, Frame> frames = new LinkedHashMap<>();
    private int readings;
    private boolean closed;

    FrameQueue(int maxReadings) {
        this.maxReadings = maxReadings;
    }

    synchronized void add(Frame frame) {
        if (closed) {
            return;
        }
        if (frame.key() == null) {
            if (readings == maxReadings) {
                dropOldestReading();
            }
            frames.put(new Object(), frame);
            readings++;
        } else {
            // The newest goes to the end, or it would overtake what happened in between.
            frames.remove(frame.key());
            frames.put(frame.key(), frame);
        }
        notifyAll();
    }

    private void dropOldestReading() {
        for (Iterator<Frame> all = frames.values().iterator(); all.hasNext(); ) {
            if (all.next().key() == null) {
                all.remove();
                readings--;
                return;
            }
        }
    }

    /** Forgets a waiting frame that is of no use any more. */
    synchronized void remove(String key) {
        frames.remove(key);
    }

    /** All that waits, in its order; empty when nothing came in the time, or the queue is closed. */
    synchronized List<Frame> take(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (frames.isEmpty() && !closed) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return List.of();
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        List<Frame> taken = new ArrayList<>(frames.values());
        frames.clear();
        readings = 0;
        return taken;
    }

    /** Takes nothing more, and lets whoever waits go. */
    synchronized void close() {
        closed = true;
        frames.clear();
        readings = 0;
        notifyAll();
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
