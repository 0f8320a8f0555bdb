package io.github.mqttmanager.device;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When devices were last seen: known at once, written in batches, at most once per device and interval. This class is thread-safe. */
final class LastSeen {
    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);

    private final DeviceRepository repository;
    private final Map<DeviceId, Instant> known = new ConcurrentHashMap<>();
    private final Map<DeviceId, Instant> unwritten = new ConcurrentHashMap<>();

    LastSeen(DeviceRepository repository) {
        this.repository = repository;
    }

    void seen(DeviceId device, Instant at) {
        known.merge(device, at, LastSeen::later);
        unwritten.merge(device, at, LastSeen::later);
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** Asks the repository for a device that was not seen in this process; then it may block. */
    Optional<Instant> of(DeviceId device) {
        Instant at = known.get(device);
        return at != null
                ? Optional.of(at)
                : Optional.ofNullable(repository.lastSeen(List.of(device)).get(device));
    }

    void forget(DeviceId device) {
        known.remove(device);
        unwritten.remove(device);
    }

    /** Blocks as long as the repository does; what it does not take is written with the next batch. */
    void write() {
        Map<DeviceId, Instant> batch = new HashMap<>();
        for (DeviceId device : unwritten.keySet()) {
            Instant at = unwritten.remove(device);
            if (at != null) {
                batch.put(device, at);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            repository.saveLastSeen(batch);
        } catch (RuntimeException e) {
            LOG.warn("the last-seen times of {} devices could not be written; they are kept", batch.size(), e);
            batch.forEach((device, at) -> unwritten.merge(device, at, LastSeen::later));
        }
    }
}
