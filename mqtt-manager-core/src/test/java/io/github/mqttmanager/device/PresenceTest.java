package io.github.mqttmanager.device;

import static io.github.mqttmanager.device.Presence.OFFLINE;
import static io.github.mqttmanager.device.Presence.ONLINE;
import static io.github.mqttmanager.device.Presence.QUIET;
import static io.github.mqttmanager.device.Presence.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.PresenceHarness.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresenceTest {
    private final PresenceHarness harness = new PresenceHarness();
    private final Device device = harness.device("a");

    private List<String> told() {
        List<String> all = harness.told.stream().map(Told::toString).toList();
        harness.told.clear();
        return all;
    }

    // ---- by what is heard

    @ParameterizedTest
    @CsvSource({
        "0, ONLINE",
        "60000, ONLINE",
        "90000, ONLINE",
        "90001, QUIET",
        "180000, QUIET",
        "180001, OFFLINE",
        "86400000, OFFLINE"
    })
    void isThereByItsOwnInterval(long silentMillis, Presence presence) {
        harness.broker(true);
        harness.publishes(device);
        harness.time.advance(Duration.ofMillis(silentMillis));
        assertThat(harness.of(device)).isEqualTo(presence);
    }

    @Test
    void isUnknownUntilItWasHeardOf() {
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        harness.broker(true);
        harness.passes(100_000);
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        assertThat(told()).isEmpty();
    }

    @Test
    void changesByTimeAloneAreToldWithinASecond() {
        harness.broker(true);
        harness.publishes(device);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE");
        harness.passes(90);
        assertThat(told()).isEmpty();
        harness.passes(1);
        assertThat(told()).containsExactly("a ONLINE-QUIET");
        harness.passes(89);
        assertThat(told()).isEmpty();
        harness.passes(1);
        assertThat(told()).containsExactly("a QUIET-OFFLINE");
        harness.passes(1_000_000);
        harness.publishes(device);
        assertThat(told()).containsExactly("a OFFLINE-ONLINE");
    }

    @Test
    void anIntervalOfDaysIsKeptToAsWell() {
        Device rare = device.toBuilder()
                .expectedInterval(Duration.ofDays(7))
                .version(2)
                .build();
        harness.presences.put(rare);
        harness.broker(true);
        harness.publishes(rare);
        harness.passes(1_000_000 - 92_800);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE");
        harness.passes(1);
        assertThat(told()).containsExactly("a ONLINE-QUIET");
        harness.passes(907_199);
        assertThat(told()).isEmpty();
        harness.passes(1);
        assertThat(told()).containsExactly("a QUIET-OFFLINE");
    }

    @Test
    void aShorterIntervalCountsAtOnce() {
        harness.broker(true);
        harness.publishes(device);
        harness.passes(10);
        harness.presences.put(device.toBuilder()
                .expectedInterval(Duration.ofSeconds(8))
                .version(2)
                .build());
        harness.passes(3);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE", "a ONLINE-QUIET");
    }

    @Test
    void noJumpOfTheWallClockMattersToIt() {
        harness.broker(true);
        harness.publishes(device);
        harness.wallIsOff = Duration.ofDays(1_000);
        harness.passes(89);
        assertThat(harness.of(device)).isEqualTo(ONLINE);
        harness.wallIsOff = Duration.ofDays(-1_000);
        harness.passes(2);
        assertThat(harness.of(device)).isEqualTo(QUIET);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE", "a ONLINE-QUIET");
    }

    @Test
    void whatTheRepositoryKnowsCounts() {
        harness.stored.put(device.id(), harness.wall().minusSeconds(80));
        harness.broker(true);
        harness.presences.recall(List.of(device.id()));
        harness.passes(9);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE");
        harness.passes(3);
        assertThat(harness.of(device)).as("gets the time to be heard").isEqualTo(UNKNOWN);
        harness.passes(80);
        assertThat(told()).containsExactly("a ONLINE-UNKNOWN", "a UNKNOWN-QUIET");
    }

    @Test
    void aStoredTimeThatHasNotComeYetIsTakenForNow() {
        harness.stored.put(device.id(), harness.wall().plus(Duration.ofDays(300)));
        harness.broker(true);
        assertThat(harness.of(device)).isEqualTo(ONLINE);
        harness.passes(91);
        assertThat(harness.of(device)).isEqualTo(QUIET);
    }

    // ---- by what its broker does

    @Test
    void isUnknownWhileItsBrokerCannotBeReached() {
        harness.publishes(device);
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        harness.broker(true);
        assertThat(harness.of(device)).isEqualTo(ONLINE);
        harness.broker(false);
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        harness.passes(20);
        harness.broker(true);
        assertThat(harness.of(device)).as("heard of not long ago").isEqualTo(ONLINE);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE", "a ONLINE-UNKNOWN", "a UNKNOWN-ONLINE");
    }

    @Test
    void getsTheTimeToBeHeardWhenItsBrokerComesBack() {
        harness.broker(true);
        harness.publishes(device);
        harness.broker(false);
        harness.passes(10_000);
        harness.broker(true);
        told();
        harness.passes(90);
        assertThat(told()).isEmpty();
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        harness.passes(1);
        assertThat(told()).containsExactly("a UNKNOWN-QUIET");
        harness.passes(90);
        assertThat(told()).containsExactly("a QUIET-OFFLINE");
    }

    @Test
    void aBrokerThatComesAndGoesMakesNobodyOffline() {
        harness.broker(true);
        harness.publishes(device);
        for (int i = 0; i < 100; i++) {
            harness.passes(60);
            harness.broker(false);
            harness.passes(5);
            harness.broker(true);
        }
        assertThat(told()).doesNotContain("a UNKNOWN-QUIET", "a UNKNOWN-OFFLINE");
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
    }

    @Test
    void whoMovesToAnotherBrokerIsJudgedByThatOne() {
        harness.broker(true);
        harness.publishes(device);
        Device moved =
                device.toBuilder().broker(BrokerId.of("other")).version(2).build();
        harness.presences.put(moved);
        harness.time.runDue();
        assertThat(harness.of(moved)).isEqualTo(UNKNOWN);
        harness.presences.reached(BrokerId.of("other"), true);
        harness.time.runDue();
        assertThat(harness.of(moved)).isEqualTo(ONLINE);
        harness.broker(false);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE", "a ONLINE-UNKNOWN", "a UNKNOWN-ONLINE");
    }

    // ---- by what it says of itself

    @Test
    void whatItSaysCountsAtOnceHoweverLongItIsSilent() {
        harness.broker(true);
        harness.says(device, "online", false);
        assertThat(harness.of(device)).isEqualTo(ONLINE);
        harness.passes(1_000_000);
        assertThat(harness.of(device)).isEqualTo(ONLINE);
        harness.says(device, "offline", false);
        assertThat(harness.of(device)).isEqualTo(OFFLINE);
        harness.publishes(device);
        assertThat(harness.of(device)).as("heard of again").isEqualTo(ONLINE);
        harness.passes(91);
        assertThat(harness.of(device)).isEqualTo(QUIET);
        assertThat(told())
                .containsExactly("a UNKNOWN-ONLINE", "a ONLINE-OFFLINE", "a OFFLINE-ONLINE", "a ONLINE-QUIET");
    }

    @Test
    void aRetainedMessageTellsTheStateAndIsNoSignOfLife() {
        harness.broker(true);
        harness.says(device, "online", true);
        assertThat(harness.of(device)).isEqualTo(ONLINE);
        harness.says(device, "offline", true);
        assertThat(harness.of(device)).isEqualTo(OFFLINE);
        harness.receive(device.id(), "a/t", "1", true);
        assertThat(harness.of(device)).as("an old message is no sign of life").isEqualTo(OFFLINE);
    }

    @Test
    void whatMeansNothingIsIgnored() {
        harness.broker(true);
        for (String payload : List.of("", "ONLINE", "online ", "{\"state\":\"online\"}", "\u0000")) {
            assertThat(harness.receive(device.id(), "a/up", payload, false)).isTrue();
        }
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        assertThat(harness.receive(device.id(), "a/t", "online", true)).isFalse();
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
    }

    @Test
    void whatItSaidBeforeItsBrokerWasLostCountsWhenThatHadTheTimeToCorrectIt() {
        harness.broker(true);
        harness.says(device, "online", true);
        harness.broker(false);
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        harness.passes(100);
        harness.broker(true);
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
        told();
        harness.passes(6);
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE");
    }

    @Test
    void whatItSaysWhileTheConnectionComesUpIsNews() {
        harness.broker(true);
        harness.says(device, "online", true);
        harness.broker(false);
        harness.says(device, "offline", true);
        harness.broker(true);
        assertThat(harness.of(device)).isEqualTo(OFFLINE);
    }

    @Test
    void whatItSaidOnAnotherTopicIsForgotten() {
        harness.broker(true);
        harness.says(device, "offline", true);
        harness.presences.put(device.toBuilder().name("new").version(2).build());
        assertThat(harness.of(device)).isEqualTo(OFFLINE);
        harness.presences.put(device.toBuilder()
                .availability(Availability.of("elsewhere"))
                .version(3)
                .build());
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
    }

    // ---- listeners

    @Test
    void aListenerThatThrowsHarmsNobody() {
        harness.feed.add((device, before, now, at) -> {
            throw new AssertionError("a listener's bug");
        });
        List<Presence> heard = new ArrayList<>();
        harness.feed.add((device, before, now, at) -> heard.add(now));
        harness.broker(true);
        harness.publishes(device);
        harness.says(device, "offline", false);

        assertThat(heard).containsExactly(ONLINE, OFFLINE);
        assertThat(harness.told).hasSize(2);
        assertThat(harness.told.get(0).at()).isEqualTo(harness.wall());
    }

    @Test
    void nothingIsToldOfWhatIsGone() {
        harness.broker(true);
        harness.publishes(device);
        told();
        harness.presences.remove(device.id());
        harness.passes(1_000);
        assertThat(told()).isEmpty();
        assertThat(harness.of(device)).isEqualTo(UNKNOWN);
    }

    @Test
    void whatChangesBackBeforeItCouldBeToldIsNotTold() {
        harness.broker(true);
        harness.receive(device.id(), "a/up", "online", false);
        harness.receive(device.id(), "a/up", "offline", false);
        harness.receive(device.id(), "a/up", "online", false);
        harness.time.runDue();
        assertThat(told()).containsExactly("a UNKNOWN-ONLINE");
    }

    // ---- at scale

    @Test
    void manyDevicesOfALostBrokerAreToldInPortions() {
        harness.broker(true);
        for (int i = 0; i < 10_000; i++) {
            Device one = harness.device("d" + i);
            harness.receive(one.id(), "d" + i + "/t", "1", false);
        }
        harness.time.runDue();
        assertThat(harness.told).hasSize(10_000);
        harness.told.clear();
        harness.tasks = 0;
        for (int i = 0; i < 7; i++) {
            harness.presences.reached(PresenceHarness.BROKER, i % 2 == 1);
        }
        harness.time.runDue();
        assertThat(harness.told).hasSize(10_000).allMatch(told -> told.now() == UNKNOWN);
        assertThat(harness.tasks).as("portions of at most 500").isBetween(20, 25);
    }

    /** A million would be the same: nothing is done that depends on how many there are. */
    @Test
    void devicesThatNothingHappensToCostNothing() {
        harness.broker(true);
        for (int i = 0; i < 100_000; i++) {
            Device one = harness.device("d" + i);
            harness.stored.put(one.id(), harness.wall().minus(Duration.ofDays(1)));
            harness.presences.recall(List.of(one.id()));
        }
        harness.passes(200);
        assertThat(harness.told).filteredOn(told -> told.now() == OFFLINE).hasSize(100_000);
        harness.tasks = 0;
        harness.passes(3_600);
        assertThat(harness.tasks).isZero();
        harness.publishes(device);
        harness.passes(3_600);
        assertThat(harness.tasks).as("those of one device").isLessThan(500);
    }
}
