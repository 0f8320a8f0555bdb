package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Remembers what was handled lately, so that a message that comes again is recognised. In memory, and bounded. Thread-safe. */
final class HandledMessages {
    /** About 20 MB with ids of the usual length; the oldest go first. */
    static final int LIMIT = 100_000;

    /** A longer id is not remembered. */
    static final int LONGEST = 256;

    private record Key(DeviceId device, String id) {}

    private final HandlerSettings.Deduplication settings;
    private final LongSupplier nanos;

    /** When each was handled, the oldest first; guarded by this. */
    private final Map<Key, Long> handledAt = new LinkedHashMap<>();

    HandledMessages(HandlerSettings.Deduplication settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
    }

    /** What the host knows the message by; null if it cannot be told, and then the message is always handled. */
    @Nullable
    String id(InboundPublish publish) {
        String id = settings.messageId().apply(publish);
        return id == null || id.length() > LONGEST ? null : id;
    }

    synchronized boolean contains(DeviceId device, String id) {
        Long at = handledAt.get(new Key(device, id));
        return at != null && nanos.getAsLong() - at < settings.window().toNanos();
    }

    synchronized void add(DeviceId device, String id) {
        Key key = new Key(device, id);
        long now = nanos.getAsLong();
        handledAt.remove(key);
        handledAt.put(key, now);
        Iterator<Long> oldest = handledAt.values().iterator();
        while (oldest.hasNext() && (now - oldest.next() >= settings.window().toNanos() || handledAt.size() > LIMIT)) {
            oldest.remove();
        }
    }

    synchronized int size() {
        return handledAt.size();
    }
}
