package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicFilter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a broker can be reached, and the devices that this concerns. This class is thread-safe. */
final class BrokerReach {
    /**
     * @param since when the broker was last found, in monotonic time
     * @param losses how often it was lost
     */
    record Link(boolean up, long since, int losses) {}

    final Set<DevicePresence> devices = ConcurrentHashMap.newKeySet();

    /** How many devices have an availability topic that this filter brings. */
    private final ConcurrentMap<String, Integer> availability = new ConcurrentHashMap<>();

    /** Whether all devices are to be looked at, and that has not begun. */
    final AtomicBoolean lookWanted = new AtomicBoolean();

    private volatile Link link = new Link(false, 0, 0);

    void add(DevicePresence device, List<String> filters) {
        devices.add(device);
        filters.forEach(filter -> availability.merge(filter, 1, Integer::sum));
    }

    void remove(DevicePresence device, List<String> filters) {
        devices.remove(device);
        filters.forEach(filter -> availability.computeIfPresent(filter, (key, count) -> count == 1 ? null : count - 1));
    }

    boolean isAvailability(TopicFilter filter) {
        return availability.containsKey(filter.value());
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
        link = up ? new Link(true, now, before.losses) : new Link(false, before.since, before.losses + 1);
        return true;
    }
}
