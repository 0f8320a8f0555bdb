package io.github.mqttmanager.example.server.store;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.JpaDeviceRepository;
import io.github.mqttmanager.jpa.Timestamps;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Asks the library's repositories. */
@Component
class JpaCatalogue implements Catalogue {
    private final JpaBrokerRepository brokers;
    private final JpaDeviceRepository devices;

    JpaCatalogue(JpaBrokerRepository brokers, JpaDeviceRepository devices) {
        this.brokers = brokers;
        this.devices = devices;
    }

    @Override
    public BrokerId nextBroker() {
        return brokers.nextId();
    }

    @Override
    public DeviceId nextDevice() {
        return devices.nextId();
    }

    @Override
    public List<UnreadableDefinition> unreadable() {
        return brokers.unreadable();
    }

    @Override
    public Optional<BrokerDefinition> readablePart(BrokerId id) {
        return brokers.findReadablePart(id);
    }

    @Override
    public Map<BrokerId, Times> ofBrokers(Collection<BrokerId> ids) {
        return times(brokers.timestamps(ids));
    }

    @Override
    public Map<DeviceId, Times> ofDevices(Collection<DeviceId> ids) {
        return times(devices.timestamps(ids));
    }

    private static <I> Map<I, Times> times(Map<I, Timestamps> stored) {
        return stored.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new Times(
                                entry.getValue().createdAt(), entry.getValue().updatedAt())));
    }
}
