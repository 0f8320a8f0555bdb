package io.github.mqttmanager.connection;

import java.time.Duration;

/**
 * What may wait to be sent, and for how long.
 *
 * @param count publishes that may wait for one broker
 * @param bytes of payloads, topics and properties that may wait for one broker; as much may be in flight to it
 * @param overallBytes of heap that may wait for, or be in flight to, all brokers together
 * @param age after which a waiting publish has expired, whatever it says itself
 * @param window handed over at once, at most; the broker may allow less (receive maximum)
 * @param answer how long the broker may owe an answer (PUBACK, PUBREC, PUBCOMP) before the connection is made anew, and what is not
 *     answered sent again
 */
public record OutboundLimits(int count, long bytes, long overallBytes, Duration age, int window, Duration answer) {
    /** 10,000 publishes and 16 MB for a broker, 128 MB for all, for an hour; 1,000 in flight; answers within 30 s. */
    public static final OutboundLimits DEFAULT = new OutboundLimits(
            10_000, 16L * 1024 * 1024, 128L * 1024 * 1024, Duration.ofHours(1), 1_000, Duration.ofSeconds(30));

    /** The packet identifiers that the client keeps for other packets are not available (MQTT 5 section 2.2.1). */
    private static final int MAX_WINDOW = 65_000;

    /** @throws IllegalArgumentException if a limit is not positive, or the window greater than 65,000 */
    public OutboundLimits {
        require(count > 0, "count must be positive, not " + count);
        require(bytes > 0, "bytes must be positive, not " + bytes);
        require(overallBytes > 0, "overall bytes must be positive, not " + overallBytes);
        require(age.compareTo(Duration.ZERO) > 0, "age must be positive, not " + age);
        require(window > 0 && window <= MAX_WINDOW, "window must be between 1 and " + MAX_WINDOW + ", not " + window);
        require(answer.compareTo(Duration.ZERO) > 0, "time for an answer must be positive, not " + answer);
    }

    private static void require(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalArgumentException(complaint);
        }
    }

    /** The same with other bounds of what may wait for one broker. */
    public OutboundLimits withQueue(int newCount, long newBytes) {
        return new OutboundLimits(newCount, newBytes, overallBytes, age, window, answer);
    }

    /** The same with another bound of what may wait for all brokers. */
    public OutboundLimits withOverallBytes(long newOverallBytes) {
        return new OutboundLimits(count, bytes, newOverallBytes, age, window, answer);
    }

    /** The same with another age. */
    public OutboundLimits withAge(Duration newAge) {
        return new OutboundLimits(count, bytes, overallBytes, newAge, window, answer);
    }

    /** The same with another window. */
    public OutboundLimits withWindow(int newWindow) {
        return new OutboundLimits(count, bytes, overallBytes, age, newWindow, answer);
    }

    /** The same with another time for an answer. */
    public OutboundLimits withAnswer(Duration newAnswer) {
        return new OutboundLimits(count, bytes, overallBytes, age, window, newAnswer);
    }
}
