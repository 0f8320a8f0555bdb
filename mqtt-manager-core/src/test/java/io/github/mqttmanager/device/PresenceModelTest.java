package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of messages, clock jumps, losses of the broker and of the store, against a model that remembers everything and looks it
 * up anew each second.
 */
class PresenceModelTest {
    private static final int HISTORIES = 150;
    private static final int SECONDS = 2_000;

    /** What happened to one device, in seconds since the beginning. */
    private static final class Model {
        final Device device;

        @Nullable
        Integer heard;

        @Nullable
        Presence said;

        boolean saidSinceLoss;

        @Nullable
        Instant seen;

        Model(Device device) {
            this.device = device;
        }

        Presence presence(int now, boolean up, int found) {
            int interval = (int) device.expectedInterval().toSeconds();
            if (!up) {
                return Presence.UNKNOWN;
            }
            if (said != null) {
                return saidSinceLoss || now - found >= 5 ? said : Presence.UNKNOWN;
            }
            if (heard == null) {
                return Presence.UNKNOWN;
            }
            if (2 * (now - heard) <= 3 * interval) {
                return Presence.ONLINE;
            }
            int missed = now - Math.max(heard, found);
            if (2 * missed <= 3 * interval) {
                return Presence.UNKNOWN;
            }
            return missed <= 3 * interval ? Presence.QUIET : Presence.OFFLINE;
        }
    }

    @Test
    void doesWhatTheModelDoes() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            history(new Random(seed), "seed " + seed);
        }
    }

    private static void history(Random random, String name) {
        PresenceHarness harness = new PresenceHarness();
        List<Model> models = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Device device = harness.device("d" + i).toBuilder()
                    .expectedInterval(Duration.ofSeconds(1 + random.nextInt(100)))
                    .version(2)
                    .build();
            harness.presences.put(device);
            models.add(new Model(device));
        }
        Map<DeviceId, Presence> told = new HashMap<>();
        boolean up = false;
        int found = 0;
        int jumpEnds = 0;
        for (int now = 0; now < SECONDS; now++) {
            // The far jumps are over before they would be believed, and far apart.
            if (now == jumpEnds) {
                boolean jump = harness.wallIsOff.isZero() && random.nextBoolean();
                harness.wallIsOff = jump ? Duration.ofDays(random.nextInt(2_000) - 1_000) : Duration.ZERO;
                jumpEnds = now + 1 + random.nextInt(500);
            }
            Model model = models.get(random.nextInt(models.size()));
            switch (random.nextInt(20)) {
                case 0 -> {
                    harness.says(model.device, "online", false);
                    model.said = Presence.ONLINE;
                    model.saidSinceLoss = true;
                    hear(model, harness, now);
                }
                case 1 -> {
                    harness.says(model.device, "online", true);
                    model.said = Presence.ONLINE;
                    model.saidSinceLoss = true;
                }
                case 2, 3 -> {
                    harness.says(model.device, "offline", random.nextBoolean());
                    model.said = Presence.OFFLINE;
                    model.saidSinceLoss = true;
                }
                case 4, 5 -> {
                    harness.publishes(model.device);
                    if (model.said == Presence.OFFLINE) {
                        model.said = null;
                    }
                    model.saidSinceLoss = true;
                    hear(model, harness, now);
                }
                case 6 -> harness.receive(model.device.id(), model.device.topicName() + "/t", "1", true);
                case 7 -> {
                    if (random.nextInt(4) == 0) {
                        up = !up;
                        harness.broker(up);
                        if (up) {
                            found = now;
                        } else {
                            models.forEach(one -> one.saidSinceLoss = false);
                        }
                    }
                }
                case 8 -> harness.broken = !harness.broken;
                case 9, 10 -> harness.write();
                default -> {
                    // only time passes
                }
            }
            for (Model one : models) {
                assertThat(harness.of(one.device)).as(name + " at " + now).isEqualTo(one.presence(now, up, found));
                assertThat(harness.presences.lastSeen(one.device.id())).isEqualTo(Optional.ofNullable(one.seen));
            }
            harness.passes(1);
            // What was to be told of this second has been told by the end of the next.
            for (PresenceHarness.Told event : harness.told) {
                assertThat(told.getOrDefault(event.device(), Presence.UNKNOWN)).isEqualTo(event.before());
                assertThat(event.now()).isNotEqualTo(event.before());
                told.put(event.device(), event.now());
            }
            harness.told.clear();
            for (Model one : models) {
                assertThat(told.getOrDefault(one.device.id(), Presence.UNKNOWN))
                        .as(name + " told by " + (now + 1))
                        .isIn(one.presence(now, up, found), one.presence(now + 1, up, found));
            }
        }
        harness.broken = false;
        harness.presences.writeAll();
        for (Model one : models) {
            assertThat(harness.stored.get(one.device.id())).isEqualTo(one.seen);
        }
    }

    private static void hear(Model model, PresenceHarness harness, int now) {
        model.heard = now;
        model.seen = harness.time.instant();
    }
}
