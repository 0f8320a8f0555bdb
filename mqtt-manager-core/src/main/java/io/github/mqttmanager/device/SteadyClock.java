package io.github.mqttmanager.device;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock without its jumps. While the wall clock goes about as fast as the monotonic one it is believed. When it jumps, ahead
 * or back, the time goes on by the monotonic clock, and follows only when the jump has lasted for ten minutes: a clock that was set wrong for
 * a moment leaves no times behind that others would have to wait for. This class is thread-safe.
 */
final class SteadyClock {
    /** In seconds; less is taken for the wall clock's being set right. */
    static final long JUMP = 10;

    static final Duration LASTING = Duration.ofMinutes(10);

    /** How far the wall clock is off, in seconds, and since when. */
    private record Jump(long by, long since) {}

    /** A moment of both clocks, and the jump after it, if any. */
    private record Anchor(
            Instant wall, long nanos, @Nullable Jump jump) {}

    private volatile Anchor anchor;

    SteadyClock(Instant wall, long nanos) {
        anchor = new Anchor(wall, nanos, null);
    }

    /**
     * The time of a moment.
     *
     * @param wall that the wall clock shows
     * @param nanos that the monotonic clock shows
     */
    Instant at(Instant wall, long nanos) {
        Anchor last = anchor;
        long passed = nanos - last.nanos;
        Instant expected = last.wall.plusNanos(passed);
        long off = wall.getEpochSecond() - expected.getEpochSecond();
        Jump jump = last.jump;
        if (Math.abs(off) <= JUMP) {
            if (jump != null || passed > 1_000_000_000) {
                anchor = new Anchor(wall, nanos, null);
            }
            return wall;
        }
        if (jump == null || Math.abs(off - jump.by) > JUMP) {
            anchor = new Anchor(last.wall, last.nanos, new Jump(off, nanos));
            return expected;
        }
        if (nanos - jump.since >= LASTING.toNanos()) {
            anchor = new Anchor(wall, nanos, null);
            return wall;
        }
        return expected;
    }
}
