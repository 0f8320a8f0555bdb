package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.SampleDefinitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Every component of a few hundred generated definitions and devices comes back as it was saved. */
@OnEveryDatabase
class RoundTripTest {
    private static final int CASES = 300;

    private final SampleDefinitions samples = new SampleDefinitions(20_261_126);
    private final JpaBrokerRepository brokers;
    private final JpaDeviceRepository devices;

    RoundTripTest(TestDatabase database) {
        brokers = new JpaBrokerRepository(database.session(), TestKeys.cipher());
        devices = new JpaDeviceRepository(database.session());
    }

    @Test
    void everyFieldOfABrokerComesBack() {
        List<BrokerDefinition> given = new ArrayList<>(samples.brokers(CASES));
        given.add(samples.fullBroker());
        assertEachVaries(given);
        Map<BrokerId, BrokerDefinition> saved = new HashMap<>();
        brokers.saveAll(given).forEach(broker -> saved.put(broker.id(), broker));
        List<BrokerDefinition> again = given.subList(0, CASES / 3).stream()
                .map(broker -> broker.toBuilder().version(1).build())
                .toList();
        brokers.saveAll(again).forEach(broker -> saved.put(broker.id(), broker));

        List<BrokerDefinition> read = brokers.page(null, CASES * 2);
        assertThat(read).hasSize(CASES + 1);
        for (BrokerDefinition broker : read) {
            assertThat(RecordFields.of(broker)).isEqualTo(RecordFields.of(saved.get(broker.id())));
        }
    }

    @Test
    void everyFieldOfADeviceComesBack() {
        List<BrokerId> owners = List.of(BrokerId.of("one"), BrokerId.of("two"));
        owners.forEach(
                id -> brokers.save(BrokerDefinition.builder(id, "host", 1).build()));
        List<Device> given = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            given.addAll(samples.devices(owners.get(i % 2), 1));
        }
        assertEachVaries(given);
        Map<String, Device> saved = new HashMap<>();
        devices.saveAll(given).forEach(device -> saved.put(device.id().value(), device));

        List<Device> read = devices.page(null, CASES * 2);
        assertThat(read).hasSize(CASES);
        for (Device device : read) {
            assertThat(RecordFields.of(device))
                    .isEqualTo(RecordFields.of(saved.get(device.id().value())));
        }
    }

    /** A component that the samples do not know of yet would be saved and read as the same default each time, and lost unseen. */
    private static void assertEachVaries(List<? extends Record> samples) {
        Map<String, Set<String>> values = new TreeMap<>();
        UnaryOperator<String> anyIndex = path -> path.replaceAll("\\[\\d+]", "[]");
        for (Record sample : samples) {
            RecordFields.of(sample)
                    .forEach((path, value) -> values.computeIfAbsent(anyIndex.apply(path), unseen -> new TreeSet<>())
                            .add(value));
        }
        values.forEach((path, seen) -> {
            boolean hasParts = values.keySet().stream().anyMatch(other -> other.startsWith(path + "."));
            if (!hasParts && !path.isEmpty() && !path.equals("version")) {
                assertThat(seen).as("values of " + path + " in the samples").hasSizeGreaterThan(1);
            }
        });
    }
}
