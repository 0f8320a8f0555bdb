package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LastSeenTest {
    private final PresenceHarness harness = new PresenceHarness();

    @Test
    void isKnownAtOnceAndWrittenInOneBatch() {
        Device a = harness.device("a");
        Device b = harness.device("b");
        harness.publishes(b);
        for (int i = 0; i < 1_000; i++) {
            harness.passes(1);
            harness.publishes(a);
        }
        Instant now = harness.wall();
        assertThat(harness.presences.lastSeen(a.id())).contains(now);
        assertThat(harness.written).isEmpty();
        harness.write();
        harness.write();

        assertThat(harness.written).containsExactly(Map.of(a.id(), now, b.id(), now.minusSeconds(1_000)));
    }

    @Test
    void oldMessagesWillsAndStrangePayloadsDoNotMoveIt() {
        Device device = harness.device("a");
        harness.receive(device.id(), "a/t", "1", true);
        harness.says(device, "online", true);
        harness.says(device, "offline", true);
        harness.says(device, "offline", false);
        harness.says(device, "strange", false);
        assertThat(harness.presences.lastSeen(device.id())).isEmpty();

        harness.says(device, "online", false);
        assertThat(harness.presences.lastSeen(device.id())).contains(harness.wall());
    }

    @Test
    void noJumpOfTheWallClockSetsItBackOrStopsIt() {
        Device device = harness.device("a");
        harness.publishes(device);
        Instant last = harness.wall();
        Duration year = Duration.ofDays(365);
        for (Duration off : List.of(year, Duration.ZERO, year.negated(), Duration.ZERO, Duration.ofHours(1))) {
            harness.wallIsOff = off;
            for (int i = 0; i < 60; i++) {
                harness.passes(5);
                harness.publishes(device);
                harness.write();
                Instant now = harness.presences.lastSeen(device.id()).orElseThrow();
                assertThat(now).isEqualTo(last.plusSeconds(5));
                assertThat(harness.stored).containsEntry(device.id(), now);
                last = now;
            }
        }
    }

    @Test
    void isNeverSetBackByAClockThatWasSetBackForGood() {
        Device device = harness.device("a");
        harness.publishes(device);
        harness.wallIsOff = Duration.ofHours(-1);
        Instant last = harness.presences.lastSeen(device.id()).orElseThrow();
        for (int i = 0; i < 5_000; i++) {
            harness.passes(1);
            harness.publishes(device);
            Instant now = harness.presences.lastSeen(device.id()).orElseThrow();
            assertThat(now).isAfterOrEqualTo(last);
            last = now;
        }
        assertThat(last).as("caught up").isEqualTo(harness.wall());
    }

    @Test
    void keepsWhatTheRepositoryDoesNotTake() {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            devices.add(harness.device("d" + i));
        }
        devices.forEach(harness::publishes);
        assertThat(harness.presences.write()).as("more to come").isTrue();
        harness.broken = true;
        assertThat(harness.presences.write()).as("not now").isFalse();
        assertThat(harness.presences.write()).isFalse();
        harness.passes(1);
        harness.publishes(devices.get(600));
        harness.broken = false;
        harness.write();

        assertThat(harness.stored).hasSize(1_200);
        assertThat(harness.stored).containsEntry(devices.get(600).id(), harness.wall());
        assertThat(harness.written).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(500));
        harness.write();
        assertThat(harness.written.stream().mapToInt(Map::size).sum())
                .as("none twice")
                .isEqualTo(1_200);
    }

    @Test
    void asksTheRepositoryOnceForWhatThisProcessHasNotSeen() {
        Device a = harness.device("a");
        Device b = harness.device("b");
        harness.stored.put(a.id(), harness.wall().minusSeconds(9));
        for (int i = 0; i < 3; i++) {
            assertThat(harness.presences.lastSeen(a.id()))
                    .contains(harness.wall().minusSeconds(9));
            assertThat(harness.presences.lastSeen(b.id())).isEmpty();
            harness.of(a);
            harness.of(b);
        }
        assertThat(harness.asked).isEqualTo(2);
        harness.presences.recall(List.of(a.id(), b.id(), DeviceId.of("gone")));
        assertThat(harness.asked).isEqualTo(2);
    }

    @Test
    void forgetsWhatIsGone() {
        Device device = harness.device("a");
        harness.publishes(device);
        harness.presences.remove(device.id());
        harness.write();

        assertThat(harness.written).isEmpty();
        assertThat(harness.presences.lastSeen(device.id())).isEmpty();
    }

    /** 50,000 messages a second of 100,000 devices, for three intervals of virtual time. */
    @Test
    void isWrittenAtMostOncePerDeviceAndInterval() {
        Random random = new Random(20_261_126);
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            devices.add(harness.device("d" + i));
        }
        harness.broker(true);
        Map<DeviceId, Instant> last = new HashMap<>();
        for (int interval = 0; interval < 3; interval++) {
            Set<DeviceId> heard = new HashSet<>();
            for (int second = 0; second < 5; second++) {
                harness.passes(1);
                for (int i = 0; i < 50_000; i++) {
                    Device device = devices.get(random.nextInt(devices.size()));
                    harness.receive(device.id(), device.topicName() + "/t", "1", false);
                    last.put(device.id(), harness.wall());
                    heard.add(device.id());
                }
            }
            harness.written.clear();
            harness.write();
            Set<DeviceId> written = new HashSet<>();
            for (Map<DeviceId, Instant> batch : harness.written) {
                assertThat(batch.size()).isLessThanOrEqualTo(500);
                batch.keySet().forEach(id -> assertThat(written.add(id)).isTrue());
            }
            assertThat(written).isEqualTo(heard);
        }
        assertThat(harness.stored).isEqualTo(last);
    }
}
