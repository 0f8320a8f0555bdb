package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.ReconnectSettings;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Outages of hours, played through with the default policy and settings for each class of failure. */
class ReconnectPolicySimulationTest {
    private static final Duration OUTAGE = Duration.ofHours(6);
    private static final Duration EARLY = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int SEEDS = 300;

    /**
     * A wait between two attempts.
     *
     * @param since since the outage began
     */
    private record Wait(Duration since, Duration delay) {}

    private static ConnectionFailure failure(FailureKind kind, boolean retryable) {
        return new ConnectionFailure(kind, kind.stage(), null, retryable, "m", "r", Instant.EPOCH);
    }

    private static ConnectionFailure failure(FailureKind kind) {
        return failure(kind, kind.isRetryable());
    }

    /** @param longest how long an attempt may take before it fails */
    private static List<Wait> outage(ConnectionFailure failure, Duration longest, Duration lasting, Random random) {
        List<Wait> waits = new ArrayList<>();
        Duration now = Duration.ZERO;
        Duration previous = Duration.ZERO;
        while (now.compareTo(lasting) < 0) {
            Duration delay = ReconnectPolicy.exponential()
                    .delay(
                            new ReconnectPolicy.Outage(waits.size() + 1, now, failure, previous),
                            ReconnectSettings.DEFAULT,
                            random);
            waits.add(new Wait(now, delay));
            previous = delay;
            now = now.plus(delay).plusMillis((long) (random.nextDouble() * longest.toMillis()));
        }
        return waits;
    }

    static Stream<FailureKind> worthARetry() {
        return Stream.of(FailureKind.values())
                .filter(kind -> kind.isRetryable() && kind != FailureKind.MQTT_SERVER_UNAVAILABLE);
    }

