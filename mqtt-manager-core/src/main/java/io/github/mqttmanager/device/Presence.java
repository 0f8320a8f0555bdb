package io.github.mqttmanager.device;

/**
 * Whether a device is there, as far as can be told.
 *
 * <p>A device with an {@link Availability} is what that said last: online or offline at once, however long it is silent; offline until it
 * is said to be online or publishes again. Any other is judged by its {@linkplain Device#expectedInterval expected interval}. A device's
 * silence is measured in monotonic time, so no change of the wall clock makes it longer, and counts only while its broker is reachable.
 *
 * <p>When a broker comes back, its devices get the time to be heard again before anything else than {@code ONLINE} is said of them: one and
 * a half expected intervals, or 5 s where an availability was known before, which the broker corrects within that time if it is no
 * longer so.
 */
public enum Presence {
    /** Said to be online, or heard of within one and a half times its expected interval. */
    ONLINE,
    /** Overdue, but not yet given up. */
    QUIET,
    /** Said to be offline, or not heard of for three times its expected interval. */
    OFFLINE,
    /** Nothing can be said: its broker is not reachable, or has only just come back, or the device was never heard of. */
    UNKNOWN
}
