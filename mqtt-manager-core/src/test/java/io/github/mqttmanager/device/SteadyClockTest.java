package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration YEAR = Duration.ofDays(365);

    private final SteadyClock clock = new SteadyClock(START, -7);

    /** What it says so many seconds after the start, while the wall clock is off by so much. */
    private Instant at(long seconds, Duration off) {
        return clock.at(START.plusSeconds(seconds).plus(off), TimeUnit.SECONDS.toNanos(seconds) - 7);
    }

    private static Instant right(long seconds) {
        return START.plusSeconds(seconds);
    }

    @Test
    void isTheWallClockWhereThatGoesOnSteadily() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(at(i, Duration.ZERO)).isEqualTo(right(i));
        }
    }

    @Test
    void followsAClockThatIsSlowlySetRight() {
        for (int i = 0; i < 10_000; i++) {
            Duration off = Duration.ofMillis(5L * i);
            assertThat(at(i, off)).isEqualTo(right(i).plus(off));
        }
    }

    @Test
    void aJumpAheadOrBackThatDoesNotLastIsNotSeen() {
        for (Duration jump : new Duration[] {YEAR, YEAR.negated(), Duration.ofSeconds(11)}) {
            assertThat(at(0, Duration.ZERO)).isEqualTo(right(0));
            for (int i = 1; i < 590; i++) {
                assertThat(at(i, jump)).isEqualTo(right(i));
            }
            assertThat(at(591, Duration.ZERO)).isEqualTo(right(591));
            assertThat(at(592, jump)).isEqualTo(right(592));
            assertThat(at(1_000, Duration.ZERO)).isEqualTo(right(1_000));
            assertThat(at(0, Duration.ZERO)).isEqualTo(right(0));
        }
    }

    @Test
    void aClockThatWasSetIsFollowedInTheEnd() {
        at(1, YEAR);
        assertThat(at(600, YEAR)).isEqualTo(right(600));
        assertThat(at(601, YEAR)).isEqualTo(right(601).plus(YEAR));
        at(602, Duration.ZERO);
        assertThat(at(1_201, Duration.ZERO)).isEqualTo(right(1_201).plus(YEAR));
        assertThat(at(1_202, Duration.ZERO)).isEqualTo(right(1_202));
    }

    @Test
    void aClockThatKeepsJumpingIsNotFollowed() {
        for (int i = 1; i < 5_000; i++) {
            assertThat(at(i, Duration.ofHours(i))).isEqualTo(right(i));
        }
    }
}
