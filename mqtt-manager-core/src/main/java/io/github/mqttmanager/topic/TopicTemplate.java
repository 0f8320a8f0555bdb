package io.github.mqttmanager.topic;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern for topics in which the level <code>{device_id}</code> stands for the name that a device has in topics, as in
 * <code>devices/{device_id}/telemetry</code>. A template without that level is the same filter for every device. Wildcards are
 * allowed where a filter allows them.
 *
 * @param value the template
 */
public record TopicTemplate(String value) implements Comparable<TopicTemplate> {
    /** The level that is replaced by the device's name. */
    public static final String DEVICE_LEVEL = "{device_id}";

    /**
     * @throws IllegalArgumentException if the template is no valid filter, or has braces in any other place than a level that is
     *     exactly <code>{device_id}</code>
     */
    public TopicTemplate {
        TopicText.check(value, "topic template");
        for (String level : value.split("/", -1)) {
            if (!level.equals(DEVICE_LEVEL) && (level.indexOf('{') >= 0 || level.indexOf('}') >= 0)) {
                throw new IllegalArgumentException(
                        "topic template may use braces only for a whole level " + DEVICE_LEVEL + ": " + value);
            }
        }
        TopicFilter.of(value);
    }

    public static TopicTemplate of(String value) {
        return new TopicTemplate(value);
    }

    /** Whether the template names the device; otherwise it is the same for every device. */
    public boolean hasDevice() {
        return value.contains(DEVICE_LEVEL);
    }

    /** Whether the topics that it is compared with have the device's name as a level. */
    public boolean hasDeviceLevel() {
        return hasDevice() && levels().contains(DEVICE_LEVEL);
    }

    /** Whether a wildcard occurs, so that it stands for more than one topic of a device. */
    public boolean hasWildcard() {
        return value.indexOf('+') >= 0 || value.indexOf('#') >= 0;
    }

    /** Whether this makes shared subscriptions (MQTT 5 section 4.8.2). */
    public boolean isShared() {
        return TopicFilter.isShared(value);
    }

    /** The part that topics are compared with: without {@code $share/group/}. */
    public String matchedTemplate() {
        return TopicFilter.matched(value);
    }

    /** The levels that topics are compared with. */
    public List<String> levels() {
        return List.of(matchedTemplate().split("/", -1));
    }

    /**
     * The filter that covers every device: {@code +} where the device's name would be, and otherwise as this.
     *
     * @throws IllegalArgumentException if the name is the group of a shared subscription
     */
    public TopicFilter filterOfAll() {
        return TopicFilter.of(value.replace(DEVICE_LEVEL, "+"));
    }

    /**
     * The filter for one device.
     *
     * @param deviceName the name that the device has in topics: one level without wildcards
     * @throws IllegalArgumentException if the name would change the meaning of the filter
     */
    public TopicFilter filter(String deviceName) {
        return TopicFilter.of(expand(deviceName));
    }

    /**
     * The topic to publish to for one device.
     *
     * @param deviceName the name that the device has in topics: one level without wildcards
     * @throws IllegalArgumentException if the name would change the meaning of the topic, or the template has wildcards
     */
    public TopicName name(String deviceName) {
        return TopicName.of(expand(deviceName));
    }

    private String expand(String deviceName) {
        if (!hasDevice()) {
            return value;
        }
        TopicText.check(deviceName, "device name in topics");
        if (deviceName.indexOf('/') >= 0
                || deviceName.indexOf('+') >= 0
                || deviceName.indexOf('#') >= 0
                || (deviceName.charAt(0) == '$'
                        && TopicFilter.of(value).levels().get(0).equals(DEVICE_LEVEL))) {
            throw new IllegalArgumentException(
                    "device name in topics must be one level without / + # and must not begin a topic with $");
        }
        List<String> levels = new ArrayList<>();
        for (String level : value.split("/", -1)) {
            levels.add(level.equals(DEVICE_LEVEL) ? deviceName : level);
        }
        return String.join("/", levels);
    }

    @Override
    public int compareTo(TopicTemplate other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
