package io.github.mqttmanager.test;

import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.InMemoryDeviceRepository;

class InMemoryDeviceRepositoryTest extends DeviceRepositoryContract {
    @Override
    protected DeviceRepository repository() {
        return new InMemoryDeviceRepository();
    }
}
