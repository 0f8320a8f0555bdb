package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final class Numbered extends TimerWheel.Entry {}

    private final TimerWheel<Numbered> wheel = new TimerWheel<>(8);
    private final List<Numbered> due = new ArrayList<>();

    private List<Numbered> advance(long to) {
        due.clear();
        wheel.advance(to, due::add);
        return due;
    }

    @Test
    void anEntryComesUpAtItsTickOnce() {
        Numbered entry = new Numbered();
        wheel.put(entry, 3);
        assertThat(wheel.isEmpty()).isFalse();
        assertThat(advance(2)).isEmpty();
        assertThat(advance(3)).containsExactly(entry);
        assertThat(wheel.isEmpty()).isTrue();
        assertThat(advance(100)).isEmpty();
    }

    @Test
    void anEntryThatIsTooFarAwayComesUpOnceARound() {
        Numbered entry = new Numbered();
        wheel.put(entry, 1_000);
        assertThat(advance(7)).isEmpty();
        assertThat(advance(8)).containsExactly(entry);
    }

    @Test
    void anEntryMovesForwardsOnlyAndCanBeTakenOut() {
        Numbered entry = new Numbered();
        wheel.put(entry, 5);
        wheel.put(entry, 7);
        wheel.put(entry, 2);
        assertThat(advance(2)).containsExactly(entry);
        wheel.put(entry, 4);
        wheel.remove(entry);
        wheel.remove(entry);
        assertThat(wheel.isEmpty()).isTrue();
        assertThat(advance(50)).isEmpty();
    }

    @Test
    void whatIsDueAlreadyComesUpNext() {
        Numbered entry = new Numbered();
        advance(20);
        wheel.put(entry, 3);
        assertThat(advance(20)).isEmpty();
        assertThat(advance(21)).containsExactly(entry);
    }

    @Test
    void doesWhatAMapWouldDo() {
        Random random = new Random(20_261_126);
        List<Numbered> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            entries.add(new Numbered());
        }
        Map<Numbered, Long> model = new HashMap<>();
        long tick = 0;
        for (int step = 0; step < 100_000; step++) {
            Numbered entry = entries.get(random.nextInt(entries.size()));
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long at = tick + random.nextInt(20) - 3;
                    wheel.put(entry, at);
                    model.merge(entry, Math.max(tick + 1, Math.min(at, tick + 8)), Math::min);
                }
                case 2 -> {
                    wheel.remove(entry);
                    model.remove(entry);
                }
                default -> {
                    tick += random.nextInt(50) == 0 ? random.nextInt(30) : random.nextInt(3);
                    long now = tick;
                    Set<Numbered> expected = new HashSet<>();
                    model.forEach((waiting, at) -> {
                        if (at <= now) {
                            expected.add(waiting);
                        }
                    });
                    model.keySet().removeAll(expected);
                    assertThat(advance(tick)).containsExactlyInAnyOrderElementsOf(expected);
                }
            }
            assertThat(wheel.isEmpty()).isEqualTo(model.isEmpty());
        }
    }
}
