package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.VersionConflictException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps devices until the process ends, and tells of changes. This class is thread-safe. */
public final class InMemoryDeviceRepository implements DeviceRepository, RepositoryChanges<DeviceId> {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryDeviceRepository.class);

    private record TopicKey(BrokerId broker, String topicName) {}

    private final ConcurrentSkipListMap<DeviceId, Device> devices = new ConcurrentSkipListMap<>();
    private final Map<DeviceId, Instant> lastSeen = new ConcurrentHashMap<>();
    private final List<Consumer<? super DeviceId>> listeners = new CopyOnWriteArrayList<>();

    /** Writes guarded by this, as are those of {@link #devices}. */
    private final Map<TopicKey, DeviceId> names = new HashMap<>();

    @Override
    public Optional<Device> find(DeviceId id) {
        return Optional.ofNullable(devices.get(id));
    }

    @Override
    public List<Device> page(@Nullable DeviceId after, int limit) {
        return page(after, limit, device -> true);
    }

    @Override
    public List<Device> pageOfOwner(String owner, @Nullable DeviceId after, int limit) {
        Objects.requireNonNull(owner);
        return page(after, limit, device -> owner.equals(device.owner()));
    }

    @Override
    public List<Device> pageOfBroker(BrokerId broker, @Nullable DeviceId after, int limit) {
        Objects.requireNonNull(broker);
        return page(after, limit, device -> broker.equals(device.broker()));
    }

    private List<Device> page(@Nullable DeviceId after, int limit, Predicate<Device> which) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        return (after == null ? devices : devices.tailMap(after, false))
                .values().stream().filter(which).limit(limit).toList();
    }

    @Override
    public long countOfOwner(String owner) {
        Objects.requireNonNull(owner);
        return devices.values().stream()
                .filter(device -> owner.equals(device.owner()))
                .count();
    }

    @Override
    public long countOfBroker(BrokerId broker) {
        Objects.requireNonNull(broker);
        return devices.values().stream()
                .filter(device -> broker.equals(device.broker()))
                .count();
    }

    @Override
    public Device save(Device device) {
        return saveAll(List.of(device)).get(0);
    }

    @Override
    public List<Device> saveAll(List<Device> all) {
        List<Device> saved = new ArrayList<>();
        synchronized (this) {
            Map<TopicKey, DeviceId> taken = new HashMap<>();
            for (Device device : all) {
                Device stored = devices.get(device.id());
                if ((stored == null ? 0 : stored.version()) != device.version()) {
                    throw new VersionConflictException(
                            device.id().value(),
                            "device " + device.id() + " was changed, deleted or created by somebody else");
                }
                TopicKey key = key(device);
                DeviceId holder = names.get(key);
                DeviceId twin = taken.put(key, device.id());
                if (twin != null || (holder != null && !holder.equals(device.id()))) {
                    throw new DuplicateDeviceException(device.broker(), device.topicName());
                }
                saved.add(device.toBuilder().version(device.version() + 1).build());
            }
            if (saved.stream().map(Device::id).distinct().count() < saved.size()) {
                throw new IllegalArgumentException("a device occurs twice among those to save");
            }
            for (Device device : saved) {
                Device before = devices.put(device.id(), device);
                if (before != null) {
                    names.remove(key(before), before.id());
                }
                names.put(key(device), device.id());
            }
        }
        saved.forEach(device -> changed(device.id()));
        return saved;
    }

    private static TopicKey key(Device device) {
        return new TopicKey(device.broker(), device.topicName());
    }

    @Override
    public boolean delete(DeviceId id) {
        synchronized (this) {
            Device removed = devices.remove(id);
            if (removed == null) {
                return false;
            }
            names.remove(key(removed));
            lastSeen.remove(id);
        }
        changed(id);
        return true;
    }

    @Override
    public long deleteOfBroker(BrokerId broker) {
        Objects.requireNonNull(broker);
        return devices.values().stream()
                .filter(device -> device.broker().equals(broker))
                .filter(device -> delete(device.id()))
                .count();
    }

    @Override
    public long moveToBroker(BrokerId from, BrokerId to) {
        if (from.equals(to)) {
            return 0;
        }
        synchronized (this) {
            return saveAll(devices.values().stream()
                            .filter(device -> device.broker().equals(from))
                            .map(device -> device.toBuilder().broker(to).build())
                            .toList())
                    .size();
        }
    }

    @Override
    public void saveLastSeen(Map<DeviceId, Instant> times) {
        times.forEach((id, time) -> {
            if (devices.containsKey(id)) {
                lastSeen.merge(id, time, (stored, given) -> given.isAfter(stored) ? given : stored);
            }
        });
    }

    @Override
    public Map<DeviceId, Instant> lastSeen(Collection<DeviceId> ids) {
        Map<DeviceId, Instant> found = new HashMap<>();
        for (DeviceId id : ids) {
            Instant time = lastSeen.get(id);
            if (time != null) {
                found.put(id, time);
            }
        }
        return found;
    }

    @Override
    public Registration onChange(Consumer<? super DeviceId> listener) {
        Consumer<? super DeviceId> registered = Objects.requireNonNull(listener)::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    private void changed(DeviceId id) {
        for (Consumer<? super DeviceId> listener : listeners) {
            try {
                listener.accept(id);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on the change of device {}", id, e);
            }
        }
    }
}
