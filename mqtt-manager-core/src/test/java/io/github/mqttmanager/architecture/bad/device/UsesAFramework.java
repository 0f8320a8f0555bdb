package io.github.mqttmanager.architecture.bad.device;

import ch.qos.logback.classic.Level;

/** A host may log with something else. */
final class UsesAFramework {
    Level level() {
        return Level.INFO;
    }
}
