package io.github.mqttmanager.topic;

/** Quality of service of a publish or a subscription (MQTT 5 section 4.3). */
public enum QoS {
    AT_MOST_ONCE,
    AT_LEAST_ONCE,
    EXACTLY_ONCE;

    /** The number on the wire: 0, 1 or 2. */
    public int code() {
        return ordinal();
    }

    /**
     * The quality of service with this number.
     *
     * @throws IllegalArgumentException if the number is not 0, 1 or 2
     */
    public static QoS of(int code) {
        return switch (code) {
            case 0 -> AT_MOST_ONCE;
            case 1 -> AT_LEAST_ONCE;
            case 2 -> EXACTLY_ONCE;
            default -> throw new IllegalArgumentException("QoS must be 0, 1 or 2, not " + code);
        };
    }
}
