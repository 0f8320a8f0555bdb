package io.github.mqttmanager.topic;

/**
 * A topic that a message is published to: no wildcards (MQTT 5 section 4.7).
 *
 * @param value the topic, 1 to 65,535 bytes of UTF-8
 */
public record TopicName(String value) implements Comparable<TopicName> {
    /**
     * @throws IllegalArgumentException if the value is empty, too long, or contains a wildcard or a control character
     */
    public TopicName {
        TopicText.check(value, "topic name");
        if (value.indexOf('+') >= 0 || value.indexOf('#') >= 0) {
            throw new IllegalArgumentException("topic name must not contain the wildcards + and #: " + value);
        }
    }

    public static TopicName of(String value) {
        return new TopicName(value);
    }

    @Override
    public int compareTo(TopicName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
