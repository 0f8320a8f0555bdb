package io.github.mqttmanager.connection;

import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attempts at brokers that let us wait the last time: only so many at once, so that thousands of silent brokers hold neither sockets
 * nor turns that others need. This class is thread-safe.
 */
final class SlowSet {
    /** Belongs to one attempt, first waiting, then taken. */
    final class Place {
        private final Runnable start;
        private final long number;

        /** Guarded by the set. */
        private boolean taken;

        private Place(Runnable start, long number) {
            this.start = start;
            this.number = number;
        }

        /** About how many will be let in up to and with this one; empty if it does not wait. */
        OptionalInt position() {
            return positionOf(this);
        }

        /** Gives the place back, to the next who waits, or waits for it no more. A second time it does nothing. */
        void leave() {
            Place next = left(this);
            if (next != null) {
                next.start.run();
            }
        }
    }

    private final int places;

    // guarded by this
    private final Set<Place> waiting = new LinkedHashSet<>();
    private int taken;
    private long numbers;

    SlowSet(int places) {
        this.places = places;
    }

    /** Runs the start when there is a place for it; whoever was started gives the place back. */
    Place enter(Runnable start) {
        Place place;
        synchronized (this) {
            place = new Place(start, numbers++);
            if (taken == places) {
                waiting.add(place);
                return place;
            }
            taken++;
            place.taken = true;
        }
        start.run();
        return place;
    }

    private synchronized @Nullable Place left(Place place) {
        if (waiting.remove(place) || !place.taken) {
            return null;
        }
        place.taken = false;
        if (waiting.isEmpty()) {
            taken--;
            return null;
        }
        Place next = waiting.iterator().next();
        waiting.remove(next);
        next.taken = true;
        return next;
    }

    private synchronized OptionalInt positionOf(Place place) {
        if (!waiting.contains(place)) {
            return OptionalInt.empty();
        }
        long ahead = place.number - waiting.iterator().next().number;
        return OptionalInt.of((int) Math.min(ahead, waiting.size() - 1) + 1);
    }
}
