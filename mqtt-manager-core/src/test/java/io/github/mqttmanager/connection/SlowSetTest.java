package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowSetTest {
    @Test
    void onlySoManyAreStartedAtOnceAndTheOthersFollowInTheirOrder() {
        SlowSet set = new SlowSet(2);
        List<Integer> started = new ArrayList<>();
        List<SlowSet.Place> places = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            places.add(set.enter(() -> started.add(n)));
        }
        assertThat(started).containsExactly(0, 1);
        places.get(0).leave();
        assertThat(started).containsExactly(0, 1, 2);
        places.get(0).leave();
        assertThat(started).as("a place is given back once").containsExactly(0, 1, 2);
        places.get(1).leave();
        places.get(2).leave();
        assertThat(started).containsExactly(0, 1, 2, 3, 4);
        places.get(3).leave();
        places.get(4).leave();
        set.enter(() -> started.add(5));
        set.enter(() -> started.add(6));
        set.enter(() -> started.add(7));
        assertThat(started).endsWith(5, 6);
    }

    @Test
    void whoWaitsKnowsHisPositionAndMayGoWithoutTakingAPlace() {
        SlowSet set = new SlowSet(1);
        List<Integer> started = new ArrayList<>();
        List<SlowSet.Place> places = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            places.add(set.enter(() -> started.add(n)));
        }
        assertThat(places.get(0).position()).isEmpty();
        assertThat(places.get(1).position()).hasValue(1);
        assertThat(places.get(4).position()).hasValue(4);
        places.get(1).leave();
        places.get(2).leave();
        assertThat(places.get(1).position()).isEmpty();
        assertThat(places.get(4).position()).hasValue(2);
        places.get(0).leave();
        assertThat(started).containsExactly(0, 3);
        assertThat(places.get(4).position()).hasValue(1);
    }

    @Test
    void aBrokerThatLetsUsWaitGetsOutOfTheWayOfOthersUntilItAnswersQuickly() {
        EngineHarness harness = new EngineHarness();
        harness.slow = new SlowSet(1);
        harness.reconnectPolicy = (outage, settings, random) -> Duration.ofSeconds(1);
        Engine engine = harness.engine();
        List<BrokerConnection> connections = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            var definition = EngineHarness.definition().id(BrokerId.of(id)).build();
            BrokerConnection connection = new BrokerConnection(definition, engine, null);
            connection.apply(definition);
            connections.add(connection);
        }
        harness.settle();
        // The first time nobody is known to be slow: all are tried at once.
        assertThat(harness.links).hasSize(3).allMatch(link -> link.phase == ScriptedLink.Phase.ATTEMPTING);
        harness.time.advance(Duration.ofSeconds(10));
        harness.links.forEach(link -> link.down(new ConnectException("timed out")));
        harness.time.advance(Duration.ofSeconds(2));
        harness.settle();
        assertThat(attempting(harness)).as("one place").isEqualTo(1);

        // It answers at once: it is fast again, and the next one gets the place.
        harness.links.stream()
                .filter(link -> link.phase == ScriptedLink.Phase.ATTEMPTING)
                .findFirst()
                .orElseThrow()
                .opened();
        harness.settle();
        assertThat(attempting(harness)).isEqualTo(1);

        // Who gives up while waiting, or while trying, gives the place back.
        connections.forEach(BrokerConnection::stop);
        harness.links.forEach(link -> {
            if (link.endSession != null) {
                link.closed();
            }
        });
        harness.settle();
        List<Integer> free = new ArrayList<>();
        harness.slow.enter(() -> free.add(1));
        assertThat(free).hasSize(1);
    }

    private static long attempting(EngineHarness harness) {
        return harness.links.stream()
                .filter(link -> link.phase == ScriptedLink.Phase.ATTEMPTING)
                .count();
    }
}
