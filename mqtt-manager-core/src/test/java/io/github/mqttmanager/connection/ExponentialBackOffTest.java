package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.ReconnectSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExponentialBackOffTest {
    private static final ReconnectPolicy POLICY = ReconnectPolicy.exponential();
    private static final ReconnectSettings SETTINGS = ReconnectSettings.DEFAULT;
    private static final Duration MINIMUM = Duration.ofMillis(50);

    private static ConnectionFailure failure(FailureKind kind) {
        return new ConnectionFailure(kind, kind.stage(), null, kind.isRetryable(), "m", "r", Instant.EPOCH);
    }

    private static Duration delay(FailureKind kind, int attempt, Duration lasting, RandomGenerator random) {
        return POLICY.delay(
                new ReconnectPolicy.Outage(attempt, lasting, failure(kind), Duration.ZERO), SETTINGS, random);
    }

    /** Draws the same number always. */
    private static RandomGenerator drawing(double number) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public double nextDouble() {
                return number;
            }
        };
    }

    private static Duration bound(FailureKind kind, int attempt, Duration lasting) {
        return delay(kind, attempt, lasting, drawing(1));
    }

    @ParameterizedTest
    @CsvSource({
        // attempt, seconds since the outage began, bound in ms
        "1, 0, 1000",
        "2, 1, 2000",
        "3, 3, 4000",
        "4, 7, 8000",
        "5, 15, 15000",
        "6, 30, 15000",
        "40, 299, 15000",
        "5, 300, 16000",
        "6, 300, 32000",
        "7, 300, 64000",
        "8, 300, 120000",
        "1000, 100000, 120000",
        "2147483647, 100000, 120000",
        "0, 0, 1000"
    })
    void growsToTheCapThatTheAgeOfTheOutageSets(int attempt, long seconds, long bound) {
        assertThat(bound(FailureKind.TCP_REFUSED, attempt, Duration.ofSeconds(seconds)))
                .hasMillis(bound);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 4000", "2, 0, 8000", "3, 0, 16000", "6, 0, 60000", "20, 400, 120000"})
    void givesABusyBrokerFourTimesAsLong(int attempt, long seconds, long bound) {
        assertThat(bound(FailureKind.MQTT_SERVER_UNAVAILABLE, attempt, Duration.ofSeconds(seconds)))
                .hasMillis(bound);
    }

    @Test
    void drawsEvenlyFromNothingToTheBound() {
        long seed = 99;
        Random random = new Random(seed);
        int n = 10_000;
        double[] drawn = new double[n];
        for (int i = 0; i < n; i++) {
            Duration delay = delay(FailureKind.TCP_REFUSED, 20, Duration.ofHours(1), random);
            assertThat(delay).isBetween(MINIMUM, SETTINGS.lateMaximum());
            drawn[i] = delay.toMillis() / (double) SETTINGS.lateMaximum().toMillis();
        }
        Arrays.sort(drawn);
        double distance = 0;
        for (int i = 0; i < n; i++) {
            distance = Math.max(
                    distance, Math.max(Math.abs(drawn[i] - i / (double) n), Math.abs(drawn[i] - (i + 1) / (double) n)));
        }
        // Kolmogorov and Smirnov: 1.63 / sqrt(n) is exceeded by an even distribution once in a hundred times.
        assertThat(distance)
                .as("distance from the even distribution, seed %d", seed)
                .isLessThan(1.63 / Math.sqrt(n));
    }

    @Test
    void neverRetriesAtOnce() {
        for (FailureKind kind : FailureKind.values()) {
            assertThat(delay(kind, 1, Duration.ZERO, drawing(0))).isGreaterThanOrEqualTo(MINIMUM);
        }
    }

    private static Duration slow(Duration before, double drawn) {
        return POLICY.delay(
                new ReconnectPolicy.Outage(99, Duration.ofHours(1), failure(FailureKind.MQTT_BAD_CREDENTIALS), before),
                SETTINGS,
                drawing(drawn));
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "50, 60", "15000, 60", "60000, 120", "120000, 240", "960000, 1800", "1980000, 1800"})
    void doublesTheSlowWaitsHoweverLongTheOutageWasBefore(long millisBefore, long seconds) {
        assertThat(slow(Duration.ofMillis(millisBefore), 0.5)).hasSeconds(seconds);
    }

    @Test
    void spreadsWhatCannotBeMendedByATenth() {
        assertThat(slow(Duration.ZERO, 0)).hasSeconds(54);
        assertThat(slow(Duration.ZERO, 0.999_999)).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(66));
    }

    @Test
    void isAPureFunction() {
        assertThat(delay(FailureKind.TCP_REFUSED, 5, Duration.ZERO, new Random(3)))
                .isEqualTo(delay(FailureKind.TCP_REFUSED, 5, Duration.ZERO, new Random(3)));
    }
}