    @ParameterizedTest
    @MethodSource("worthARetry")
    void whatTheNetworkDoesIsTriedSoonThenEveryFewSecondsThenEveryMinuteForEver(FailureKind kind) {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (Duration longest : List.of(Duration.ZERO, Duration.ofSeconds(10))) {
                List<Wait> waits = outage(failure(kind), longest, OUTAGE, new Random(seed));

                assertThat(waits.get(0).delay).as("first, seed %d", seed).isLessThanOrEqualTo(Duration.ofSeconds(1));
                assertThat(waits)
                        .as("seed %d", seed)
                        .allSatisfy(wait -> assertThat(wait.delay)
                                .isBetween(
                                        Duration.ofMillis(50),
                                        wait.since.compareTo(EARLY) < 0
                                                ? Duration.ofSeconds(15)
                                                : Duration.ofMinutes(2)));
                assertThat(waits.stream().filter(wait -> wait.since.compareTo(EARLY) < 0))
                        .as("in the first five minutes, seed %d", seed)
                        .hasSizeBetween(15, 80);
                // From the end of the first minutes on a wait is a minute, on average; a full one is two at most.
                assertThat(waits).as("to the end, seed %d", seed).hasSizeBetween(200, 600);
            }
        }
    }

    @Test
    void aBrokerThatIsBusyIsAskedSeveralTimesLessOftenAndNoLessThanOthersInTheEnd() {
        long busyEarly = 0;
        long usualEarly = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Wait> busy =
                    outage(failure(FailureKind.MQTT_SERVER_UNAVAILABLE), Duration.ZERO, OUTAGE, new Random(seed));
            List<Wait> usual = outage(failure(FailureKind.TCP_REFUSED), Duration.ZERO, OUTAGE, new Random(seed));
            assertThat(busy.get(0).delay).isLessThanOrEqualTo(Duration.ofSeconds(4));
            assertThat(busy)
                    .as("seed %d", seed)
                    .allSatisfy(wait -> assertThat(wait.delay)
                            .isLessThanOrEqualTo(
                                    wait.since.compareTo(EARLY) < 0 ? Duration.ofSeconds(60) : Duration.ofMinutes(2)));
            busyEarly += busy.stream()
                    .filter(wait -> wait.since.compareTo(EARLY) < 0)
                    .count();
            usualEarly += usual.stream()
                    .filter(wait -> wait.since.compareTo(EARLY) < 0)
                    .count();
            assertThat(busy).hasSizeBetween(200, 600);
        }
        assertThat((double) usualEarly / busyEarly).isBetween(2.5, 5.0);
    }

    static Stream<FailureKind> notWorthARetry() {
        return Stream.of(FailureKind.values()).filter(kind -> !kind.isRetryable());
    }

    @ParameterizedTest
    @MethodSource("notWorthARetry")
    void whatARetryCannotMendIsLookedAtAfterAMinuteAndEveryHalfHourInTheEnd(FailureKind kind) {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Wait> waits = outage(failure(kind), Duration.ofSeconds(2), Duration.ofDays(1), new Random(seed));

            assertThat(waits.get(0).delay).isBetween(Duration.ofSeconds(54), Duration.ofSeconds(66));
            for (int i = 1; i < waits.size(); i++) {
                double grown = Math.min(
                        2.0 * waits.get(i - 1).delay.toMillis(),
                        Duration.ofMinutes(30).toMillis());
                assertThat(waits.get(i).delay.toMillis() / grown)
                        .as("doubled, up to half an hour, seed %d", seed)
                        .isBetween(0.899, 1.101);
            }
            // An account is not locked by us, and nobody waits for more than half an hour and a bit.
            assertThat(waits.stream().filter(wait -> wait.since.compareTo(HOUR) < 0))
                    .hasSizeBetween(5, 7);
            assertThat(waits).as("in a day, seed %d", seed).hasSizeBetween(44, 60);
        }
    }

    @Test
    void aFightForASessionIsLeftAloneForHalfAnHourAtOnce() {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Wait> waits = outage(
                    failure(FailureKind.MQTT_SESSION_TAKEN_OVER, false), Duration.ZERO, OUTAGE, new Random(seed));
            assertThat(waits)
                    .hasSizeBetween(11, 14)
                    .allSatisfy(
                            wait -> assertThat(wait.delay).isBetween(Duration.ofMinutes(27), Duration.ofMinutes(33)));
        }
    }

    @Test
    void aRefusalAfterALongOutageIsLookedAtAgainWithinMinutes() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Wait> before = outage(failure(FailureKind.TCP_REFUSED), Duration.ZERO, OUTAGE, random);
            Wait last = before.get(before.size() - 1);
            Duration delay = ReconnectPolicy.exponential()
                    .delay(
                            new ReconnectPolicy.Outage(
                                    before.size() + 1, OUTAGE, failure(FailureKind.MQTT_BAD_CREDENTIALS), last.delay),
                            ReconnectSettings.DEFAULT,
                            random);
            assertThat(delay).as("seed %d", seed).isLessThan(Duration.ofMinutes(5));
        }
    }

    /** How many attempts there are in each second. */
    private static int[] attemptsPerSecond(int brokers, Duration lasting) {
        int[] perSecond = new int[(int) lasting.toSeconds() + 1];
        Random random = new Random(11);
        for (int i = 0; i < brokers; i++) {
            for (Wait wait : outage(failure(FailureKind.CONNECTION_LOST), Duration.ZERO, lasting, random)) {
                int second = (int) wait.since.plus(wait.delay).toSeconds();
                if (second < perSecond.length) {
                    perSecond[second]++;
                }
            }
        }
        return perSecond;
    }

    @Test
    void tenThousandBrokersThatAreLostInTheSameMomentDoNotComeInWaves() {
        int[] perSecond = attemptsPerSecond(10_000, Duration.ofHours(1));
        // The mean wait is 7.5 s early and a minute late.
        for (int second = 30; second < 290; second++) {
            assertThat(perSecond[second]).as("second %d", second).isBetween(900, 1_800);
        }
        for (int second = 900; second < 3_600; second++) {
            assertThat(perSecond[second]).as("second %d", second).isBetween(110, 230);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_REFUSED", "DNS_UNKNOWN_HOST", "ADDRESS_REFUSED"})
    void theEngineKeepsToItThroughAnOutageOfHours(FailureKind kind) {
        EngineHarness harness = new EngineHarness();
        var definition = EngineHarness.definition().build();
        BrokerConnection connection = new BrokerConnection(definition, harness.engine(), null);
        connection.apply(definition);
        harness.settle();
        harness.link().opened();
        harness.time.advance(Duration.ofMinutes(1));
        switch (kind) {
            case DNS_UNKNOWN_HOST -> harness.unknownHosts.put("broker.example", "");
            case ADDRESS_REFUSED -> harness.policy = (d, address, port) -> false;
            default -> {}
        }
        harness.link().down(new ConnectException("reset"));

        Instant began = harness.time.instant();
        List<Wait> waits = new ArrayList<>();
        while (Duration.between(began, harness.time.instant()).compareTo(OUTAGE) < 0) {
            Instant now = harness.time.instant();
            Instant next = connection.status().nextAttemptAt();
            assertThat(next).as("always visible").isNotNull();
            waits.add(new Wait(Duration.between(began, now), Duration.between(now, next)));
            harness.time.advance(Duration.between(now, next));
            harness.settle();
            if (harness.link().phase == ScriptedLink.Phase.ATTEMPTING) {
                harness.link().down(new ConnectException("refused"));
            }
        }
        assertThat(waits.get(0).delay).isLessThanOrEqualTo(Duration.ofSeconds(1));
        if (kind.isRetryable()) {
            assertThat(waits)
                    .hasSizeBetween(200, 600)
                    .allSatisfy(wait -> assertThat(wait.delay)
                            .isLessThanOrEqualTo(
                                    wait.since.compareTo(EARLY) < 0 ? Duration.ofSeconds(15) : Duration.ofMinutes(2)));
        } else {
            assertThat(waits)
                    .hasSizeBetween(14, 22)
                    .allSatisfy(wait -> assertThat(wait.delay).isLessThanOrEqualTo(Duration.ofMinutes(33)));
        }
        // It comes back: the next attempt is the one that was promised, and what was slow is forgotten.
        harness.unknownHosts.clear();
        harness.policy = NetworkPolicy.everything();
        harness.time.advance(
                Duration.between(harness.time.instant(), connection.status().nextAttemptAt()));
        harness.settle();
        harness.link().opened();
        assertThat(connection.status().state()).isEqualTo(ConnectionState.CONNECTED);
        harness.assertNothingWrong();
    }
}
