package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.topic.TopicFilter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is there, and who was there when: of all devices that messages are routed to. This class is thread-safe. */
final class Presences {
    private static final Logger LOG = LoggerFactory.getLogger(Presences.class);
    private static final int MAX_EXPLAINED_BROKERS = 1_000;

    private final DeviceRepository repository;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final SteadyClock steady;
    private final LastSeen lastSeen;
    private final PresenceFeed feed;
    private final ConcurrentMap<DeviceId, DevicePresence> devices = new ConcurrentHashMap<>();
    private final ConcurrentMap<BrokerId, BrokerReach> brokers = new ConcurrentHashMap<>();
    private final Set<BrokerId> explained = ConcurrentHashMap.newKeySet();

    Presences(DeviceRepository repository, InstantSource clock, LongSupplier nanos, PresenceFeed feed) {
        this.repository = repository;
        this.clock = clock;
        this.nanos = nanos;
        this.steady = new SteadyClock(clock.instant(), nanos.getAsLong());
        this.lastSeen = new LastSeen(repository);
        this.feed = feed;
    }

    // ---- who is known; called by one thread at a time
    // ------------------------------------------------------------------------

    void put(Device device) {
        BrokerReach broker = reach(device.broker());
        DevicePresence known = devices.get(device.id());
        if (known == null) {
            known = new DevicePresence(device, broker);
            broker.add(known, known.availability());
            devices.put(device.id(), known);
            return;
        }
        known.broker().remove(known, known.availability());
        known.update(device, broker);
        broker.add(known, known.availability());
        feed.lookAt(known);
    }

    /** These are of one broker. @return those of them that were not known; the others stay as they are */
    List<Device> load(BrokerId id, List<DeviceLoading.Loaded> stored) {
        BrokerReach broker = brokers.computeIfAbsent(id, added -> new BrokerReach(stored.size()));
        long now = nanos.getAsLong();
        Instant today = steady.at(clock.instant(), now);
        List<Device> added = new ArrayList<>(stored.size());
        for (DeviceLoading.Loaded found : stored) {
            DevicePresence device = new DevicePresence(found.device(), broker);
            if (devices.putIfAbsent(found.device().id(), device) != null) {
                continue;
            }
            added.add(found.device());
            device.recall(found.lastSeen(), today, now);
            broker.add(device, device.availability());
            if (broker.link().up()) {
                // Otherwise it will be looked at when the broker is found.
                feed.lookAt(device);
            }
        }
        return added;
    }

    /** @return as it was, or null if it was not known */
    @Nullable
    Device remove(DeviceId id) {
        DevicePresence known = devices.remove(id);
        if (known == null) {
            return null;
        }
        known.forget();
        known.broker().remove(known, known.availability());
        feed.lookAt(known);
        return known.device();
    }

    @Nullable
    Device device(DeviceId id) {
        DevicePresence known = devices.get(id);
        return known == null ? null : known.device();
    }

    /** Whether the filter brings what some device says when it has come or gone. */
    boolean bringsAvailability(BrokerId id, TopicFilter filter) {
        BrokerReach broker = brokers.get(id);
        return broker != null && broker.bringsAvailability(filter);
    }

    void removeBroker(BrokerId id) {
        brokers.remove(id);
        explained.remove(id);
    }

    private BrokerReach reach(BrokerId broker) {
        return brokers.computeIfAbsent(broker, id -> new BrokerReach(0));
    }

    // ---- what happens
    // --------------------------------------------------------------------------------------------------------

    /** The broker is there, or not. Called by one thread at a time for each broker; never blocks. */
    void reached(BrokerId id, boolean up) {
        BrokerReach broker = reach(id);
        if (broker.reached(up, nanos.getAsLong())) {
            feed.lookAtAll(broker);
        }
    }

    /** A device published. Never blocks. @return whether it only said that it has come or gone, so that it concerns nobody else */
    boolean take(DeviceId id, InboundPublish publish) {
        DevicePresence device = devices.get(id);
        if (device == null) {
            return false;
        }
        boolean availability = device.isAvailability(publish.topic());
        if (availability) {
            Optional<Presence> said = device.meaning(publish.payload());
            if (said.isEmpty()) {
                explain(id, publish);
                return true;
            }
            device.said(said.get());
            feed.lookAt(device);
            if (said.get() == Presence.OFFLINE) {
                // It may be its will: the device itself said nothing.
                return true;
            }
        }
        // An old message that the broker kept says nothing of the device's being there now.
        if (!publish.retained()) {
            long now = nanos.getAsLong();
            device.heard(now, steady.at(publish.receivedAt(), now));
            lastSeen.changed(device);
            if (!device.isToldOnline()) {
                feed.lookAt(device);
            }
        }
        return availability;
    }

    private void explain(DeviceId id, InboundPublish publish) {
        if (explained.size() < MAX_EXPLAINED_BROKERS && explained.add(publish.broker())) {
            LOG.info(
                    "[{}] {} bytes on the availability topic of device {} are neither its online nor its offline payload;"
                            + " ignored, as are further ones",
                    publish.broker(),
                    publish.payload().remaining(),
                    id);
        }
    }

    // ---- what is asked
    // -------------------------------------------------------------------------------------------------------

    /** Learns from the repository when these were last seen, as far as it was not asked before; blocks as long as it does. */
    void recall(Collection<DeviceId> ids) {
        List<DevicePresence> asked = ids.stream()
                .map(devices::get)
                .filter(Objects::nonNull)
                .filter(DevicePresence::wantsRecall)
                .toList();
        if (asked.isEmpty()) {
            return;
        }
        Map<DeviceId, Instant> stored = repository.lastSeen(
                asked.stream().map(device -> device.device().id()).toList());
        long now = nanos.getAsLong();
        Instant today = steady.at(clock.instant(), now);
        for (DevicePresence device : asked) {
            device.recall(stored.get(device.device().id()), today, now);
            feed.lookAt(device);
        }
    }

    /** May ask the repository, and then block. */
    Optional<Instant> lastSeen(DeviceId id) {
        DevicePresence device = devices.get(id);
        if (device == null) {
            return Optional.ofNullable(repository.lastSeen(List.of(id)).get(id));
        }
        if (device.wantsRecall()) {
            recall(List.of(id));
        }
        return device.lastSeen();
    }

    /** May ask the repository once for each device, and then block. */
    Presence presence(DeviceId id) {
        DevicePresence device = devices.get(id);
        if (device == null) {
            return Presence.UNKNOWN;
        }
        if (device.wantsRecall()) {
            recall(List.of(id));
        }
        return device.standing(nanos.getAsLong()).presence();
    }

    /** Writes the next batch of last-seen times. @return whether there is more in this round */
    boolean write() {
        steady.at(clock.instant(), nanos.getAsLong());
        return lastSeen.write();
    }

    void writeAll() {
        lastSeen.writeAll();
    }
}
