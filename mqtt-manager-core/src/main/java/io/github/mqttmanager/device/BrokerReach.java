package io.github.mqttmanager.device;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a broker can be reached, and the devices that this concerns. This class is thread-safe. */
final class BrokerReach {
    /**
     * @param since when the broker was last found, in monotonic time
     * @param losses how often it was lost
     */
    record Link(boolean up, long since, int losses) {}

    final Set<DevicePresence> devices = ConcurrentHashMap.newKeySet();

    /** Whether all devices are to be looked at, and that has not begun. */
    final AtomicBoolean lookWanted = new AtomicBoolean();

    private volatile Link link = new Link(false, 0, 0);

    Link link() {
        return link;
    }

    /** Called by one thread at a time. @return whether that changes anything */
    boolean reached(boolean up, long now) {
        Link before = link;
        if (before.up == up) {
            return false;
        }
        link = up ? new Link(true, now, before.losses) : new Link(false, before.since, before.losses + 1);
        return true;
    }
}
