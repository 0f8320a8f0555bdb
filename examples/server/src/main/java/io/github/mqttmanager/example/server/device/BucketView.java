package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.example.server.reading.SensorData.Aggregate;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;

/**
 * What a device measured in a span of time.
 *
 * @param at its beginning
 * @param seconds its length
 * @param values by name, of those that there were
 */
@Schema(name = "Bucket")
record BucketView(Instant at, long seconds, Map<String, Aggregate> values) {}
