package io.github.mqttmanager.connection;

import java.time.Duration;

/**
 * How long each step may take.
 *
 * @param dns until the name is resolved
 * @param tcp until the address has answered
 * @param tls of the handshake
 * @param connack until CONNECT is answered
 * @param suback until SUBSCRIBE is answered
 */
record LinkTimeouts(Duration dns, Duration tcp, Duration tls, Duration connack, Duration suback) {
    static final LinkTimeouts DEFAULT = new LinkTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15));
}
