package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicTemplate;
import java.nio.charset.StandardCharsets;

/**
 * Where a device says itself that it has come or gone, or its {@linkplain io.github.mqttmanager.broker.Will will} says so for it (MQTT 5
 * section 3.1.2.5), usually as a retained message. What comes there is not given to the host's handler.
 *
 * @param topic without wildcards, not shared; without <code>{device_id}</code> it speaks for all devices that have it, as that of a gateway
 * @param online the payload that says that the device is there, 1 to 1,000 characters
 * @param offline the payload that says that it is gone, another one
 */
public record Availability(TopicTemplate topic, String online, String offline) {
    /** {@code online}. */
    public static final String DEFAULT_ONLINE = "online";

    /** {@code offline}. */
    public static final String DEFAULT_OFFLINE = "offline";

    /** @throws IllegalArgumentException naming what is wrong */
    public Availability {
        payload(online, "online");
        payload(offline, "offline");
        if (online.equals(offline)) {
            throw new IllegalArgumentException("the payloads for online and offline must differ");
        }
    }

    // An empty retained payload would be a retained message that is taken away (MQTT 5 section 3.3.1.3).
    private static void payload(String value, String what) {
        if (value.isEmpty()
                || value.length() > 1_000
                || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("the payload for " + what + " must have 1 to 1000 characters");
        }
    }

    /** With the payloads {@code online} and {@code offline}. */
    public static Availability of(String topic) {
        return new Availability(TopicTemplate.of(topic), DEFAULT_ONLINE, DEFAULT_OFFLINE);
    }
}
