package io.github.mqttmanager.connection;

/**
 * Counts since the manager first knew of the broker. At any moment {@code received = acknowledged + duplicates + unrouted + dropped +
 * released + open} and {@code accepted = published + failed + expired + rejected + queued + inFlight}.
 *
 * @param received publishes that came in
 * @param acknowledged of those: handled, and acknowledged unless the link was gone (QoS 0: handled)
 * @param duplicates of those: known to be handled before, and acknowledged
 * @param unrouted of those: belonged to no device, and were acknowledged
 * @param dropped of those: QoS 0 that came in faster than it could be handled
 * @param released of those: left to the broker unhandled, which delivers them again: their link was gone, or they were too many
 * @param open of those: not handled yet
 * @param accepted outbound publishes that were taken from callers
 * @param published of those: acknowledged by the broker
 * @param failed of those: failed, with a word to the caller
 * @param expired of those: too old before they could be sent, with a word to the caller
 * @param rejected of those: dropped because too much waited already, with a word to the caller
 * @param queued of those: waiting
 * @param inFlight of those: handed over, not answered yet
 */
public record TrafficCounters(
        long received,
        long acknowledged,
        long duplicates,
        long unrouted,
        long dropped,
        long released,
        long open,
        long accepted,
        long published,
        long failed,
        long expired,
        long rejected,
        long queued,
        long inFlight) {
    /** Nothing yet. */
    public static final TrafficCounters ZERO = new TrafficCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** The sum of both. */
    public TrafficCounters plus(TrafficCounters other) {
        return new TrafficCounters(
                received + other.received,
                acknowledged + other.acknowledged,
                duplicates + other.duplicates,
                unrouted + other.unrouted,
                dropped + other.dropped,
                released + other.released,
                open + other.open,
                accepted + other.accepted,
                published + other.published,
                failed + other.failed,
                expired + other.expired,
                rejected + other.rejected,
                queued + other.queued,
                inFlight + other.inFlight);
    }
}
