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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Brokers and devices to begin with. What is remembered: the ids of the brokers and their ports. */
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
        Map<DemoDefinition, BrokerId> ids = new EnumMap<>(DemoDefinition.class);
        for (DemoDefinition definition : DemoDefinition.values()) {
            BrokerDefinition.Builder builder = BrokerDefinition.builder(catalogue.nextBroker(), HOST, port(definition));
            ids.put(
                    definition,
                    manager.brokers()
                            .save(definition
                                    .complete(builder, brokers.authority())
                                    .owner(owner)
                                    .build())
                            .id());
        }
        List<Device> devices = new ArrayList<>();
        for (DemoDevice device : DemoDevice.values()) {
            devices.add(Device.builder(
                            catalogue.nextDevice(),
                            id(ids, device.isInHouse() ? DemoDefinition.HOUSE : DemoDefinition.GREENHOUSE),
                            device.topicName())
                    .name(device.deviceName())
                    .type(device.type())
                    .owner(owner)
                    .telemetryTopics(device.telemetryTopic())
                    .commandTopic(device.commandTopic())
                    .expectedInterval(Duration.ofSeconds(10))
                    .build());
        }
        devices.add(Device.builder(catalogue.nextDevice(), id(ids, DemoDefinition.REFUSED_TOPIC), "vault")
                .name("Vault (gallery)")
                .type("refused by its broker")
                .owner(owner)
                .telemetryTopics("devices/{device_id}/telemetry", Namespaces.SECRET + "/{device_id}")
                .build());
        manager.devices().saveAll(devices);
        return ids.entrySet().stream()
                .map(entry -> entry.getValue() + "=" + port(entry.getKey()))
                .collect(Collectors.joining(" "));
    }

    private static BrokerId id(Map<DemoDefinition, BrokerId> ids, DemoDefinition definition) {
        return Objects.requireNonNull(ids.get(definition));
    }

    private int port(DemoDefinition definition) {
        DemoPort port = definition.port();
        return port == null ? CLOSED_PORT : brokers.port(port);
    }

    /** The ports may have been taken since the last start. */
    @Override
    public String keep(String remembered) {
        String[] parts = remembered.split(" ");
        List<String> kept = new ArrayList<>();
        for (DemoDefinition definition : DemoDefinition.values()) {
            if (definition.ordinal() < parts.length) {
                String[] part = parts[definition.ordinal()].split("=");
                move(BrokerId.of(part[0]), Integer.parseInt(part[1]), port(definition));
                kept.add(part[0] + "=" + port(definition));
            }
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
}
