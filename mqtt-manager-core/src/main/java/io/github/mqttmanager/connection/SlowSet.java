package io.github.mqttmanager.connection;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The attempts at brokers that let us wait the last time: only so many at once, so that thousands of silent brokers hold neither sockets
 * nor turns that others need. This class is thread-safe.
 */
final class SlowSet {
    private final int places;

    // guarded by this
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int taken;

    SlowSet(int places) {
        this.places = places;
    }

    /** Runs the start when there is a place for it; whoever was started gives the place back by {@link #leave}. */
    void enter(Runnable start) {
        synchronized (this) {
            if (taken == places) {
                waiting.add(start);
                return;
            }
            taken++;
        }
        start.run();
    }

    /** Gives a place back, to the next who waits. */
    void leave() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                taken--;
                return;
            }
        }
        next.run();
    }
}
