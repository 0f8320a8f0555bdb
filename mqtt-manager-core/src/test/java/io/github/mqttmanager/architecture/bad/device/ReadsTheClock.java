package io.github.mqttmanager.architecture.bad.device;

import java.time.Instant;

/** No test could move this time. */
final class ReadsTheClock {
    Instant now() {
        return Instant.now();
    }
}
