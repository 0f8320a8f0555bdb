package io.github.mqttmanager.device;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries and the ticks at which they are due. Costs nothing for entries that are not due, but that those which are further away than there are
 * slots come up once a round. Belongs to one thread, except {@link #isEmpty}.
 */
final class TimerWheel<E extends TimerWheel.Entry> {
    /** Is in at most one slot of one wheel. */
    abstract static class Entry {
        private @Nullable Entry previous;
        private @Nullable Entry next;
        private long due;
    }

    private static final class Head extends Entry {}

    private final Entry[] slots;
    private long tick;
    private volatile int size;

    TimerWheel(int slots) {
        this.slots = new Entry[slots];
        for (int i = 0; i < slots; i++) {
            this.slots[i] = new Head();
        }
    }

    /**
     * Puts the entry at a tick, or at an earlier one if that is too far away. It stays where it is if it comes up sooner anyway: whoever
     * takes it then puts it in again.
     */
    void put(E entry, long due) {
        long reached = Math.max(tick + 1, Math.min(due, tick + slots.length));
        Entry in = entry;
        if (in.previous != null && in.due <= reached) {
            return;
        }
        remove(entry);
        Entry head = slots[slot(reached)];
        in.due = reached;
        in.previous = head;
        in.next = head.next;
        if (in.next != null) {
            in.next.previous = in;
        }
        head.next = in;
        count(1);
    }

    void remove(E entry) {
        Entry out = entry;
        Entry previous = out.previous;
        if (previous == null) {
            return;
        }
        previous.next = out.next;
        if (out.next != null) {
            out.next.previous = previous;
        }
        out.previous = null;
        out.next = null;
        count(-1);
    }

    /** Takes out what is due up to this tick. */
    void advance(long to, Consumer<? super E> due) {
        long last = Math.min(to, tick + slots.length);
        for (long at = tick + 1; at <= last; at++) {
            Entry head = slots[slot(at)];
            while (head.next != null) {
                @SuppressWarnings("unchecked")
                E entry = (E) head.next;
                remove(entry);
                due.accept(entry);
            }
        }
        tick = Math.max(tick, to);
    }

    /** Any thread may ask. */
    boolean isEmpty() {
        return size == 0;
    }

    private int slot(long at) {
        return (int) Math.floorMod(at, (long) slots.length);
    }

    // Written by one thread only.
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    private void count(int by) {
        size = size + by;
    }
}
