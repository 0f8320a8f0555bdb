package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.broker.Birth;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What is published at every connection, as the API shows it: the payload as text. */
@Schema(name = "Birth")
record BirthView(String topic, String payload, int qos, boolean retain) {
    static @Nullable BirthView of(@Nullable Birth birth) {
        return birth == null
                ? null
                : new BirthView(
                        birth.topic().value(),
                        new String(birth.payload(), StandardCharsets.UTF_8),
                        birth.qos().code(),
                        birth.retain());
    }
}
