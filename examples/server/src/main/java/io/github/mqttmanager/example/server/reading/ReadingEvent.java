package io.github.mqttmanager.example.server.reading;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;

/** A reading that was just stored, as the event stream tells it. */
record ReadingEvent(long deviceId, Instant at, @JsonRawValue String values, Instant lastSeen) {}
