package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.connection.TrafficCounters;
import io.swagger.v3.oas.annotations.media.Schema;

/** Where every message of a broker has gone; at any moment each side is the sum of its parts. */
@Schema(name = "Traffic")
public record TrafficView(Inbound inbound, Outbound outbound) {
    static final TrafficView NONE = of(TrafficCounters.ZERO);

    /** What came in: received = handled + duplicates + unrouted + dropped + released + open. */
    @Schema(name = "InboundTraffic")
    public record Inbound(
            long received, long handled, long duplicates, long unrouted, long dropped, long released, long open) {}

    /** What went out: accepted = published + failed + expired + rejected + queued + in_flight. */
    @Schema(name = "OutboundTraffic")
    public record Outbound(
            long accepted, long published, long failed, long expired, long rejected, long queued, long inFlight) {}

    static TrafficView of(TrafficCounters counters) {
        return new TrafficView(
                new Inbound(
                        counters.received(),
                        counters.acknowledged(),
                        counters.duplicates(),
                        counters.unrouted(),
                        counters.dropped(),
                        counters.released(),
                        counters.open()),
                new Outbound(
                        counters.accepted(),
                        counters.published(),
                        counters.failed(),
                        counters.expired(),
                        counters.rejected(),
                        counters.queued(),
                        counters.inFlight()));
    }
}
