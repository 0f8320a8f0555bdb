package io.github.mqttmanager.broker;

import java.time.Duration;

/**
 * What the broker keeps for us while we are away, and how much it may send at once (MQTT 5 sections 3.1.2 and 4.1). MQTT 3.1.1
 * knows only {@code cleanStart}; its broker decides the rest.
 *
 * @param cleanStart whether the first connection begins a new session
 * @param expiry how long the broker keeps the session after the link is gone; zero ends it at once
 * @param receiveMaximum how many publishes may wait for our acknowledgement, 1 to 65,535
 * @param maximumPacketSize the largest packet that we accept, in bytes
 */
public record SessionSettings(boolean cleanStart, Duration expiry, int receiveMaximum, int maximumPacketSize) {
    /** Serves "nothing lost": the session is resumed and kept for 24 hours. */
    public static final SessionSettings DEFAULT = new SessionSettings(false, Duration.ofHours(24), 200, 256 * 1024);

    /** @throws IllegalArgumentException naming the setting that is out of range */
    public SessionSettings {
        Checks.range(expiry, "session expiry", Duration.ZERO, Duration.ofSeconds(0xFFFF_FFFFL));
        Checks.range(receiveMaximum, "receive maximum", 1, 65_535);
        Checks.range(maximumPacketSize, "maximum packet size", 1_024, 268_435_460);
    }

    public SessionSettings withCleanStart(boolean clean) {
        return new SessionSettings(clean, expiry, receiveMaximum, maximumPacketSize);
    }

    public SessionSettings withExpiry(Duration newExpiry) {
        return new SessionSettings(cleanStart, newExpiry, receiveMaximum, maximumPacketSize);
    }

    public SessionSettings withReceiveMaximum(int maximum) {
        return new SessionSettings(cleanStart, expiry, maximum, maximumPacketSize);
    }
}
