package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboundTest {
    private static final BrokerId BROKER = BrokerId.of("b");
    private static final MqttLink.Granted EVERYTHING =
            ScriptedLink.granted(false, 65_535, QoS.EXACTLY_ONCE, true, true);

    /** Only the part of a link that publishes. */
    private static final class Client implements MqttLink {
        record Given(OutboundPublish message, CompletableFuture<Integer> answer) {}

        final List<Given> given = new ArrayList<>();
        Function<OutboundPublish, CompletableFuture<Integer>> answers = message -> new CompletableFuture<>();

        @Override
        public CompletableFuture<Integer> publish(OutboundPublish message) {
            CompletableFuture<Integer> answer = answers.apply(message);
            given.add(new Given(message, answer));
            return answer;
        }

        List<String> topics() {
            return given.stream().map(g -> String.valueOf(g.message.topic())).toList();
        }

        CompletableFuture<Integer> answer(int index) {
            return given.get(index).answer;
        }

        void lose() {
            List.copyOf(given).forEach(g -> g.answer.completeExceptionally(new ScriptedLink.Gone()));
        }

        @Override
        public void open(Route route) {}

        @Override
        public CompletableFuture<List<SubscriptionStatus>> subscribe(List<TopicFilter> filters, QoS qos) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> unsubscribe(List<TopicFilter> filters) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> probe() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void hold(boolean held) {}

        @Override
        public @Nullable BrokerCertificate certificate() {
            return null;
        }

        @Override
        public void drop() {}

        @Override
        public void close(boolean endSession) {}
    }

    private final ManualTime time = new ManualTime();
    private Outbound outbound = outbound(OutboundLimits.DEFAULT);
    private final Client client = new Client();

    private Outbound outbound(OutboundLimits limits) {
        return new Outbound(BROKER, limits, new Lane("b", Runnable::run), time, time);
    }

    private static OutboundLimits limits(int count, long bytes, int window) {
        return new OutboundLimits(count, bytes, Duration.ofHours(1), window);
    }

    private CompletableFuture<PublishReceipt> publish(String topic) {
        return publish(topic, builder -> builder);
    }

    private CompletableFuture<PublishReceipt> publish(String topic, UnaryOperator<OutboundPublish.Builder> change) {
        CompletableFuture<PublishReceipt> outcome = outbound.accept(
                change.apply(OutboundPublish.builder().topic(topic)).build());
        assertAccounts();
        return outcome;
    }

    private void connect() {
        outbound.connected(client, EVERYTHING);
        assertAccounts();
    }

    private void assertAccounts() {
        TrafficCounters c = outbound.counters();
        assertThat(c.published() + c.failed() + c.expired() + c.queued() + c.inFlight())
                .as("%s", c)
                .isEqualTo(c.accepted());
    }

    private static @Nullable PublishFailure failureOf(CompletableFuture<?> outcome) {
        assertThat(outcome).isDone();
        return outcome.handle((ok, failure) -> failure instanceof PublishException e ? e.failure() : null)
                .join();
    }

    @Test
    void handsOverInOrderWhatWaited() {
        publish("1");
        publish("2");
        assertThat(client.given).isEmpty();
        connect();
        publish("3");

        assertThat(client.topics()).containsExactly("1", "2", "3");
    }

    @Test
    void givesAReceiptWhenTheBrokerHasAnswered() {
        connect();
        CompletableFuture<PublishReceipt> outcome = publish("t");
        assertThat(outcome).isNotDone();
        time.advance(Duration.ofSeconds(3));
        client.answer(0).complete(0x10);

        PublishReceipt receipt = outcome.join();
        assertThat(receipt.broker()).isEqualTo(BROKER);
        assertThat(receipt.topic().value()).isEqualTo("t");
        assertThat(receipt.reasonCode()).isEqualTo(0x10);
        assertThat(receipt.acknowledgedAt()).isEqualTo(time.instant());
        assertThat(outbound.lastAcknowledgedAt()).isEqualTo(time.instant());
        assertThat(outbound.counters().published()).isEqualTo(1);
        assertAccounts();
    }

    @Test
    void failsAtOnceWhatShallNotWait() {
        assertThat(failureOf(publish("t", b -> b.whenDisconnected(WhenDisconnected.FAIL))))
                .isEqualTo(PublishFailure.NOT_CONNECTED);
        connect();
        publish("t", b -> b.whenDisconnected(WhenDisconnected.FAIL));
        assertThat(client.given).hasSize(1);
    }

    @Test
    void failsWhatShallNotWaitWhenTheConnectionIsLost() {
        outbound = outbound(limits(10, 1_000, 1));
        connect();
        publish("1");
        CompletableFuture<PublishReceipt> impatient = publish("2", b -> b.whenDisconnected(WhenDisconnected.FAIL));
        CompletableFuture<PublishReceipt> patient = publish("3");
        outbound.disconnected();

        assertThat(failureOf(impatient)).isEqualTo(PublishFailure.NOT_CONNECTED);
        assertThat(patient).isNotDone();
        assertAccounts();
    }

    @Test
    void takesNoMoreThanTheCount() {
        outbound = outbound(limits(3, 1_000, 10));
        for (int i = 0; i < 3; i++) {
            publish("t");
        }
        assertThat(failureOf(publish("t"))).isEqualTo(PublishFailure.QUEUE_FULL);
        connect();
        publish("t");
        assertThat(client.given).hasSize(4);
    }

    @Test
    void takesNoMoreThanTheBytesOfPayloadAndTopic() {
        outbound = outbound(limits(100, 20, 1));
        CompletableFuture<PublishReceipt> first = publish("tü", b -> b.payload(new byte[7]));
        publish("tü", b -> b.payload(new byte[7]));
        assertThat(failureOf(publish("t"))).isEqualTo(PublishFailure.QUEUE_FULL);
        first.cancel(false);
        publish("t");
        connect();
        client.given.get(0).answer.complete(0);
        assertThat(client.given).hasSize(2);
        assertThat(failureOf(publish("t", b -> b.payload(new byte[20])))).isEqualTo(PublishFailure.QUEUE_FULL);
    }

    @Test
    void whatIsHandedOverMakesRoom() {
        outbound = outbound(limits(2, 10, 100));
        connect();
        for (int i = 0; i < 20; i++) {
            assertThat(publish("t", b -> b.payload(new byte[6]))).isNotDone();
        }
        assertThat(client.given).hasSize(20);
        outbound.disconnected();
        client.lose();
        assertThat(failureOf(publish("t"))).isEqualTo(PublishFailure.QUEUE_FULL);
    }

    @Test
    void keepsToTheSmallerOfBothWindows() {
        outbound = outbound(limits(100, 10_000, 5));
        outbound.connected(client, ScriptedLink.granted(false, 3, QoS.EXACTLY_ONCE, true, true));
        for (int i = 0; i < 10; i++) {
            publish("" + i);
        }
        assertThat(client.given).hasSize(3);
        client.answer(1).complete(0);
        assertThat(client.topics()).containsExactly("0", "1", "2", "3");

        outbound.disconnected();
        outbound.connected(client, ScriptedLink.granted(true, 100, QoS.EXACTLY_ONCE, true, true));
        assertThat(client.given).as("what the client still has counts").hasSize(6);
    }

    @Test
    void countsTheExpiryDownUntilHandOver() {
        publish("t", b -> b.expiry(Duration.ofSeconds(10)));
        time.advance(Duration.ofMillis(2_500));
        connect();

        assertThat(client.given.get(0).message.properties().expiry()).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void keepsEverythingElseOfAMessageThatHasAnExpiry() {
        publish(
                "t",
                b -> b.expiry(Duration.ofSeconds(10))
                        .payload("text")
                        .retain(true)
                        .qos(QoS.EXACTLY_ONCE)
                        .contentType("c")
                        .userProperty("a", "b")
                        .correlationData(new byte[] {1}));
        connect();

        OutboundPublish sent = client.given.get(0).message;
        assertThat(sent.retain()).isTrue();
        assertThat(sent.qos()).isEqualTo(QoS.EXACTLY_ONCE);
        assertThat(sent.properties().text()).isTrue();
        assertThat(sent.properties().contentType()).isEqualTo("c");
        assertThat(sent.properties().userProperties()).hasSize(1);
        assertThat(sent.properties().correlationData()).isNotNull();
        assertThat(sent.payload().remaining()).isEqualTo(4);
    }

    @Test
    void neverHandsOverWhatHasExpired() {
        CompletableFuture<PublishReceipt> outcome = publish("t", b -> b.expiry(Duration.ofSeconds(10)));
        CompletableFuture<PublishReceipt> fresh = publish("u", b -> b.expiry(Duration.ofSeconds(11)));
        time.advance(Duration.ofSeconds(10));
        connect();

        assertThat(failureOf(outcome)).isEqualTo(PublishFailure.EXPIRED);
        assertThat(client.topics()).containsExactly("u");
        assertThat(client.given.get(0).message.properties().expiry()).isEqualTo(Duration.ofSeconds(1));
        assertThat(fresh).isNotDone();
        assertAccounts();
    }

    @Test
    void theQueueHasALimitOfAgeOfItsOwn() {
        CompletableFuture<PublishReceipt> outcome = publish("t");
        time.advance(Duration.ofHours(1));
        outbound.sweep();
        assertThat(outcome).isNotDone();
        time.advance(Duration.ofMillis(1));
        outbound.sweep();

        assertThat(failureOf(outcome)).isEqualTo(PublishFailure.EXPIRED);
        assertThat(outbound.counters().expired()).isEqualTo(1);
        assertAccounts();
    }

    @Test
    void takesBackWhatIsCancelledBeforeHandOver() {
        CompletableFuture<PublishReceipt> cancelled = publish("1");
        publish("2");
        cancelled.cancel(false);
        assertAccounts();
        connect();

        assertThat(client.topics()).containsExactly("2");
        assertThat(outbound.counters().failed()).isEqualTo(1);
    }

    @Test
    void aCancelledMessageThatWasHandedOverIsStillCounted() {
        connect();
        CompletableFuture<PublishReceipt> outcome = publish("1");
        outcome.cancel(false);
        assertThat(outbound.counters().inFlight()).isEqualTo(1);
        client.answer(0).complete(0);

        assertThat(outbound.counters().published()).isEqualTo(1);
        assertAccounts();
    }

    @Test
    void sendsAgainInOrderWhatHasAnUnknownOutcome() {
        connect();
        publish("1");
        publish("2");
        publish("3");
        client.answer(1).complete(0);
        outbound.disconnected();
        publish("4");
        client.lose();
        assertThat(client.given).hasSize(3);
        connect();

        assertThat(client.topics()).containsExactly("1", "2", "3", "1", "3", "4");
        assertAccounts();
    }

    @Test
    void sendsAgainByTheNextClientWhatTheLastOneLeftUnanswered() {
        connect();
        CompletableFuture<PublishReceipt> first = publish("1");
        CompletableFuture<PublishReceipt> atMostOnce = publish("2", b -> b.qos(QoS.AT_MOST_ONCE));
        CompletableFuture<PublishReceipt> cancelled = publish("3");
        publish("4");
        cancelled.cancel(false);
        outbound.disconnected();
        outbound.clientEnded();
        assertAccounts();
        assertThat(failureOf(atMostOnce)).isEqualTo(PublishFailure.CLOSED);

        Client next = new Client();
        outbound.connected(next, EVERYTHING);
        assertThat(next.topics()).containsExactly("1", "4");
        client.lose();
        client.answer(0).complete(0);
        assertThat(next.topics()).as("the old client's answers count no more").hasSize(2);
        assertThat(first).isNotDone();
        next.answer(0).complete(0);
        assertThat(first).isCompleted();
        assertAccounts();
    }

    @Test
    void doesNotRepeatWhatMayArriveAtMostOnce() {
        connect();
        CompletableFuture<PublishReceipt> outcome = publish("1", b -> b.qos(QoS.AT_MOST_ONCE));
        client.lose();

        assertThat(failureOf(outcome)).isEqualTo(PublishFailure.NOT_CONNECTED);
        assertThat(client.given).hasSize(1);
        assertAccounts();
    }

    @Test
    void tellsARefusalByTheBrokerFromOneByTheClient() {
        connect();
        CompletableFuture<PublishReceipt> byBroker = publish("1");
        CompletableFuture<PublishReceipt> byClient = publish("2");
        client.answer(0).completeExceptionally(new MqttLink.RefusedPublish(0x87, "refused with 0x87"));
        client.answer(1).completeExceptionally(new MqttLink.RefusedPublish(null, "is too large"));

        assertThat(failureOf(byBroker)).isEqualTo(PublishFailure.REFUSED);
        assertThat(failureOf(byClient)).isEqualTo(PublishFailure.NOT_SENDABLE);
        assertThat(client.given).hasSize(2);
        assertAccounts();
    }

    @Test
    void whatTheClientCannotEvenTakeFailsInsteadOfBeingTriedForEver() {
        int[] calls = {0};
        client.answers = message -> {
            if (calls[0]++ > 100) {
                throw new AssertionError("tried again and again");
            }
            throw new NullPointerException("x");
        };
        connect();

        assertThat(failureOf(publish("1"))).isEqualTo(PublishFailure.NOT_SENDABLE);
        assertThat(calls[0]).isEqualTo(1);
        assertAccounts();
    }

    @Test
    void refusesWhatTheBrokerCannotTake() {
        outbound.connected(client, ScriptedLink.granted(false, 10, QoS.AT_LEAST_ONCE, false, true));

        assertThat(failureOf(publish("t", b -> b.qos(QoS.EXACTLY_ONCE)))).isEqualTo(PublishFailure.NOT_SENDABLE);
        assertThat(failureOf(publish("t", b -> b.retain(true)))).isEqualTo(PublishFailure.NOT_SENDABLE);
        publish("t");
        assertThat(client.given).hasSize(1);
    }

    @Test
    void refusesExactlyOnceInASessionOfAnEarlierProcess() {
        outbound.connected(client, ScriptedLink.granted(true, 10, QoS.EXACTLY_ONCE, true, false));
        assertThat(failureOf(publish("t", b -> b.qos(QoS.EXACTLY_ONCE)))).isEqualTo(PublishFailure.UNSAFE_QOS_2);
        publish("t", b -> b.qos(QoS.AT_LEAST_ONCE));
        assertThat(client.given).hasSize(1);

        outbound.disconnected();
        outbound.connected(client, ScriptedLink.granted(true, 10, QoS.EXACTLY_ONCE, true, true));
        publish("t", b -> b.qos(QoS.EXACTLY_ONCE));
        assertThat(client.given).as("resumed, but opened here").hasSize(2);
    }

    @Test
    void failsEverythingWhenClosedAndTakesNothingMore() {
        outbound = outbound(limits(10, 1_000, 1));
        connect();
        CompletableFuture<PublishReceipt> inFlight = publish("1");
        CompletableFuture<PublishReceipt> queued = publish("2");
        outbound.close();

        assertThat(failureOf(inFlight)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(queued)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(publish("3"))).isEqualTo(PublishFailure.CLOSED);
        client.answer(0).complete(0);
        assertThat(outbound.counters().published()).isZero();
        assertAccounts();
    }

    @Test
    void theAccountsBalanceAfterWhateverHappened() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            outbound = outbound(limits(8, 60, 1 + random.nextInt(4)));
            List<CompletableFuture<PublishReceipt>> outcomes = new ArrayList<>();
            Client current = new Client();
            for (int step = 0; step < 100; step++) {
                int index = current.given.isEmpty() ? -1 : random.nextInt(current.given.size());
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 ->
                        outcomes.add(outbound.accept(OutboundPublish.builder()
                                .topic("t")
                                .payload(new byte[random.nextInt(20)])
                                .qos(QoS.of(random.nextInt(3)))
                                .retain(random.nextInt(5) == 0)
                                .expiry(random.nextBoolean() ? null : Duration.ofSeconds(1 + random.nextInt(5)))
                                .whenDisconnected(random.nextBoolean() ? WhenDisconnected.FAIL : WhenDisconnected.QUEUE)
                                .build()));
                    case 4 ->
                        outbound.connected(
                                current,
                                ScriptedLink.granted(
                                        random.nextBoolean(),
                                        1 + random.nextInt(4),
                                        QoS.of(random.nextInt(3)),
                                        random.nextBoolean(),
                                        random.nextBoolean()));
                    case 5 -> outbound.disconnected();
                    case 6 -> {
                        outbound.disconnected();
                        outbound.clientEnded();
                        current.lose();
                        current = new Client();
                    }
                    case 7 -> time.advance(Duration.ofMillis(random.nextInt(3_000)));
                    case 8 -> outbound.sweep();
                    case 9 -> {
                        if (!outcomes.isEmpty()) {
                            outcomes.get(random.nextInt(outcomes.size())).cancel(false);
                        }
                    }
                    case 10 -> {
                        if (index >= 0) {
                            current.answer(index).complete(0);
                        }
                    }
                    default -> {
                        if (index >= 0 && random.nextBoolean()) {
                            current.answer(index).completeExceptionally(new MqttLink.RefusedPublish(0x97, "no"));
                        }
                    }
                }
                balanced(seed, step);
            }
            outbound.close();
            balanced(seed, 100);
            assertThat(outcomes)
                    .as("seed %d: no caller is left without a word", seed)
                    .allMatch(CompletableFuture::isDone);
            TrafficCounters c = outbound.counters();
            assertThat(c.queued() + c.inFlight()).isZero();
            assertThat(c.accepted()).isEqualTo(outcomes.size());
        }
    }

    private void balanced(long seed, int step) {
        TrafficCounters c = outbound.counters();
        if (c.published() + c.failed() + c.expired() + c.queued() + c.inFlight() != c.accepted()
                || c.queued() > 8 + 4
                || c.inFlight() > 4) {
            fail("seed %d, step %d: %s", seed, step, c);
        }
    }
}
