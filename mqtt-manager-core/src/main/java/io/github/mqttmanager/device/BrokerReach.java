package io.github.mqttmanager.device;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a broker can be reached, and the devices that this concerns. This class is thread-safe. */
final class BrokerReach {
    /**
     * All in monotonic time.
     *
     * @param since when the broker was last found
     * @param lostAt when the broker was last lost; what was said later is news
     */
    record Link(boolean up, long since, long lostAt) {}

    final Set<DevicePresence> devices = ConcurrentHashMap.newKeySet();

    /** Whether all devices are to be looked at, and that has not begun. */
    final AtomicBoolean lookWanted = new AtomicBoolean();

    private volatile Link link;

    BrokerReach(long now) {
        link = new Link(false, now, now);
    }

    Link link() {
        return link;
    }

    /** Called by one thread at a time. @return whether that changes anything */
    boolean reached(boolean up, long now) {
        Link before = link;
        if (before.up == up) {
            return false;
        }
        link = up ? new Link(true, now, before.lostAt) : new Link(false, before.since, now);
        return true;
    }
}
