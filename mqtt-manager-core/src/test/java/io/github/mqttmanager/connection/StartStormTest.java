package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of connections that want to begin at once, counted where they begin. */
class StartStormTest {
    private static final int LIMIT = 500;
    private static final Duration STEP = Duration.ofMillis(10);

    private final EngineHarness harness = new EngineHarness();
    private final Engine engine = harness.engine();
    private final List<BrokerConnection> connections = new ArrayList<>();

    /** How many attempts there were at the beginning, and at the end of each step. */
    private final List<Integer> attempts = new ArrayList<>();

    private void begin(int from, int to) {
        for (int i = from; i < to; i++) {
            BrokerDefinition definition =
                    EngineHarness.definition().id(BrokerId.of("b" + i)).build();
            BrokerConnection connection = new BrokerConnection(definition, engine, null);
            connections.add(connection);
            connection.apply(definition);
        }
        attempts.add(attempts());
    }

    private int attempts() {
        return harness.links.stream().mapToInt(link -> link.opens.size()).sum();
    }

    private void run(Duration span) {
        for (long i = span.dividedBy(STEP); i > 0; i--) {
            harness.time.advance(STEP);
            attempts.add(attempts());
        }
    }

    private int mostInASecond() {
        int most = 0;
        for (int i = 0; i < attempts.size(); i++) {
            most = Math.max(most, attempts.get(i) - (i < 100 ? 0 : attempts.get(i - 100)));
        }
        return most;
    }

    @Test
    void whoWaitsSeesThePlaceInTheQueueAndThatItComesNearer() {
        begin(0, 1_000);
        BrokerConnection last = connections.get(999);
        Integer before = last.status().waitingPosition();
        assertThat(before).isBetween(900, 1_000);
        run(Duration.ofSeconds(1));
        assertThat(last.status().waitingPosition()).isBetween(1, before - 400);
        run(Duration.ofSeconds(2));
        assertThat(last.status().waitingPosition()).isNull();
        assertThat(connections.get(0).status().waitingPosition()).isNull();
    }

    @Test
    void fiveThousandAllBeginWithinTheirTimeAndNoSecondSeesMoreThanTheLimit() {
        begin(0, 5_000);
        run(Duration.ofMillis(10_500));

        assertThat(attempts()).isEqualTo(5_000);
        assertThat(mostInASecond()).isEqualTo(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 900, 4_000})
    void thoseWhoWaitedForOneNameDoNotBeginAllAtOnce(int millis) {
        harness.lookUp = Duration.ofMillis(millis);
        begin(0, 1_500);
        run(Duration.ofSeconds(12));

        assertThat(attempts()).isEqualTo(1_500);
        assertThat(mostInASecond()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void theBrokersEndAndReturnBringsThemBackAtTheLimit() {
        begin(0, 5_000);
        run(Duration.ofSeconds(11));
        harness.links.forEach(ScriptedLink::opened);
        run(Duration.ofSeconds(40));
        harness.links.forEach(link -> link.down(new ConnectException("reset")));
        // Away for 20 s: who tries is refused.
        for (int i = 0; i < 2_000; i++) {
            run(STEP);
            refuseOrAccept(false);
        }
        int second = 0;
        while (harness.links.stream().anyMatch(link -> link.phase != ScriptedLink.Phase.OPEN)) {
            for (int i = 0; i < 100; i++) {
                run(STEP);
                refuseOrAccept(true);
            }
            assertThat(++second).as("seconds after its return").isLessThanOrEqualTo(20);
        }
        assertThat(mostInASecond()).isLessThanOrEqualTo(LIMIT);
    }

    private void refuseOrAccept(boolean accept) {
        for (ScriptedLink link : harness.links) {
            if (link.phase == ScriptedLink.Phase.ATTEMPTING) {
                if (accept) {
                    link.opened();
                } else {
                    link.down(new ConnectException("refused"));
                }
            }
        }
    }

    @Test
    void thoseWhoAreStoppedWhileTheyWaitDelayNobody() {
        begin(0, 5_000);
        connections.forEach(BrokerConnection::stop);
        begin(5_000, 5_010);
        run(Duration.ofMillis(250));

        assertThat(harness.links.stream()
                        .filter(link ->
                                Integer.parseInt(link.definition.id().value().substring(1)) >= 5_000))
                .hasSize(10);
        connections
                .subList(0, 5_000)
                .forEach(connection -> assertThat(
                                Objects.requireNonNull(connection.status()).wanted())
                        .isFalse());
    }
}
