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
import org.junit.jupiter.params.provider.EnumSource;

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

    @ParameterizedTest
    @EnumSource
    void triesWhatCannotBeMendedAtMostTenTimesAnHourAndWhatCanForEver(FailureKind kind) {
        Random random = new Random(7);
        Duration hour = Duration.ofHours(1);
        Duration elapsed = Duration.ZERO;
        int tries = 0;
        int inFirstHour = 0;
        while (elapsed.compareTo(Duration.ofDays(1)) < 0) {
            tries++;
            inFirstHour += elapsed.compareTo(hour) < 0 ? 1 : 0;
            elapsed = elapsed.plus(delay(kind, tries, elapsed, random));
        }
        if (kind.isRetryable()) {
            assertThat(inFirstHour).as("a broker that comes back is found soon").isGreaterThan(50);
        } else {
            assertThat(inFirstHour).isBetween(4, 10);
        }
        assertThat(tries).as("in a day: it never gives up").isGreaterThan(40);
    }

    @Test
    void spreadsWhatCannotBeMendedByATenth() {
        assertThat(delay(FailureKind.MQTT_BAD_CREDENTIALS, 1, Duration.ZERO, drawing(0)))
                .hasSeconds(54);
        assertThat(delay(FailureKind.MQTT_BAD_CREDENTIALS, 1, Duration.ZERO, drawing(0.999_999)))
                .isBetween(Duration.ofSeconds(65), Duration.ofSeconds(66));
        assertThat(delay(FailureKind.MQTT_BAD_CREDENTIALS, 99, Duration.ZERO, drawing(0.5)))
                .hasMinutes(30);
    }

    @Test
    void isAPureFunction() {
        assertThat(delay(FailureKind.TCP_REFUSED, 5, Duration.ZERO, new Random(3)))
                .isEqualTo(delay(FailureKind.TCP_REFUSED, 5, Duration.ZERO, new Random(3)));
    }
}
