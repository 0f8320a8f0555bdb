package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartLimiterTest {
    private final ManualTime time = new ManualTime();
    private final List<Long> starts = new ArrayList<>();
    private final List<String> owners = new ArrayList<>();

    private StartLimiter.Turn turn(StartLimiter limiter, String owner) {
        return limiter.turn(owner, false, () -> {
            starts.add(time.getAsLong());
            owners.add(owner);
        });
    }

    /** The most in any span of that length, wherever it begins. */
    private int mostIn(Duration span) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < starts.size(); to++) {
            while (starts.get(to) - starts.get(from) >= span.toNanos()) {
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
    @ValueSource(ints = {1, 7, 10, 15, 50, 499, 500, 5_000})
    void noSecondSeesMoreThanTheLimitWhereverItBegins(int limit) {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            starts.clear();
            StartLimiter limiter = new StartLimiter(limit, time, time);
            time.advance(Duration.ofHours(1));
            int asked = 0;
            // Crowds, trickles and pauses.
            for (int i = 0; i < 100; i++) {
                int n = random.nextInt(10) == 0 ? random.nextInt(limit + 2) : random.nextInt(limit / 10 + 2);
                for (int j = 0; j < n; j++) {
                    turn(limiter, "owner " + random.nextInt(3));
                }
                asked += n;
                time.advance(Duration.ofNanos((long) (random.nextDouble() * random.nextInt(200) * 1e6)));
            }
            time.advance(Duration.ofMinutes(10));

            assertThat(starts).as("everybody gets a turn, seed %d", seed).hasSize(asked);
            assertThat(mostIn(Duration.ofSeconds(1))).as("seed %d", seed).isLessThanOrEqualTo(limit);
            assertThat(mostIn(Duration.ofMillis(90)))
                    .as("nor more than a tenth at once, seed %d", seed)
                    .isLessThanOrEqualTo((limit + 9) / 10);
            assertThat(time.scheduled()).isZero();
        }
    }

    @Test
    void aLongQueueIsServedAtTheFullRate() {
        StartLimiter limiter = new StartLimiter(500, time, time);
        for (int i = 0; i < 5_000; i++) {
            turn(limiter, "a");
        }
        time.advance(Duration.ofMillis(10_500));

        assertThat(starts).hasSize(5_000);
        assertThat(mostIn(Duration.ofSeconds(1))).isEqualTo(500);
    }

    @Test
    void aTimerThatIsLateDelaysItOnlyALittle() {
        // Each time it wakes 8 ms late.
        ManualTime late = new ManualTime() {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                return super.schedule(task, unit.toNanos(delay) + 8_000_000, TimeUnit.NANOSECONDS);
            }
        };
        StartLimiter limiter = new StartLimiter(500, late, late);
        for (int i = 0; i < 5_000; i++) {
            limiter.turn("a", false, () -> starts.add(late.getAsLong()));
        }
        late.advance(Duration.ofMillis(10_500));

        assertThat(starts).hasSize(5_000);
        assertThat(mostIn(Duration.ofSeconds(1))).isLessThanOrEqualTo(500);
    }

    @Test
    void whoWaitsKnowsHisPosition() {
        StartLimiter limiter = new StartLimiter(10, time, time);
        assertThat(turn(limiter, "a").position()).as("started").isEmpty();
        List<StartLimiter.Turn> turns = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            turns.add(turn(limiter, "a"));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(turns.get(i).position()).hasValue(i + 1);
        }
        time.advance(Duration.ofMillis(1_050));
        assertThat(turns.get(9).position()).isEmpty();
        assertThat(turns.get(99).position()).hasValue(90);

        // Another owner comes in between; one who gives up makes place.
        StartLimiter.Turn other = turn(limiter, "b");
        assertThat(other.position().getAsInt()).isLessThanOrEqualTo(2);
        assertThat(turns.get(99).position()).hasValue(91);
        for (int i = 20; i < 60; i++) {
            turns.get(i).cancel();
        }
        assertThat(turns.get(99).position()).hasValue(51);
        assertThat(turns.get(30).position()).isEmpty();
    }

    @Test
    void thePositionIsNeverTooSmallAndShrinksToOne() {
        StartLimiter limiter = new StartLimiter(10, time, time);
        Random random = new Random(3);
        List<StartLimiter.Turn> turns = new ArrayList<>();
        List<Integer> told = new ArrayList<>();
        List<Integer> startedAs = new ArrayList<>();
        int[] count = {0};
        for (int i = 0; i < 1_000; i++) {
            int n = i;
            startedAs.add(0);
            turns.add(limiter.turn("owner " + random.nextInt(1 + random.nextInt(20)), random.nextBoolean(), () -> {
                startedAs.set(n, ++count[0]);
            }));
        }
        int before = count[0];
        turns.forEach(turn -> told.add(turn.position().orElse(0)));
        time.advance(Duration.ofMinutes(2));
        for (int i = 0; i < 1_000; i++) {
            int really = startedAs.get(i) - before;
            if (really > 0) {
                assertThat(told.get(i)).isBetween(really, really + 20);
            }
        }
    }

    @Test
    void aTurnThatIsTakenBackCostsNothing() {
        StartLimiter limiter = new StartLimiter(10, time, time);
        List<StartLimiter.Turn> turns = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            turns.add(turn(limiter, "owner " + i % 7));
        }
        turns.subList(1, 999).forEach(StartLimiter.Turn::cancel);
        turns.subList(1, 999).forEach(StartLimiter.Turn::cancel);
        turns.get(0).cancel();
        time.advance(Duration.ofMillis(100));

        assertThat(starts).as("the first, and the last after it").hasSize(2);
        assertThat(time.scheduled()).isZero();
        assertThat(turn(limiter, "owner 1").position()).hasValue(1);
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
    void retriesGoAfterWhatIsTriedForTheFirstTime() {
        StartLimiter limiter = new StartLimiter(100, time, time);
        List<String> order = new ArrayList<>();
        List<StartLimiter.Turn> retries = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            retries.add(limiter.turn("a", true, () -> order.add("retry")));
        }
        StartLimiter.Turn fresh = limiter.turn("a", false, () -> order.add("fresh"));
        StartLimiter.Turn second = limiter.turn("a", false, () -> order.add("fresh"));

        assertThat(fresh.position()).hasValue(1);
        assertThat(second.position()).hasValue(2);
        assertThat(retries.get(order.size()).position())
                .as("the first of those that wait")
                .hasValue(3);
        int before = order.size();
        time.advance(Duration.ofMillis(200));
        assertThat(order.subList(before, before + 3)).containsExactly("fresh", "fresh", "retry");

        time.advance(Duration.ofSeconds(60));
        assertThat(order).as("nobody is forgotten").hasSize(4_002);
    }

    @Test
    void anotherOwnersRetriesHaveTheirTurn() {
        StartLimiter limiter = new StartLimiter(10, time, time);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            limiter.turn("busy", false, () -> order.add("busy"));
        }
        limiter.turn("small", true, () -> order.add("small"));
        time.advance(Duration.ofMillis(300));

        assertThat(order).contains("small");
    }

    @Test
    void eachOwnersTurnsKeepTheirOrder() {
        StartLimiter limiter = new StartLimiter(100, time, time);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int n = i;
            limiter.turn("a", false, () -> order.add(n));
            turn(limiter, "b");
        }
        time.advance(Duration.ofSeconds(5));

        assertThat(order).isSorted().hasSize(50);
    }

    @Test
    void aStartMayAskForAnotherTurn() {
        StartLimiter limiter = new StartLimiter(10, time, time);
        limiter.turn("a", false, () -> turn(limiter, "a"));
        time.advance(Duration.ofSeconds(1));

        assertThat(starts).hasSize(1);
    }

    private StartLimiter.Turn[] turnThatBeginsLater(StartLimiter limiter, Duration after) {
        StartLimiter.Turn[] turn = new StartLimiter.Turn[1];
        turn[0] = limiter.turnToBegin(
                "",
                false,
                () -> time.schedule(
                        () -> {
                            starts.add(time.getAsLong());
                            turn[0].begin();
                        },
                        after.toNanos(),
                        TimeUnit.NANOSECONDS));
        return turn;
    }

    /** On its way through lanes and event loops a start is delayed, and others catch up with it. */
    @Test
    void whatBeginsLaterThanItWasLetGoCountsWhenItBegins() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            starts.clear();
            StartLimiter limiter = new StartLimiter(100, time, time);
            time.advance(Duration.ofHours(1));
            for (int i = 0; i < 500; i++) {
                // Now and then everything stands still, and then happens at once.
                long stall = random.nextInt(50) == 0 ? 900 : random.nextInt(30);
                turnThatBeginsLater(limiter, Duration.ofMillis(stall));
            }
            time.advance(Duration.ofMinutes(1));
            assertThat(starts).as("seed %d", seed).hasSize(500);
            assertThat(mostIn(Duration.ofSeconds(1))).as("seed %d", seed).isLessThanOrEqualTo(100);
            assertThat(time.scheduled()).isZero();
        }
    }

    @Test
    void whoCancelsAfterItWasLetGoMakesRoom() {
        StartLimiter limiter = new StartLimiter(1, time, time);
        StartLimiter.Turn given = limiter.turnToBegin("", false, () -> {});
        turn(limiter, "a");
        time.advance(Duration.ofMillis(500));
        assertThat(starts).isEmpty();
        given.cancel();
        given.cancel();
        assertThat(starts).hasSize(1);
    }

    @Test
    void whoNeverTellsHoldsUpNobodyForLong() {
        StartLimiter limiter = new StartLimiter(1, time, time);
        limiter.turnToBegin("", false, () -> {});
        turn(limiter, "a");
        time.advance(Duration.ofSeconds(4));
        assertThat(starts).hasSize(1);
    }
}
