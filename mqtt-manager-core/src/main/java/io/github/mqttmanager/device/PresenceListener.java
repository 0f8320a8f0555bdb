package io.github.mqttmanager.device;

import java.time.Instant;

/**
 * Hears of changes of devices' presence, in order for each device: what one call said is now is what the next one says was before. Changes
 * by time alone come within about a second. What changed and changed back before it could be told is not told.
 *
 * <p>Called on the manager's event thread, which all listeners share: return soon. What a listener throws is logged and harms nobody.
 * Nothing is told of devices that are deleted, nor after the manager is closed.
 */
@FunctionalInterface
public interface PresenceListener {
    /**
     * @param device as it is known now
     * @param before what was told last; {@link Presence#UNKNOWN} of a new device
     * @param now already visible to those who ask the manager; a newer one may be, too
     * @param at when it was noticed
     */
    void presenceChanged(Device device, Presence before, Presence now, Instant at);
}
