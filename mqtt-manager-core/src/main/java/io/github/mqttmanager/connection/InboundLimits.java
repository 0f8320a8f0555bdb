package io.github.mqttmanager.connection;

/**
 * How much of what brokers send is kept in memory until it is acknowledged. At a bound QoS 0 is dropped and counted, and nothing more is
 * read from the connection until a quarter of the bound is free again: TCP then slows the broker down. So that the connection does not
 * seem dead, a little is read every few seconds; when that has brought as much again, the connection is given up and made anew.
 *
 * <p>What is not read includes the broker's answers to what is sent to it. MQTT 5 also has the receive maximum of the session, which
 * bounds the messages and does not hold up those answers.
 *
 * @param messages of one broker
 * @param bytes of one broker
 * @param overallMessages of all brokers together: at this bound those pause that hold more than their share
 * @param overallBytes of all brokers together
 */
public record InboundLimits(int messages, long bytes, int overallMessages, long overallBytes) {
    private static final long MEBIBYTE = 1024 * 1024;

    /** 2,000 messages or 16 MB of one broker; 100,000 messages or 256 MB overall, but at most an eighth of the heap. */
    public static final InboundLimits DEFAULT = new InboundLimits(
            2_000,
            16 * MEBIBYTE,
            100_000,
            Math.min(256 * MEBIBYTE, Math.max(MEBIBYTE, Runtime.getRuntime().maxMemory() / 8)));

    /** @throws IllegalArgumentException naming the limit that is out of range */
    public InboundLimits {
        if (messages < 1 || overallMessages < 1) {
            throw new IllegalArgumentException("inbound messages must be at least 1, not " + messages
                    + " of one broker, " + overallMessages + " overall");
        }
        if (bytes < 1 || overallBytes < 1) {
            throw new IllegalArgumentException(
                    "inbound bytes must be at least 1, not " + bytes + " of one broker, " + overallBytes + " overall");
        }
    }

    /** The same, with these limits of one broker. */
    public InboundLimits withPerBroker(int maximumMessages, long maximumBytes) {
        return new InboundLimits(maximumMessages, maximumBytes, overallMessages, overallBytes);
    }

    /** The same, with these limits of all brokers together. */
    public InboundLimits withOverall(int maximumMessages, long maximumBytes) {
        return new InboundLimits(messages, bytes, maximumMessages, maximumBytes);
    }
}
