package io.github.mqttmanager.broker;

/**
 * Identifies a broker within a manager. Opaque: the host chooses it.
 *
 * @param value 1 to 64 characters, none of them a control character or white space
 */
public record BrokerId(String value) implements Comparable<BrokerId> {
    /** @throws IllegalArgumentException if the value is not 1 to 64 characters long or contains white space */
    public BrokerId {
        Checks.id(value, "broker id");
    }

    public static BrokerId of(String value) {
        return new BrokerId(value);
    }

    @Override
    public int compareTo(BrokerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
