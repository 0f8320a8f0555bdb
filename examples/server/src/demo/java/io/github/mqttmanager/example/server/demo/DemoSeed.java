package io.github.mqttmanager.example.server.demo;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.seed.Seed;
import io.github.mqttmanager.example.server.store.Catalogue;
import io.github.mqttmanager.example.server.user.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Brokers and devices to begin with. What is remembered: the ids of the two embedded brokers and their ports. */
@Component
@Profile("demo")
@Order(1)
final class DemoSeed implements Seed {
    private static final String HOST = "localhost";

    /** Below 1024: nobody listens there by accident. */
    private static final int CLOSED_PORT = 1;

    private final MqttManager manager;
    private final Catalogue catalogue;
    private final DemoBrokers brokers;

    DemoSeed(MqttManager manager, Catalogue catalogue, DemoBrokers brokers) {
        this.manager = manager;
        this.catalogue = catalogue;
        this.brokers = brokers;
    }

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public boolean isWanted() {
        return true;
    }

    @Override
    public String sow(User firstUser) {
        String owner = firstUser.owner();
        BrokerId house = save(broker("Demo broker", brokers.house().port())
                .credentials(DemoBrokers.HOUSE_USER, DemoBrokers.HOUSE_PASSWORD)
                .owner(owner)
                .build());
        BrokerId greenhouse = save(broker("Greenhouse", brokers.greenhouse().port())
                .credentials(DemoBrokers.GREENHOUSE_USER, DemoBrokers.GREENHOUSE_PASSWORD)
                .owner(owner)
                .build());
        save(broker("Unreachable (deliberately)", CLOSED_PORT).owner(owner).build());
        List<Device> devices = new ArrayList<>();
        for (DemoDevice device : DemoDevice.values()) {
            devices.add(
                    Device.builder(catalogue.nextDevice(), device.isInHouse() ? house : greenhouse, device.topicName())
                            .name(device.deviceName())
                            .type(device.type())
                            .owner(owner)
                            .telemetryTopics(device.telemetryTopic())
                            .commandTopic(device.commandTopic())
                            .expectedInterval(Duration.ofSeconds(10))
                            .build());
        }
        manager.devices().saveAll(devices);
        return house + "=" + brokers.house().port() + " " + greenhouse + "="
                + brokers.greenhouse().port();
    }

    /** The ports may have been taken since the last start. */
    @Override
    public String keep(String remembered) {
        List<Integer> ports =
                List.of(brokers.house().port(), brokers.greenhouse().port());
        String[] parts = remembered.split(" ");
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < parts.length && i < ports.size(); i++) {
            String[] part = parts[i].split("=");
            move(BrokerId.of(part[0]), Integer.parseInt(part[1]), ports.get(i));
            kept.add(part[0] + "=" + ports.get(i));
        }
        return String.join(" ", kept);
    }

    private void move(BrokerId id, int from, int to) {
        if (from != to) {
            manager.brokers()
                    .find(id)
                    .filter(definition -> definition.endpoints().equals(List.of(Endpoint.of(HOST, from))))
                    .ifPresent(definition -> manager.brokers()
                            .save(definition.toBuilder()
                                    .endpoints(List.of(Endpoint.of(HOST, to)))
                                    .build()));
        }
    }

    private BrokerDefinition.Builder broker(String name, int port) {
        return BrokerDefinition.builder(catalogue.nextBroker(), HOST, port).name(name);
    }

    private BrokerId save(BrokerDefinition definition) {
        return manager.brokers().save(definition).id();
    }
}
