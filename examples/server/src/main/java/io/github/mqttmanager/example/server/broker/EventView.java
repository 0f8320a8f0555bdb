package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.connection.BrokerEvent;
import io.github.mqttmanager.example.server.broker.StatusView.AddressView;
import io.github.mqttmanager.example.server.broker.StatusView.FailureView;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something that happened to a broker's connection, as the API shows it. */
@Schema(name = "BrokerEvent")
record EventView(
        long sequence,
        Instant firstAt,
        Instant at,
        int repeated,
        BrokerEvent.Type type,
        BrokerEvent.Initiator initiator,
        @Nullable String actor,
        @Nullable AddressView endpoint,
        @Nullable FailureView failure) {
    static EventView of(BrokerEvent event) {
        return new EventView(
                event.sequence(),
                event.firstAt(),
                event.at(),
                event.repeated(),
                event.type(),
                event.initiator(),
                event.actor(),
                AddressView.of(event.endpoint()),
                FailureView.of(event.failure()));
    }
}
