package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class DeviceLanesTest {
    private final ManualTime time = new ManualTime();
    /** Handlers run when the test lets them. */
    private final ManualTime threads = new ManualTime();

    private final List<String> called = new ArrayList<>();
    private final List<String> handled = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> overdue = new ArrayList<>();
    private final List<String> dead = new ArrayList<>();
    private AsyncDeviceMessageHandler handler = (device, publish) -> null;
    private HandlerSettings settings = HandlerSettings.of((device, publish) -> {
                called.add(device.topicName() + ":" + publish.payloadText());
                return handler.handle(device, publish);
            })
            .withRetries(Duration.ofSeconds(1), Duration.ofSeconds(5));
    private DeviceLanes lanes = new DeviceLanes(settings, threads, time, time);

    private void settings(HandlerSettings changed) {
        settings = changed;
        lanes = new DeviceLanes(changed, threads, time, time);
    }

    private DeviceLanes.Added add(String device, String text) {
        InboundPublish publish = new InboundPublish(
                BrokerId.of("b"),
                TopicName.of("t"),
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                QoS.AT_LEAST_ONCE,
                false,
                time.instant(),
                PublishProperties.NONE);
        return lanes.add(Device.builder(device, "b").build(), publish, new DeviceLanes.Outcome() {
            @Override
            public void handled() {
                handled.add(device + ":" + text);
            }

            @Override
            public void duplicate() {
                duplicates.add(device + ":" + text);
            }

            @Override
            public void failing(Throwable failure) {
                failures.add(device + ":" + text + " " + failure.getMessage());
            }

            @Override
            public void overdue(boolean is) {
                overdue.add(device + ":" + text + " " + is);
            }
        });
    }

    private void advance(Duration by) {
        time.advance(by);
        threads.runDue();
    }

    @Test
    void nothingIsHandledOnTheThreadThatDelivers() {
        add("a", "1");
        assertThat(called).isEmpty();
        assertThat(lanes.waiting()).isEqualTo(1);
        threads.runDue();
        assertThat(handled).containsExactly("a:1");
        assertThat(lanes.waiting()).isZero();
        advance(Duration.ofSeconds(1));
        assertThat(time.scheduled()).as("nobody looks for what is not there").isZero();
    }

    @Test
    void keepsTheOrderOfEachDevice() {
        for (int i = 0; i < 100; i++) {
            add("d" + i % 3, "" + i);
        }
        threads.runDue();

        assertThat(handled).hasSize(100);
        for (int d = 0; d < 3; d++) {
            String device = "d" + d + ":";
            assertThat(handled.stream().filter(h -> h.startsWith(device)).map(h -> Integer.parseInt(h.substring(3))))
                    .isSorted();
        }
    }

    @Test
    void othersProceedWhileOneHangs() {
        Map<String, CompletableFuture<Void>> stages = new HashMap<>();
        handler = (device, publish) -> stages.computeIfAbsent(device.topicName(), d -> new CompletableFuture<>());
        stages.put("fine", CompletableFuture.completedFuture(null));
        add("hangs", "1");
        add("hangs", "2");
        add("fine", "1");
        add("fine", "2");
        threads.runDue();
        advance(Duration.ofHours(1));

        assertThat(handled).containsExactly("fine:1", "fine:2");
        assertThat(called).as("nothing new begins in its lane").doesNotContain("hangs:2");
        stages.get("hangs").complete(null);
        threads.runDue();
        assertThat(handled).endsWith("hangs:1", "hangs:2");
    }

    @Test
    void acknowledgesWhenTheStageCompletesAndNotBefore() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        handler = (device, publish) -> stage;
        add("a", "1");
        threads.runDue();
        assertThat(handled).isEmpty();
        stage.complete(null);
        assertThat(handled).containsExactly("a:1");
    }

    @Test
    void triesAgainWithGrowingDelaysForAsLongAsItTakes() {
        List<Long> at = new ArrayList<>();
        long begun = time.getAsLong();
        handler = (device, publish) -> {
            at.add(Duration.ofNanos(time.getAsLong() - begun).toSeconds());
            if (at.size() < 8) {
                throw new IllegalStateException("x");
            }
            return null;
        };
        add("a", "1");
        add("a", "2");
        threads.runDue();
        for (int i = 0; i < 60; i++) {
            advance(Duration.ofSeconds(1));
        }

        assertThat(at.subList(0, 8)).containsExactly(0L, 1L, 3L, 7L, 12L, 17L, 22L, 27L);
        assertThat(handled).containsExactly("a:1", "a:2");
        assertThat(called.indexOf("a:2")).as("the next one waits").isEqualTo(8);
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void survivesWhateverAHandlerThrowsOrReturns() {
        List<AsyncDeviceMessageHandler> failing = new ArrayList<>(List.of(
                (device, publish) -> {
                    throw new StackOverflowError();
                },
                (device, publish) -> {
                    throw new Exception("checked");
                },
                (device, publish) -> CompletableFuture.failedFuture(new AssertionError("x")),
                (device, publish) -> new CompletableFuture<Void>() {
                    @Override
                    public CompletableFuture<Void> whenComplete(BiConsumer<? super Void, ? super Throwable> action) {
                        throw new UnsupportedOperationException("a stage of its own kind");
                    }
                }));
        handler = (device, publish) ->
                failing.isEmpty() ? null : failing.remove(0).handle(device, publish);
        add("a", "1");
        add("a", "2");
        threads.runDue();
        for (int i = 0; i < 20; i++) {
            advance(Duration.ofSeconds(1));
        }

        assertThat(called).hasSize(6);
        assertThat(handled).containsExactly("a:1", "a:2");
        assertThat(lanes.waiting()).isZero();
    }

    @Test
    void aLaneGoesOnWhenAcknowledgingFails() {
        lanes.add(
                Device.builder("a", "b").build(),
                new InboundPublish(
                        BrokerId.of("b"),
                        TopicName.of("t"),
                        ByteBuffer.allocate(0),
                        QoS.AT_LEAST_ONCE,
                        false,
                        time.instant(),
                        PublishProperties.NONE),
                new DeviceLanes.Outcome() {
                    @Override
                    public void handled() {
                        throw new IllegalStateException("the client is gone");
                    }

                    @Override
                    public void duplicate() {}

                    @Override
                    public void failing(Throwable failure) {}

                    @Override
                    public void overdue(boolean is) {}
                });
        add("a", "2");
        threads.runDue();

        assertThat(handled).containsExactly("a:2");
    }

    private void withDeadLetters(DeadLetterHandler deadLetters, int attempts) {
        settings(settings.withDeadLetters(deadLetters, attempts));
    }

    @Test
    void givesUpToTheDeadLettersAfterTheAttempts() {
        handler = (device, publish) -> {
            if (publish.payloadText().equals("poison")) {
                throw new IllegalStateException("boom");
            }
            return null;
        };
        withDeadLetters(
                (device, publish, attempts, failure) ->
                        dead.add(publish.payloadText() + " " + attempts + " " + failure.getMessage()),
                3);
        add("a", "poison");
        add("a", "2");
        threads.runDue();
        for (int i = 0; i < 10; i++) {
            advance(Duration.ofSeconds(1));
        }

        assertThat(called).containsExactly("a:poison", "a:poison", "a:poison", "a:2");
        assertThat(dead).containsExactly("poison 3 boom");
        assertThat(handled).containsExactly("a:poison", "a:2");
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void keepsWhatEvenTheDeadLettersFailOn() {
        boolean[] broken = {true};
        handler = (device, publish) -> {
            throw new IllegalStateException("boom");
        };
        withDeadLetters(
                (device, publish, attempts, failure) -> {
                    dead.add("" + attempts);
                    if (broken[0]) {
                        throw new AssertionError("no room");
                    }
                },
                2);
        add("a", "1");
        threads.runDue();
        for (int i = 0; i < 30; i++) {
            advance(Duration.ofSeconds(1));
        }
        assertThat(handled).isEmpty();
        assertThat(dead).hasSizeGreaterThan(3).startsWith("2", "3", "4");
        broken[0] = false;
        for (int i = 0; i < 10; i++) {
            advance(Duration.ofSeconds(1));
        }
        assertThat(handled).containsExactly("a:1");
    }

    @Test
    void beginsNothingOnceClosedButLetsEndWhatRuns() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        handler = (device, publish) -> stage;
        add("a", "1");
        threads.runDue();
        add("a", "2");
        add("b", "1");
        lanes.close();
        threads.runDue();
        stage.complete(null);
        threads.runDue();
        advance(Duration.ofMinutes(1));

        assertThat(called).containsExactly("a:1");
        assertThat(handled).containsExactly("a:1");
    }

    @Test
    void standsThreadsThatTakeNothingMore() {
        handler = (device, publish) -> {
            throw new IllegalStateException("x");
        };
        add("a", "1");
        threads.runDue();
        threads.shutdown();
        add("b", "1");
        time.advance(Duration.ofMinutes(1));

        assertThat(called).containsExactly("a:1");
        assertThat(handled).isEmpty();
    }

    @Test
    void whatWaitsCanBeTakenBackAndWhatHasBegunCannot() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        handler = (device, publish) -> stage;
        DeviceLanes.Added first = add("a", "1");
        threads.runDue();
        DeviceLanes.Added second = add("a", "2");
        add("a", "3");
        DeviceLanes.Added unbegun = add("b", "1");

        assertThat(first.withdraw()).isFalse();
        assertThat(second.withdraw()).isTrue();
        assertThat(second.withdraw()).isFalse();
        assertThat(unbegun.withdraw()).isTrue();
        assertThat(lanes.waiting()).isEqualTo(2);
        stage.complete(null);
        threads.runDue();
        assertThat(handled).containsExactly("a:1", "a:3");
        assertThat(called).doesNotContain("b:1");
        add("b", "2");
        threads.runDue();
        assertThat(handled).as("the lane of b works on").endsWith("b:2");
    }

    @Test
    void whatFailsIsNotTakenBackForItHasBegun() {
        handler = (device, publish) -> {
            throw new IllegalStateException("x");
        };
        DeviceLanes.Added failing = add("a", "1");
        threads.runDue();
        assertThat(failing.withdraw()).isFalse();
        assertThat(failures).containsExactly("a:1 x");
    }

    @Test
    void tellsWhenAHandlerIsOverdueAndWhenItReturnsAfterAll() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        handler = (device, publish) -> device.topicName().equals("hangs") ? stage : null;
        add("hangs", "1");
        add("fine", "1");
        threads.runDue();
        advance(Duration.ofSeconds(29));
        assertThat(overdue).isEmpty();
        advance(Duration.ofSeconds(2));
        assertThat(overdue).containsExactly("hangs:1 true");
        advance(Duration.ofMinutes(5));
        assertThat(overdue).as("once").hasSize(1);

        stage.completeExceptionally(new IllegalStateException("late"));
        assertThat(overdue).containsExactly("hangs:1 true", "hangs:1 false");
        assertThat(failures).containsExactly("hangs:1 late");
    }

    @Test
    void looksAgainForHandlersThatTakeTooLongAfterAQuietTime() {
        add("a", "1");
        threads.runDue();
        advance(Duration.ofMinutes(1));
        assertThat(time.scheduled()).isZero();
        handler = (device, publish) -> new CompletableFuture<>();
        add("a", "2");
        threads.runDue();
        advance(Duration.ofSeconds(31));
        assertThat(overdue).containsExactly("a:2 true");
    }

    /** Completing twice is against the rules of stages; a lane that believed it would call two handlers of one device at once. */
    @Test
    void aStageThatCompletesTwiceCountsOnce() {
        List<BiConsumer<? super Void, ? super Throwable>> told = new ArrayList<>();
        handler = (device, publish) -> publish.payloadText().equals("1")
                ? new CompletableFuture<Void>() {
                    @Override
                    public CompletableFuture<Void> whenComplete(BiConsumer<? super Void, ? super Throwable> action) {
                        told.add(action);
                        return this;
                    }
                }
                : new CompletableFuture<>();
        add("a", "1");
        add("a", "2");
        add("a", "3");
        threads.runDue();
        told.get(0).accept(null, null);
        told.get(0).accept(null, null);
        told.get(0).accept(null, new IllegalStateException("after all"));
        threads.runDue();

        assertThat(handled).containsExactly("a:1");
        assertThat(called).containsExactly("a:1", "a:2");
        assertThat(failures).isEmpty();
        assertThat(lanes.waiting()).isEqualTo(2);
    }

    @Test
    void aStageThatTellsAndThenThrowsCountsOnce() {
        handler = (device, publish) -> new CompletableFuture<Void>() {
            @Override
            public CompletableFuture<Void> whenComplete(BiConsumer<? super Void, ? super Throwable> action) {
                action.accept(null, null);
                throw new NoClassDefFoundError("on purpose");
            }
        };
        add("a", "1");
        add("a", "2");
        threads.runDue();
        assertThat(handled).containsExactly("a:1", "a:2");
        assertThat(failures).isEmpty();
    }

    @Test
    void aDuplicateWithinTheWindowIsNotHandledAgain() {
        settings(settings.withDeduplication(new HandlerSettings.Deduplication(
                publish -> publish.payloadText().startsWith("?") ? null : publish.payloadText(),
                Duration.ofMinutes(1))));
        boolean[] broken = {true};
        handler = (device, publish) -> {
            if (broken[0]) {
                throw new IllegalStateException("x");
            }
            return null;
        };
        add("a", "1");
        threads.runDue();
        broken[0] = false;
        advance(Duration.ofSeconds(1));
        assertThat(handled).as("a failure is not remembered").containsExactly("a:1");

        add("a", "1");
        add("b", "1");
        add("a", "?");
        add("a", "?");
        threads.runDue();
        assertThat(duplicates).containsExactly("a:1");
        assertThat(handled).containsExactlyInAnyOrder("a:1", "b:1", "a:?", "a:?");
        advance(Duration.ofMinutes(1));
        add("a", "1");
        threads.runDue();
        assertThat(duplicates).hasSize(1);
        assertThat(lanes.waiting()).isZero();
    }

    @Test
    void tellsWhenNothingRunsAnyMoreAndAcknowledgesNothingOnceAbandoned() {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        handler = (device, publish) -> stage;
        add("a", "1");
        add("b", "1");
        threads.runDue();
        CompletableFuture<Void> idle = lanes.close();
        assertThat(idle).isNotDone();
        lanes.abandon();
        stage.complete(null);
        assertThat(idle).isDone();
        assertThat(handled)
                .as("what returns after the deadline may not have done its work")
                .isEmpty();
        assertThat(new DeviceLanes(settings, threads, time, time).close()).isDone();
    }

    /** One in a hundred throws, of all kinds; each of the others is handled once, and each that threw as well in the end. */
    @Test
    void randomFailuresStopNothing() {
        Random random = new Random(4);
        int messages = 100_000;
        Map<String, Integer> next = new HashMap<>();
        long[] thrown = {0};
        handler = (device, publish) -> {
            if (random.nextInt(100) == 0) {
                thrown[0]++;
                switch (random.nextInt(5)) {
                    case 0 -> throw new StackOverflowError();
                    case 1 -> throw new NoClassDefFoundError("on purpose");
                    case 2 -> throw new Exception("checked");
                    case 3 -> {
                        return CompletableFuture.failedFuture(new IllegalStateException("x"));
                    }
                    default -> throw new IllegalStateException("x");
                }
            }
            int number = Integer.parseInt(publish.payloadText());
            assertThat(number)
                    .as("the order of " + device.id())
                    .isEqualTo(next.merge(device.topicName(), 1, Integer::sum));
            return random.nextBoolean() ? null : CompletableFuture.completedFuture(null);
        };
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < messages; i++) {
            String device = "d" + random.nextInt(500);
            add(device, "" + last.merge(device, 1, Integer::sum));
            called.clear();
            if (i % 1_000 == 0) {
                threads.runDue();
            }
        }
        for (int i = 0; i < 100 && handled.size() < messages; i++) {
            advance(Duration.ofSeconds(5));
        }

        assertThat(handled).hasSize(messages).doesNotHaveDuplicates();
        assertThat(failures).hasSize((int) thrown[0]);
        assertThat(thrown[0]).isGreaterThan(500);
        assertThat(lanes.waiting()).isZero();
        advance(Duration.ofSeconds(5));
        assertThat(time.scheduled()).isZero();
    }
}
