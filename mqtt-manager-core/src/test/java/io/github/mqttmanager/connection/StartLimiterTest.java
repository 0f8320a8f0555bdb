package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartLimiterTest {
    private final ManualTime time = new ManualTime();
    private final List<Long> starts = new ArrayList<>();
    private final List<String> owners = new ArrayList<>();

    private void turn(StartLimiter limiter, String owner) {
        limiter.turn(owner, () -> {
            starts.add(time.getAsLong());
            owners.add(owner);
        });
    }

    private int mostInAnySecond() {
        int most = 0;
        int from = 0;
        for (int to = 0; to < starts.size(); to++) {
            while (starts.get(to) - starts.get(from) >= 1_000_000_000L) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    @Test
    void theFirstStartsAtOnce() {
        turn(new StartLimiter(500, time, time), "a");
        assertThat(starts).hasSize(1);
        assertThat(time.scheduled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50, 500, 5_000})
    void noSecondSeesMoreThanTheLimitAndATenth(int limit) {
        long seed = 5;
        Random random = new Random(seed);
        StartLimiter limiter = new StartLimiter(limit, time, time);
        time.advance(Duration.ofHours(1));
        int asked = 0;
        for (int i = 0; i < 200; i++) {
            int n = random.nextInt(limit / 5 + 2);
            for (int j = 0; j < n; j++) {
                turn(limiter, "owner " + random.nextInt(3));
            }
            asked += n;
            time.advance(Duration.ofMillis(random.nextInt(100)));
        }
        time.advance(Duration.ofMinutes(2));

        assertThat(starts).as("everybody gets a turn").hasSize(asked);
        assertThat(mostInAnySecond()).as("seed %d", seed).isLessThanOrEqualTo((int) (limit * 1.1) + 1);
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void aLongQueueIsServedAtTheFullRate() {
        StartLimiter limiter = new StartLimiter(500, time, time);
        for (int i = 0; i < 5_000; i++) {
            turn(limiter, "a");
        }
        time.advance(Duration.ofSeconds(10));

        assertThat(starts).hasSizeBetween(4_900, 5_000);
    }

    @Test
    void anOwnerWithThousandsDoesNotKeepAnotherWaiting() {
        StartLimiter limiter = new StartLimiter(100, time, time);
        for (int i = 0; i < 2_000; i++) {
            turn(limiter, "big");
        }
        for (int i = 0; i < 10; i++) {
            turn(limiter, "small");
        }
        time.advance(Duration.ofMillis(250));

        assertThat(owners.stream().filter("small"::equals)).hasSize(10);
        List<String> contended = owners.subList(owners.indexOf("small"), owners.lastIndexOf("small") + 1);
        assertThat(contended).as("in turn").hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void eachOwnersTurnsKeepTheirOrder() {
        StartLimiter limiter = new StartLimiter(100, time, time);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int n = i;
            limiter.turn("a", () -> order.add(n));
            turn(limiter, "b");
        }
        time.advance(Duration.ofSeconds(5));

        assertThat(order).isSorted().hasSize(50);
    }

    @Test
    void aStartMayAskForAnotherTurn() {
        StartLimiter limiter = new StartLimiter(10, time, time);
        limiter.turn("a", () -> turn(limiter, "a"));
        time.advance(Duration.ofSeconds(1));

        assertThat(starts).hasSize(1);
    }
}
