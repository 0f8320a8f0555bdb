package io.github.mqttmanager.publish;

import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What MQTT 5 sends along with a payload (section 3.3.2.3). MQTT 3.1.1 knows none of it: its publishes have none, and what is
 * given for one is left out.
 *
 * @param expiry how long the message is worth delivering, or null
 * @param text whether the payload is declared to be UTF-8 text
 * @param contentType or null
 * @param responseTopic where an answer is expected, or null
 * @param correlationData what the answer must carry, or null; read-only
 * @param userProperties in their order
 */
public record PublishProperties(
        @Nullable Duration expiry,
        boolean text,
        @Nullable String contentType,
        @Nullable TopicName responseTopic,
        @Nullable ByteBuffer correlationData,
        List<UserProperty> userProperties) {
    /** No property at all. */
    public static final PublishProperties NONE = new PublishProperties(null, false, null, null, null, List.of());

    /** @throws IllegalArgumentException if the expiry is not between 1 s and 136 years */
    public PublishProperties {
        if (expiry != null && (expiry.compareTo(Duration.ofSeconds(1)) < 0 || expiry.getSeconds() > 0xFFFF_FFFFL)) {
            throw new IllegalArgumentException("message expiry must be between 1 s and 4,294,967,295 s, not " + expiry);
        }
        correlationData = correlationData == null ? null : correlationData.asReadOnlyBuffer();
        userProperties = List.copyOf(userProperties);
    }

    /** The same with another expiry. */
    public PublishProperties withExpiry(@Nullable Duration newExpiry) {
        return new PublishProperties(newExpiry, text, contentType, responseTopic, correlationData, userProperties);
    }

    @Override
    public @Nullable ByteBuffer correlationData() {
        return correlationData == null ? null : correlationData.duplicate();
    }
}
