package io.github.mqttmanager.example.server.reading;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;

/**
 * What a device measured at one moment.
 *
 * @param values a JSON object of numbers, as stored
 */
@Schema(name = "Reading")
public record ReadingView(
        Instant at,

        @JsonRawValue @Schema(implementation = Map.class, type = "object", example = "{\"temperature\": 21.5}")
        String values) {}
