package io.github.mqttmanager.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManualTimeTest {
    private final ManualTime time = new ManualTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsNothingUntilItIsMoved() {
        time.execute(() -> ran.add("now"));
        time.schedule(() -> ran.add("later"), 1, TimeUnit.SECONDS);

        assertThat(ran).isEmpty();
        time.runDue();
        assertThat(ran).containsExactly("now");
        assertThat(time.untilNext()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void runsTasksInTheOrderOfTheirTimeAndEachAtItsTime() {
        Instant start = time.instant();
        long nanos = time.getAsLong();
        time.schedule(() -> ran.add("3 at " + Duration.between(start, time.instant())), 3, TimeUnit.SECONDS);
        time.schedule(
                () -> {
                    ran.add("1 at " + Duration.ofNanos(time.getAsLong() - nanos));
                    time.schedule(
                            () -> ran.add("2 at " + Duration.between(start, time.instant())), 1, TimeUnit.SECONDS);
                },
                1,
                TimeUnit.SECONDS);

        time.advance(Duration.ofSeconds(5));

        assertThat(ran).containsExactly("1 at PT1S", "2 at PT2S", "3 at PT3S");
        assertThat(time.instant()).isEqualTo(start.plusSeconds(5));
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void forgetsWhatIsCancelled() {
        time.schedule(() -> ran.add("never"), 1, TimeUnit.SECONDS).cancel(false);

        assertThat(time.scheduled()).isZero();
        time.advance(Duration.ofSeconds(2));
        assertThat(ran).isEmpty();
    }

    @Test
    void repeatsUntilCancelled() {
        var every = time.scheduleWithFixedDelay(() -> ran.add("tick"), 1, 2, TimeUnit.SECONDS);

        time.advance(Duration.ofSeconds(6));
        assertThat(ran).hasSize(3);
        every.cancel(false);
        time.advance(Duration.ofSeconds(6));
        assertThat(ran).hasSize(3);
    }

    @Test
    void handsWhatATaskThrowsToTheTest() {
        time.execute(() -> {
            throw new IllegalStateException("x");
        });
        assertThatThrownBy(time::runDue).hasRootCauseMessage("x");
    }

    @Test
    void refusesTasksOnceShutDown() {
        time.shutdown();
        assertThatThrownBy(() -> time.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
