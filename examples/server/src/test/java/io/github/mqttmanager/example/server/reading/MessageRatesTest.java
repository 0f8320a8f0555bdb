package io.github.mqttmanager.example.server.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MessageRatesTest {
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private final MessageRates rates = new MessageRates(10, 50, new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    private int admitted(String owner, int of) {
        int admitted = 0;
        for (int i = 0; i < of; i++) {
            admitted += rates.admits(owner) ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void whatWasNotUsedUpIsSavedUpToABound() {
        assertThat(admitted("1", 60)).isEqualTo(50);
        now = now.plusSeconds(3);
        assertThat(admitted("1", 60)).isEqualTo(30);
        now = now.plusSeconds(3_600);
        assertThat(admitted("1", 60)).isEqualTo(50);
    }

    @Test
    void refusedMessagesAreCountedByOwner() {
        admitted("1", 60);
        admitted("2", 50);
        assertThat(rates.refused("1")).hasValue(new MessageRates.Refused(10, now));
        assertThat(rates.refused("2")).isEmpty();
    }

    @Test
    void aClockThatIsSetBackTakesNothingAway() {
        admitted("1", 20);
        now = now.minusSeconds(3_600);
        assertThat(admitted("1", 60)).isEqualTo(30);
        now = now.plusSeconds(1);
        assertThat(admitted("1", 60)).isEqualTo(10);
    }
}
