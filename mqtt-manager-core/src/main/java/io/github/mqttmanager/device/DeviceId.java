package io.github.mqttmanager.device;

/**
 * Identifies a device within a manager. Opaque: the host chooses it. In topics a device goes by its {@link Device#topicName}.
 *
 * @param value 1 to 64 characters, none of them a control character or white space
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
    /** @throws IllegalArgumentException if the value is not 1 to 64 characters long or contains white space */
    public DeviceId {
        if (value.isEmpty() || value.length() > 64) {
            throw new IllegalArgumentException("device id must have 1 to 64 characters");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c) || Character.isWhitespace(c)) {
                throw new IllegalArgumentException("device id must not contain white space or control characters");
            }
        }
    }

    public static DeviceId of(String value) {
        return new DeviceId(value);
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
