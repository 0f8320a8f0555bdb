package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mqttmanager.BrokerInUseException;
import io.github.mqttmanager.UnknownBrokerException;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.test.DeviceRepositoryContract;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnEveryDatabase
class JpaDeviceRepositoryTest extends DeviceRepositoryContract {
    private final TestDatabase database;

    JpaDeviceRepositoryTest(TestDatabase database) {
        this.database = database;
    }

    @Override
    protected DeviceRepository repository() {
        return new JpaDeviceRepository(database.session());
    }

    private JpaBrokerRepository brokers() {
        return new JpaBrokerRepository(database.session(), SecretCipher.refusing());
    }

    @Override
    protected BrokerId broker(String name) {
        return brokers()
                .save(BrokerDefinition.builder(name, "host", 1883).build())
                .id();
    }

    @Test
    void aDeviceOfAnUnknownBrokerIsRefused() {
        DeviceRepository repository = repository();
        Device device = repository.save(samples.device(broker("one")));
        BrokerId unknown = BrokerId.of("unknown");
        assertThatExceptionOfType(UnknownBrokerException.class)
                .isThrownBy(() -> repository.save(samples.device(unknown)))
                .withMessageContaining("unknown");
        assertThatExceptionOfType(UnknownBrokerException.class)
                .isThrownBy(
                        () -> repository.save(device.toBuilder().broker(unknown).build()));
        assertThat(repository.page(null, 10)).containsExactly(device);
    }

    @Test
    void aBrokerThatHasDevicesIsNotDeleted() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        repository.saveAll(samples.devices(one, 3));
        assertThatExceptionOfType(BrokerInUseException.class)
                .isThrownBy(() -> brokers().delete(one))
                .satisfies(e -> assertThat(e.devices()).isEqualTo(3));
        repository.deleteOfBroker(one);
        assertThat(brokers().delete(one)).isTrue();
    }

    @Test
    void nextIdsCountFromOne() {
        database.restartSequences();
        JpaDeviceRepository devices = new JpaDeviceRepository(database.session());
        assertThat(List.of(devices.nextId(), devices.nextId())).containsExactly(DeviceId.of("1"), DeviceId.of("2"));
        assertThat(brokers().nextId()).isEqualTo(BrokerId.of("1"));
    }
}
