package io.github.mqttmanager.device;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes when devices were last seen: in rounds of bounded batches, each device at most once a round, whatever came meanwhile. Any thread may
 * add; one at a time writes.
 */
final class LastSeen {
    /** Devices of one call of the repository. */
    static final int BATCH = 500;

    private static final Logger LOG = LoggerFactory.getLogger(LastSeen.class);

    private final DeviceRepository repository;
    private final Queue<DevicePresence> unwritten = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    // of who writes
    private int left;
    private boolean failing;

    LastSeen(DeviceRepository repository) {
        this.repository = repository;
    }

    /** Never blocks. */
    void changed(DevicePresence device) {
        if (device.queueForWriting()) {
            unwritten.add(device);
            waiting.incrementAndGet();
        }
    }

    /**
     * Writes the next batch; blocks as long as the repository does. What it does not take is kept for the next round.
     *
     * @return whether more is to be written in this round
     */
    boolean write() {
        if (left == 0) {
            left = waiting.get();
        }
        List<DevicePresence> taken = new ArrayList<>();
        Map<DeviceId, Instant> times = new HashMap<>();
        for (; left > 0 && taken.size() < BATCH; left--) {
            DevicePresence device = unwritten.remove();
            waiting.decrementAndGet();
            device.write().ifPresent(at -> {
                taken.add(device);
                times.put(device.device().id(), at);
            });
        }
        if (times.isEmpty()) {
            return false;
        }
        try {
            repository.saveLastSeen(times);
            failing = false;
        } catch (RuntimeException e) {
            taken.forEach(this::changed);
            left = 0;
            if (!failing) {
                failing = true;
                LOG.warn("last-seen times of devices cannot be written; they are kept and tried again", e);
            }
        }
        return left > 0;
    }

    /** Writes everything, unless the repository fails. */
    void writeAll() {
        left = 0;
        while (write()) {
            // until the round is over
        }
    }
}
