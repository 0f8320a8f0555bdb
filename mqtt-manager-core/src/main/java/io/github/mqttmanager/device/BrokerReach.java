package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicFilter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Whether a broker can be reached, and the devices that this concerns. This class is thread-safe. */
final class BrokerReach {
    /**
     * @param since when the broker was last found, in monotonic time
     * @param losses how often it was lost
     */
    record Link(boolean up, long since, int losses) {}

    /**
     * Where a device says that it has come or gone.
     *
     * @param topic its own
     * @param all what stands for those of all devices with the same template: + in place of the name
     */
    record AvailabilityTopic(String topic, String all) {}

    private static final int MAX_COMPARED = 100;

    /** In no order; each knows its place, so that it can go. Guarded by this, as is their number. */
    private @Nullable DevicePresence[] devices;

    private int size;

    /**
     * @param topics how many devices have each
     * @param templates how many devices each stands for: few, also where there are many devices
     */
    private record Announced(ConcurrentMap<String, Integer> topics, ConcurrentMap<String, Integer> templates) {}

    /** Null until the first device has an availability topic. */
    private volatile @Nullable Announced announced;

    /** Whether all devices are to be looked at, and that has not begun. */
    final AtomicBoolean lookWanted = new AtomicBoolean();

    private volatile Link link = new Link(false, 0, 0);

    /** @param expected how many devices it will have, as far as is known */
    BrokerReach(int expected) {
        devices = new DevicePresence[expected];
    }

    void add(DevicePresence device, @Nullable AvailabilityTopic availability) {
        synchronized (this) {
            if (size == devices.length) {
                devices = Arrays.copyOf(devices, Math.max(8, size + size / 2));
            }
            device.place = size;
            devices[size++] = device;
        }
        if (availability != null) {
            Announced all = announced;
            if (all == null) {
                all = new Announced(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
                announced = all;
            }
            all.topics.merge(availability.topic, 1, Integer::sum);
            all.templates.merge(availability.all, 1, Integer::sum);
        }
    }

    void remove(DevicePresence device, @Nullable AvailabilityTopic availability) {
        synchronized (this) {
            DevicePresence last = Objects.requireNonNull(devices[--size]);
            devices[device.place] = last;
            last.place = device.place;
            devices[size] = null;
            if (size < devices.length / 4) {
                devices = Arrays.copyOf(devices, devices.length / 2);
            }
        }
        Announced all = announced;
        if (availability != null && all != null) {
            all.topics.computeIfPresent(availability.topic, (key, count) -> count == 1 ? null : count - 1);
            all.templates.computeIfPresent(availability.all, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Its devices, while others come and go: a device may be met twice, and of those that come meanwhile none. */
    Iterator<DevicePresence> devices() {
        return new Iterator<>() {
            // From the last to the first, for it is the last that takes the place of one that goes.
            private int left = Integer.MAX_VALUE;
            private @Nullable DevicePresence next = following();

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public DevicePresence next() {
                DevicePresence device = next;
                if (device == null) {
                    throw new NoSuchElementException();
                }
                next = following();
                return device;
            }

            private @Nullable DevicePresence following() {
                synchronized (BrokerReach.this) {
                    left = Math.min(left, size) - 1;
                    return left < 0 ? null : devices[left];
                }
            }
        };
    }

    /** Whether the filter brings the availability topic of some device; of more templates than are worth a look, any wildcard may. */
    boolean bringsAvailability(TopicFilter filter) {
        Announced all = announced;
        if (all == null) {
            return false;
        }
        if (all.topics.containsKey(filter.value()) || all.templates.containsKey(filter.value())) {
            return true;
        }
        return filter.hasWildcard()
                && !filter.isShared()
                && (all.templates.size() > MAX_COMPARED
                        || all.templates.keySet().stream()
                                .anyMatch(template -> brings(filter.levels(), template.split("/", -1), all.topics)));
    }

    private static boolean brings(List<String> filter, String[] topic, ConcurrentMap<String, Integer> topics) {
        if (topic[0].startsWith("$")
                && (filter.get(0).equals("+") || filter.get(0).equals("#"))) {
            return false;
        }
        int at = 0;
        for (; at < filter.size() && !filter.get(at).equals("#"); at++) {
            String level = filter.get(at);
            if (at == topic.length) {
                return false;
            }
            if (topic[at].equals("+")) {
                topic[at] = level; // the name of one device
            } else if (!level.equals("+") && !level.equals(topic[at])) {
                return false;
            }
        }
        if (at == filter.size() && at < topic.length) {
            return false;
        }
        return List.of(topic).contains("+") || topics.containsKey(String.join("/", topic));
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
