package io.github.mqttmanager.architecture.bad.device;

import java.util.function.LongSupplier;

/** The same, in disguise. */
final class HandsTheClockOn {
    LongSupplier nanos() {
        return System::nanoTime;
    }
}
