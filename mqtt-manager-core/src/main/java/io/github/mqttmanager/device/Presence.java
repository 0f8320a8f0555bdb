package io.github.mqttmanager.device;

/** Whether a device is there, as far as can be told. */
public enum Presence {
    /** Heard of within one and a half times its expected interval. */
    ONLINE,
    /** Overdue, but not yet given up. */
    QUIET,
    /** Not heard of for three times its expected interval. */
    OFFLINE,
    /** Nothing can be said: its broker is not reachable, or it was never heard of. */
    UNKNOWN
}
