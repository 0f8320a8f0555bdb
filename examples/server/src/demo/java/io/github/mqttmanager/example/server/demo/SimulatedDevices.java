package io.github.mqttmanager.example.server.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Lets the simulated devices live as long as the application. */
@Component
@Profile("demo")
final class SimulatedDevices implements SmartLifecycle {
    private final DemoBrokers brokers;
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private @Nullable ScheduledExecutorService timer;
    private volatile boolean running;

    SimulatedDevices(DemoBrokers brokers) {
        this.brokers = brokers;
    }

    @Override
    public void start() {
        brokers.awaitStart();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "simulated-devices");
            thread.setDaemon(true);
            return thread;
        });
        this.timer = timer;
        for (DemoDevice device : DemoDevice.values()) {
            devices.add(
                    device.isInHouse()
                            ? new SimulatedDevice(
                                    device,
                                    brokers.port(DemoPort.HOUSE),
                                    DemoBrokers.HOUSE_USER,
                                    DemoBrokers.HOUSE_PASSWORD,
                                    timer)
                            : new SimulatedDevice(
                                    device,
                                    brokers.port(DemoPort.GREENHOUSE),
                                    DemoBrokers.GREENHOUSE_USER,
                                    DemoBrokers.GREENHOUSE_PASSWORD,
                                    timer));
        }
        devices.forEach(SimulatedDevice::start);
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        devices.forEach(SimulatedDevice::stop);
        devices.clear();
        if (timer != null) {
            timer.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the manager connects: its first attempt finds the brokers there. */
    @Override
    public int getPhase() {
        return 0;
    }
}
