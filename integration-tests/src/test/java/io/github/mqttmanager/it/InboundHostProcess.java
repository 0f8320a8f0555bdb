package io.github.mqttmanager.it;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.it.recording.HostLog;
import io.github.mqttmanager.it.recording.HostLog.Event;
import io.github.mqttmanager.it.recording.JavaProcess;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A host application to be killed: its handler commits each message to a file of its own before it returns. Arguments: port of the broker, file,
 * number of devices. Its first line says that the handler has begun.
 */
final class InboundHostProcess {
    static final String CLIENT = "inbound-host";

    private InboundHostProcess() {}

    public static void main(String[] arguments) throws Exception {
        JavaProcess.endInTime();
        PrintStream toParent = JavaProcess.toParent();
        HostLog log = HostLog.open(Path.of(arguments[1]));
        log.write(Event.STARTED, "");
        InMemoryBrokerRepository brokers = new InMemoryBrokerRepository();
        brokers.save(BrokerDefinition.builder("b", "127.0.0.1", Integer.parseInt(arguments[0]))
                .clientIdentifier(CLIENT)
                .build());
        InMemoryDeviceRepository devices = new InMemoryDeviceRepository();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            devices.save(Device.builder("d" + i, "b").build());
        }
        AtomicBoolean begun = new AtomicBoolean();
        Random random = new Random();
        MqttManager manager = MqttManager.builder()
                .brokers(brokers)
                .devices(devices)
                .handler((device, publish) -> {
                    log.write(Event.ENTERED, publish.payloadText());
                    if (begun.compareAndSet(false, true)) {
                        toParent.println("handling");
                    }
                    LockSupport.parkNanos(random.nextInt(2_000_000));
                    log.commit(publish.payloadText());
                    log.write(Event.LEFT, publish.payloadText());
                })
                .build();
        manager.start();
        while (System.in.read() >= 0) {
            // until the parent ends
        }
        Runtime.getRuntime().halt(0);
    }
}
