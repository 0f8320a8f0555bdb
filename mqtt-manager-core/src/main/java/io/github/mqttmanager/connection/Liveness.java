package io.github.mqttmanager.connection;

import java.time.Duration;

/**
 * When a connection that says nothing is doubted.
 *
 * @param idle silence after which the broker is asked for an answer
 * @param unresponsive time without an answer after which the status says so
 * @param lost time without an answer after which the connection is given up
 */
record Liveness(Duration idle, Duration unresponsive, Duration lost) {
    /** A hung link is noticed within 11 s, whatever the keep-alive. */
    static final Liveness DEFAULT = new Liveness(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofSeconds(8));
}
