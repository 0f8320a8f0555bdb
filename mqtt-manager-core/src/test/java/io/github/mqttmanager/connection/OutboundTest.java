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
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        final List<CompletableFuture<Void>> releases = new ArrayList<>();
        Releases exactlyOnce = Releases.NONE;
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
        public CompletableFuture<Void> release() {
            CompletableFuture<Void> released = new CompletableFuture<>();
            releases.add(released);
            return released;
        }

        @Override
        public Releases releases() {
            return exactlyOnce;
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
        return new Outbound(
                BROKER, limits, new OutboundBudget(limits.overallBytes()), new Lane("b", Runnable::run), time, time);
    }

    private static OutboundLimits limits(int count, long bytes, int window) {
        return OutboundLimits.DEFAULT.withQueue(count, bytes).withWindow(window);
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
        assertThat(c.published() + c.failed() + c.expired() + c.rejected() + c.queued() + c.inFlight())
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
        outbound = outbound(limits(2, 1_000, 100));
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

    private static final MqttLink.Granted OF_AN_EARLIER_PROCESS =
            ScriptedLink.granted(true, 10, QoS.EXACTLY_ONCE, true, false);

    private CompletableFuture<PublishReceipt> publishExactlyOnce(String topic) {
        return publish(topic, b -> b.qos(QoS.EXACTLY_ONCE));
    }

    @Test
    void completesTheExchangesOfAnEarlierProcessBeforeItsIdentifiersAreUsed() {
        outbound.connected(client, OF_AN_EARLIER_PROCESS);
        publish("1");
        publish("2");
        publishExactlyOnce("3");
        publish("4");
        assertThat(client.topics())
                .as("what follows waits, or the order would be lost")
                .containsExactly("1", "2");
        client.answer(1).complete(0);
        assertThat(client.releases).as("the identifier of 1 is in use").isEmpty();
        client.answer(0).complete(0);
        assertThat(client.releases).hasSize(1);
        publishExactlyOnce("5");
        assertThat(client.given).hasSize(2);

        client.releases.get(0).complete(null);
        assertThat(client.topics()).containsExactly("1", "2", "3", "4", "5");
        assertThat(client.releases).hasSize(1);
        assertAccounts();
    }

    @Test
    void refusesExactlyOnceIfTheBrokerDoesNotCompleteThem() {
        outbound.connected(client, OF_AN_EARLIER_PROCESS);
        CompletableFuture<PublishReceipt> unsafe = publishExactlyOnce("1");
        publish("2");
        client.releases.get(0).completeExceptionally(new MqttLink.NotReleased("it left PUBREL unanswered"));

        assertThat(failureOf(unsafe)).isEqualTo(PublishFailure.UNSAFE_QOS_2);
        assertThat(unsafe)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("left PUBREL unanswered");
        assertThat(client.topics()).containsExactly("2");
        outbound.disconnected();
        outbound.connected(client, OF_AN_EARLIER_PROCESS);
        assertThat(failureOf(publishExactlyOnce("3"))).as("it is remembered").isEqualTo(PublishFailure.UNSAFE_QOS_2);

        outbound.disconnected();
        outbound.connected(client, ScriptedLink.granted(true, 10, QoS.EXACTLY_ONCE, true, true));
        publishExactlyOnce("4");
        assertThat(client.topics()).as("resumed, but opened here").containsExactly("2", "4");
        assertAccounts();
    }

    @Test
    void aBrokerThatClosesInsteadOfCompletingThemIsAskedTwice() {
        CompletableFuture<PublishReceipt> unsafe = publishExactlyOnce("1");
        for (int i = 0; i < 2; i++) {
            outbound.connected(client, OF_AN_EARLIER_PROCESS);
            assertThat(client.releases).hasSize(i + 1);
            assertThat(unsafe).isNotDone();
            client.releases.get(i).completeExceptionally(new ScriptedLink.Gone());
            outbound.disconnected();
        }
        outbound.connected(client, OF_AN_EARLIER_PROCESS);

        assertThat(failureOf(unsafe)).isEqualTo(PublishFailure.UNSAFE_QOS_2);
        assertThat(client.releases).hasSize(2);
        outbound.disconnected();
        outbound.clientEnded();
        outbound.connected(client, OF_AN_EARLIER_PROCESS);
        publishExactlyOnce("2");
        assertThat(client.releases).as("another definition, another broker").hasSize(3);
    }

    // ---- answers that do not come

    @Test
    void anAnswerThatDoesNotComeInTimeIsTrouble() {
        connect();
        publish("1");
        time.advance(Duration.ofSeconds(29));
        assertThat(outbound.trouble()).isNull();
        time.advance(Duration.ofSeconds(1));
        assertThat(outbound.trouble()).contains("PUBLISH", "30 s");

        outbound.disconnected();
        assertThat(outbound.trouble()).isNull();
        connect();
        assertThat(outbound.trouble()).as("the client has sent it again").isNull();
        time.advance(Duration.ofSeconds(30));
        assertThat(outbound.trouble()).isNotNull();
        client.answer(0).complete(0);
        assertThat(outbound.trouble()).isNull();
        assertAccounts();
    }

    @Test
    void aSlowLinkIsNoTroubleAsLongAsAnswersCome() {
        connect();
        for (int i = 0; i < 10; i++) {
            publish("" + i);
        }
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(20));
            assertThat(outbound.trouble()).as("%d s", 20 * (i + 1)).isNull();
            client.answer(i).complete(0);
        }
        time.advance(Duration.ofHours(1));
        assertThat(outbound.trouble()).as("nothing is owed").isNull();
    }

    @Test
    void anAnswerThatOthersHaveOvertakenIsMissing() {
        connect();
        publish("swallowed");
        for (int i = 1; i <= 3; i++) {
            time.advance(Duration.ofSeconds(9));
            publish("" + i);
            client.answer(i).complete(0);
            assertThat(outbound.trouble()).isNull();
        }
        time.advance(Duration.ofSeconds(3));
        assertThat(outbound.trouble()).isNotNull();
    }

    @Test
    void whatIsWrittenAtMostOnceIsNoAnswer() {
        connect();
        publish("1");
        for (int i = 1; i <= 3; i++) {
            time.advance(Duration.ofSeconds(10));
            publish("" + i, b -> b.qos(QoS.AT_MOST_ONCE));
            client.answer(i).complete(0);
        }
        assertThat(outbound.trouble()).isNotNull();
    }

    @Test
    void aReleaseThatIsNotCompletedIsTrouble() {
        connect();
        publishExactlyOnce("1");
        client.exactlyOnce = new MqttLink.Releases(1, 0);
        client.answer(0).complete(0);
        assertThat(outbound.trouble()).isNull();
        time.advance(Duration.ofSeconds(29));
        assertThat(outbound.trouble()).isNull();
        client.exactlyOnce = new MqttLink.Releases(2, 1);
        assertThat(outbound.trouble()).isNull();
        time.advance(Duration.ofSeconds(30));
        assertThat(outbound.trouble()).contains("PUBREL");
        client.exactlyOnce = new MqttLink.Releases(2, 2);
        assertThat(outbound.trouble()).isNull();
    }

    @Test
    void aClientThatCannotTellIsGivenNothingMoreOnThisConnection() {
        connect();
        publish("1");
        publish("2");
        client.answer(0).completeExceptionally(new IllegalStateException("strange"));
        publish("3");
        assertThat(client.topics()).as("or it would be tried again and again").containsExactly("1", "2");
        assertThat(outbound.trouble()).contains("client");
        client.answer(1).complete(0);

        outbound.disconnected();
        connect();
        assertThat(client.topics()).containsExactly("1", "2", "1", "3");
        assertThat(outbound.trouble()).isNull();
        assertAccounts();
    }

    // ---- bounds

    @Test
    void allBrokersTogetherHaveABoundOfMemory() {
        OutboundBudget budget = new OutboundBudget(2_000);
        Lane lane = new Lane("b", Runnable::run);
        outbound = new Outbound(BROKER, OutboundLimits.DEFAULT, budget, lane, time, time);
        Outbound other = new Outbound(BrokerId.of("c"), OutboundLimits.DEFAULT, budget, lane, time, time);
        CompletableFuture<PublishReceipt> first = publish("t", b -> b.payload(new byte[1_000]));
        OutboundPublish big =
                OutboundPublish.builder().topic("t").payload(new byte[1_000]).build();

        assertThat(failureOf(other.accept(big))).isEqualTo(PublishFailure.QUEUE_FULL);
        assertThat(other.counters().rejected()).isEqualTo(1);
        connect();
        assertThat(failureOf(other.accept(big))).as("in flight counts").isEqualTo(PublishFailure.QUEUE_FULL);
        client.answer(0).complete(0);
        assertThat(first).isCompleted();
        assertThat(budget.taken()).isZero();
        CompletableFuture<PublishReceipt> second = other.accept(big);
        assertThat(second).isNotDone();
        second.cancel(false);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void noMoreBytesAreInFlightThanMayWait() {
        outbound = outbound(limits(100, 1_000, 10));
        connect();
        for (int i = 0; i < 5; i++) {
            publish("t", b -> b.payload(new byte[400]));
        }
        assertThat(client.given).hasSize(2);
        client.answer(0).complete(0);
        assertThat(client.given).hasSize(3);
    }

    @Test
    void aLongQueueIsSweptByWhatHasExpiredAndNotByItsLength() {
        outbound = outbound(limits(100_000, 100_000_000, 10));
        List<CompletableFuture<PublishReceipt>> brief = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            int n = i;
            CompletableFuture<PublishReceipt> outcome = outbound.accept(OutboundPublish.builder()
                    .topic("t")
                    .expiry(Duration.ofSeconds(n % 50 == 7 ? 5 : 500 + n % 100))
                    .build());
            if (n % 50 == 7) {
                brief.add(outcome);
            }
        }
        time.advance(Duration.ofSeconds(5));
        long began = System.nanoTime();
        outbound.sweep();
        for (int i = 0; i < 10_000; i++) {
            outbound.sweep(); // nothing to do
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));

        assertThat(brief).hasSize(1_000).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(outbound.counters().queued()).isEqualTo(49_000);
        assertAccounts();
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
            int[] latest = {-1};
            Set<Integer> seen = new HashSet<>();
            UnaryOperator<Client> watched = each -> {
                each.answers = message -> {
                    int number = Integer.parseInt(String.valueOf(message.topic()));
                    assertThat(seen.add(number) && number < latest[0])
                            .as("%d for the first time after %d", number, latest[0])
                            .isFalse();
                    latest[0] = Math.max(latest[0], number);
                    return new CompletableFuture<>();
                };
                return each;
            };
            watched.apply(current);
            for (int step = 0; step < 100; step++) {
                int index = current.given.isEmpty() ? -1 : random.nextInt(current.given.size());
                switch (random.nextInt(13)) {
                    case 0, 1, 2, 3 ->
                        outcomes.add(outbound.accept(OutboundPublish.builder()
                                .topic("" + outcomes.size())
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
                        current = watched.apply(new Client());
                    }
                    case 7 -> time.advance(Duration.ofMillis(random.nextInt(3_000)));
                    case 8 -> outbound.sweep();
                    case 9 -> {
                        if (!outcomes.isEmpty()) {
                            outcomes.get(random.nextInt(outcomes.size())).cancel(false);
                        }
                    }
                    case 11 -> {
                        if (!current.releases.isEmpty()) {
                            CompletableFuture<Void> release = current.releases.get(current.releases.size() - 1);
                            if (random.nextInt(4) == 0) {
                                release.completeExceptionally(new MqttLink.NotReleased("no"));
                            } else {
                                release.complete(null);
                            }
                        }
                    }
                    case 10 -> {
                        if (index >= 0) {
                            current.answer(index).complete(0);
                        }
                    }
                    default -> {
                        if (index >= 0 && random.nextBoolean()) {
                            current.answer(index)
                                    .completeExceptionally(
                                            random.nextBoolean()
                                                    ? new MqttLink.RefusedPublish(0x97, "no")
                                                    : new ScriptedLink.Gone());
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

    /** Somebody looks all the time, from another thread: the sums hold there, too, and what has ended never gets less. */
    @Test
    void theAccountsBalanceForWhoeverLooks() throws Exception {
        outbound = outbound(limits(50, 10_000, 10));
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Long> looks = CompletableFuture.supplyAsync(() -> {
            long count = 0;
            TrafficCounters before = TrafficCounters.ZERO;
            while (!over.get()) {
                TrafficCounters c = outbound.counters();
                assertThat(c.published() + c.failed() + c.expired() + c.rejected() + c.queued() + c.inFlight())
                        .as("%s", c)
                        .isEqualTo(c.accepted());
                assertThat(c.published()).isGreaterThanOrEqualTo(before.published());
                assertThat(c.failed()).isGreaterThanOrEqualTo(before.failed());
                assertThat(c.rejected()).isGreaterThanOrEqualTo(before.rejected());
                assertThat(c.accepted()).isGreaterThanOrEqualTo(before.accepted());
                before = c;
                count++;
                Thread.yield();
            }
            return count;
        });
        Random random = new Random(1);
        Client current = new Client();
        List<CompletableFuture<PublishReceipt>> outcomes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(8)) {
                case 0 -> outbound.connected(current, EVERYTHING);
                case 1 -> outbound.disconnected();
                case 2 -> {
                    if (!outcomes.isEmpty()) {
                        outcomes.get(random.nextInt(outcomes.size())).cancel(false);
                    }
                }
                case 3 -> List.copyOf(current.given).forEach(given -> given.answer.complete(0));
                default -> outcomes.add(outbound.accept(OutboundPublish.of(TopicName.of("t"), "x")));
            }
        }
        over.set(true);
        assertThat(looks.get(30, TimeUnit.SECONDS)).isPositive();
    }

    private void balanced(long seed, int step) {
        TrafficCounters c = outbound.counters();
        if (c.published() + c.failed() + c.expired() + c.rejected() + c.queued() + c.inFlight() != c.accepted()
                || c.queued() > 8 + 4
                || c.inFlight() > 4) {
            fail("seed %d, step %d: %s", seed, step, c);
        }
    }
}
