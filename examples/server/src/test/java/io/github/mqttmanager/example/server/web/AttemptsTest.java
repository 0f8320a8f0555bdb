package io.github.mqttmanager.example.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    /** Moved by hand. */
    private static final class HandClock extends Clock {
        private Instant now = Instant.parse("2026-11-23T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private final HandClock clock = new HandClock();
    private final Attempts attempts = new Attempts(3, Duration.ofSeconds(10), clock);

    @Test
    void triesAreUsedUpAndComeBack() {
        for (int i = 0; i < 3; i++) {
            assertThat(attempts.take("a")).isZero();
        }
        assertThat(attempts.take("a")).isEqualTo(Duration.ofSeconds(10));
        assertThat(attempts.take("b")).isZero();
        clock.now = clock.now.plusSeconds(6);
        assertThat(attempts.take("a")).isBetween(Duration.ofMillis(3999), Duration.ofMillis(4001));
        clock.now = clock.now.plusSeconds(5);
        assertThat(attempts.take("a")).isZero();
        assertThat(attempts.take("a")).isPositive();
        attempts.forget("a");
        assertThat(attempts.take("a")).isZero();
    }

    @Test
    void whatIsGivenBackIsNotLost() {
        for (int i = 0; i < 20; i++) {
            assertThat(attempts.take("a")).isZero();
            attempts.giveBack("a");
        }
        assertThat(attempts.size()).isZero();
    }

    @Test
    void aClockThatGoesBackGivesNothing() {
        for (int i = 0; i < 3; i++) {
            attempts.take("a");
        }
        clock.now = clock.now.minusSeconds(3600);
        assertThat(attempts.take("a")).isPositive();
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 50_000; i++) {
            attempts.take("key " + i);
        }
        assertThat(attempts.size()).isEqualTo(10_000);
    }
}
