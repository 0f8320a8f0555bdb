package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.broker.Will;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the broker publishes when the connection is lost, as the API shows it: the payload as text. */
@Schema(name = "Will")
record WillView(String topic, String payload, int qos, boolean retain, long delay) {
    static @Nullable WillView of(@Nullable Will will) {
        return will == null
                ? null
                : new WillView(
                        will.topic().value(),
                        new String(will.payload(), StandardCharsets.UTF_8),
                        will.qos().code(),
                        will.retain(),
                        will.delay().toSeconds());
    }
}
