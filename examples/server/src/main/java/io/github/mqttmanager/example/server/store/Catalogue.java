package io.github.mqttmanager.example.server.store;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.device.DeviceId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Numbers for new definitions, and when definitions were made and changed. */
public interface Catalogue {
    /**
     * @param createdAt when it was made
     * @param updatedAt when it was changed last
     */
    record Times(Instant createdAt, Instant updatedAt) {}

    /** The next number of the sequence of brokers. */
    BrokerId nextBroker();

    /** The next number of the sequence of devices. */
    DeviceId nextDevice();

    /** The brokers that could not be read when last tried, by id. */
    List<UnreadableDefinition> unreadable();

    /**
     * What can be read of a broker, without the secrets that cannot be.
     *
     * @throws UnreadableDefinitionException if it is not for its secrets that it cannot be read
     */
    Optional<BrokerDefinition> readablePart(BrokerId id);

    /** The times of these brokers; those that do not exist are not in it. */
    Map<BrokerId, Times> ofBrokers(Collection<BrokerId> ids);

    /** The times of these devices; those that do not exist are not in it. */
    Map<DeviceId, Times> ofDevices(Collection<DeviceId> ids);
}
