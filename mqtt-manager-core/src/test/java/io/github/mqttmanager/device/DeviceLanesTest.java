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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DeviceLanesTest {
    private final ManualTime time = new ManualTime();
    /** Handlers run when the test lets them. */
    private final ManualTime threads = new ManualTime();

    private final List<String> called = new ArrayList<>();
    private final List<String> handled = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final List<String> dead = new ArrayList<>();
    private AsyncDeviceMessageHandler handler = (device, publish) -> null;
    private HandlerSettings settings = HandlerSettings.of((device, publish) -> {
                called.add(device.topicName() + ":" + publish.payloadText());
                return handler.handle(device, publish);
            })
            .withRetries(Duration.ofSeconds(1), Duration.ofSeconds(5));
    private DeviceLanes lanes = new DeviceLanes(settings, threads, time);

    private void settings(HandlerSettings changed) {
        settings = changed;
        lanes = new DeviceLanes(changed, threads, time);
    }

    private void add(String device, String text) {
        add(device, text, QoS.AT_LEAST_ONCE);
    }

    private void add(String device, String text, QoS qos) {
        InboundPublish publish = new InboundPublish(
                BrokerId.of("b"),
                TopicName.of("t"),
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                qos,
                false,
                time.instant(),
                PublishProperties.NONE);
        lanes.add(Device.builder(device, "b").build(), publish, new DeviceLanes.Outcome() {
            @Override
            public void handled() {
                handled.add(device + ":" + text);
            }

            @Override
            public void dropped() {
                dropped.add(device + ":" + text);
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
        assertThat(time.scheduled()).as("the watch is taken away").isZero();
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
                    public CompletableFuture<Void> whenComplete(
                            java.util.function.BiConsumer<? super Void, ? super Throwable> action) {
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
                    public void dropped() {}
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
    void dropsAtMostOnceMessagesBeyondTheBoundAndNoOthers() {
        HandlerSettings s = settings;
        settings(new HandlerSettings(s.handler(), null, 5, s.firstRetry(), s.maxRetry(), s.deadline(), 3));
        for (int i = 0; i < 5; i++) {
            add("a", "q0-" + i, QoS.AT_MOST_ONCE);
        }
        add("a", "q1", QoS.AT_LEAST_ONCE);
        add("b", "q2", QoS.EXACTLY_ONCE);
        assertThat(dropped).containsExactly("a:q0-3", "a:q0-4");
        threads.runDue();

        assertThat(handled).hasSize(5).contains("a:q1", "b:q2");
        add("a", "again", QoS.AT_MOST_ONCE);
        threads.runDue();
        assertThat(handled).contains("a:again");
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
}
