package io.github.mqttmanager.connection;

/**
 * Counts since the manager first knew of the broker.
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
 * @param expired of those: too old before they could be sent
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
        long queued,
        long inFlight) {
    /** Nothing yet. */
    public static final TrafficCounters ZERO = new TrafficCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
