package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.VersionConflictException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where devices are kept, with the time each was last seen.
 *
 * <p>Contract. Called by any thread, several at a time; may block; joins the transaction of the calling thread where the store
 * has any. What is not found is an empty result, {@code false} or nothing, never an exception. Any {@link RuntimeException} means
 * that the store could not answer. A null where none is allowed is refused with a {@link NullPointerException}. The contract tests of
 * {@code mqtt-manager-test} say the rest.
 */
public interface DeviceRepository {
    /** The device with this id. */
    Optional<Device> find(DeviceId id);

    /** Those of the devices with these ids that there are, in any order. One after the other, unless the repository knows better. */
    default List<Device> findAll(Collection<DeviceId> ids) {
        return ids.stream().distinct().map(this::find).flatMap(Optional::stream).toList();
    }

    /**
     * Devices in an order of the repository's own that does not change. Whatever comes or goes between two pages: those that are there all the time
     * are each in one of them.
     *
     * @param after the last one of the page before, or null for the first page; it may have been deleted since
     * @param limit how many at most, at least 1
     * @return fewer than the limit only at the end
     */
    List<Device> page(@Nullable DeviceId after, int limit);

    /** As {@link #page}, of one owner. */
    List<Device> pageOfOwner(String owner, @Nullable DeviceId after, int limit);

    /** As {@link #page}, of one broker. */
    List<Device> pageOfBroker(BrokerId broker, @Nullable DeviceId after, int limit);

    /** How many devices an owner has. */
    long countOfOwner(String owner);

    /** How many devices are linked to a broker. */
    long countOfBroker(BrokerId broker);

    /**
     * Stores a device whose version is 0 as a new one, any other as the successor of the stored one with that version.
     *
     * @return what was stored, with the version raised by one
     * @throws VersionConflictException if the id exists already, or the stored one has another version or is gone
     * @throws DuplicateDeviceException if another device of the broker has the same name in topics
     */
    Device save(Device device);

    /** Saves all or none, as {@link #save} does. */
    List<Device> saveAll(List<Device> devices);

    /** @return whether there was one to delete */
    boolean delete(DeviceId id);

    /** @return how many were deleted */
    long deleteOfBroker(BrokerId broker);

    /**
     * Links all devices of one broker to another, all or none, and raises their versions.
     *
     * @return how many were moved
     * @throws DuplicateDeviceException if the other broker has a device with the same name in topics as one of them
     */
    long moveToBroker(BrokerId from, BrokerId to);

    /**
     * Notes when devices were last seen: only forwards, an earlier time than the stored one changes nothing; unknown devices are
     * passed over.
     */
    void saveLastSeen(Map<DeviceId, Instant> times);

    /** When these devices were last seen; those never seen are not in it. To the millisecond at least. */
    Map<DeviceId, Instant> lastSeen(Collection<DeviceId> ids);
}
