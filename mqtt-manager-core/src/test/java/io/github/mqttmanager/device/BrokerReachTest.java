package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BrokerReachTest {
    private final BrokerReach reach = new BrokerReach(0);

    @Test
    void whoeverIsThereAllTheTimeIsMetWhoeverComesAndGoesMeanwhile() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<DevicePresence> there = new ArrayList<>();
            reach.devices().forEachRemaining(there::add);
            change(random, there, 1 + random.nextInt(200));
            Set<DevicePresence> throughout = new HashSet<>(there);
            Set<DevicePresence> met = new HashSet<>();
            for (Iterator<DevicePresence> devices = reach.devices(); devices.hasNext(); ) {
                met.add(devices.next());
                if (random.nextInt(4) == 0) {
                    change(random, there, random.nextInt(5));
                    throughout.retainAll(there);
                }
            }
            assertThat(met).as("seed %d", seed).containsAll(throughout);

            Set<DevicePresence> left = new HashSet<>();
            reach.devices().forEachRemaining(left::add);
            assertThat(left).as("seed %d", seed).isEqualTo(new HashSet<>(there));
        }
    }

    private void change(Random random, List<DevicePresence> there, int times) {
        for (int i = 0; i < times; i++) {
            if (there.isEmpty() || random.nextInt(100) < 48) {
                DevicePresence come = new DevicePresence(
                        Device.builder("d" + random.nextLong(), "b").build(), reach);
                there.add(come);
                reach.add(come, null);
            } else {
                reach.remove(there.remove(random.nextInt(there.size())), null);
            }
        }
    }

    @Test
    void whenADeviceWasSeenIsKeptToTheNanosecondAndWithinWhatFits() {
        DevicePresence device = new DevicePresence(Device.builder("d", "b").build(), reach);
        Instant today = Instant.parse("2026-11-26T12:00:00Z");

        device.recall(Instant.MIN, today, 0);
        assertThat(device.lastSeen().orElseThrow()).isBefore(Instant.parse("1700-01-01T00:00:00Z"));

        Instant before = Instant.parse("1969-12-31T23:59:59.999999999Z");
        device.heard(0, before);
        assertThat(device.lastSeen()).contains(before);

        Instant precise = Instant.parse("2026-11-26T12:00:00.123456789Z");
        device.heard(0, precise);
        assertThat(device.lastSeen()).contains(precise);

        device.heard(0, Instant.MAX);
        assertThat(device.lastSeen().orElseThrow()).isAfter(Instant.parse("2262-01-01T00:00:00Z"));
    }
}
