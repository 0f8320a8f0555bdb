package io.github.mqttmanager.device;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ability that a {@link DeviceRepository} may have: it gives all devices in few calls, so that a start with a million of them takes
 * seconds. Without it, the manager asks for the devices of each broker and for their last-seen times.
 */
public interface DeviceLoading {
    /** @param lastSeen when it was last seen, or null if never */
    record Loaded(Device device, @Nullable Instant lastSeen) {}

    /**
     * Devices of all brokers, those of one broker together, in an order of the repository's own that does not change.
     *
     * @param after the last one of the page before as it was found then, or null for the first page; it may have been changed or
     *     deleted since
     * @param limit how many at most, at least 1
     * @return fewer than the limit only at the end
     */
    List<Loaded> pageByBroker(@Nullable Device after, int limit);
}
