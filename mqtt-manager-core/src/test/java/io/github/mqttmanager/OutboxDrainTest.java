package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InMemoryOutbox;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxCounters;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The drain with brokers that answer as the test says, an outbox that can be away, and time that is moved by hand. */
class OutboxDrainTest {
    private static final BrokerId B = BrokerId.of("b");
    private static final BrokerId C = BrokerId.of("c");
    private static final TopicName TOPIC = TopicName.of("t");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final Store store = new Store();
    private final Brokers brokers = new Brokers();
    private final Heard heard = new Heard();
    private final OutboxDrain drain = new OutboxDrain(store, brokers, List.of(heard), time, time, time, time);

    /** Counts calls, and is away when told. */
    private static final class Store implements Outbox {
        final InMemoryOutbox kept = new InMemoryOutbox();
        final List<Integer> removals = new ArrayList<>();
        final Set<Long> uncommitted = new HashSet<>();
        boolean away;
        boolean full;
        int calls;
        int reads;

        private void check() {
            calls++;
            if (away) {
                throw new IllegalStateException("the store is away");
            }
        }

        @Override
        public OutboxEntry add(OutboxEntry entry) {
            return kept.add(entry);
        }

        @Override
        public List<OutboxEntry> next(BrokerId broker, int limit, long bytes) {
            check();
            reads++;
            return kept.next(broker, limit, bytes).stream()
                    .filter(entry -> !uncommitted.contains(entry.id()))
                    .toList();
        }

        @Override
        public void remove(Collection<Long> ids) {
            check();
            if (full) {
                throw new IllegalStateException("the store is full");
            }
            removals.add(ids.size());
            kept.remove(ids);
        }

        @Override
        public Map<BrokerId, OutboxDepth> depths() {
            check();
            return kept.depths();
        }

        @Override
        public long moveToBroker(BrokerId from, BrokerId to) {
            return kept.moveToBroker(from, to);
        }

        @Override
        public long deleteOfBroker(BrokerId broker) {
            return kept.deleteOfBroker(broker);
        }
    }

    private record Sent(BrokerId broker, OutboundPublish publish, CompletableFuture<PublishReceipt> answer) {
        String text() {
            byte[] bytes = new byte[publish.payload().remaining()];
            publish.payload().get(bytes);
            return new String(bytes);
        }
    }

    private final class Brokers implements OutboxDrain.Brokers {
        final Set<BrokerId> connected = new HashSet<>(Set.of(B, C));
        final Set<BrokerId> known = new HashSet<>(Set.of(B, C));
        final Map<String, Deque<PublishFailure>> refusals = new HashMap<>();
        final List<Sent> sent = new ArrayList<>();
        final Deque<Sent> open = new ArrayDeque<>();
        boolean silent;

        @Override
        public boolean isConnected(BrokerId broker) {
            return connected.contains(broker);
        }

        @Override
        public boolean exists(BrokerId broker) {
            return known.contains(broker);
        }

        @Override
        public CompletableFuture<PublishReceipt> publish(BrokerId broker, OutboundPublish publish) {
            Sent now = new Sent(broker, publish, new CompletableFuture<>());
            sent.add(now);
            Deque<PublishFailure> failures = refusals.get(now.text());
            PublishFailure failure = failures == null ? null : failures.poll();
            if (failure != null) {
                now.answer.completeExceptionally(new PublishException(failure, "as told"));
            } else if (silent) {
                open.add(now);
            } else {
                acknowledge(now);
            }
            return now.answer;
        }

        void refuse(String text, PublishFailure... failures) {
            refusals.put(text, new ArrayDeque<>(List.of(failures)));
        }

        void acknowledge(Sent one) {
            one.answer.complete(new PublishReceipt(one.broker, TOPIC, QoS.AT_LEAST_ONCE, 0, time.instant()));
        }

        void acknowledgeAll() {
            for (Sent one = open.poll(); one != null; one = open.poll()) {
                acknowledge(one);
            }
        }

        List<String> texts() {
            return sent.stream().map(Sent::text).toList();
        }
    }

    private static final class Heard implements OutboxListener {
        final List<String> all = new ArrayList<>();

        @Override
        public void sent(OutboxEntry entry, PublishReceipt receipt) {
            all.add("sent " + entry.id());
        }

        @Override
        public void failed(OutboxEntry entry, PublishException failure) {
            all.add("failed " + entry.id() + " " + failure.failure());
        }

        @Override
        public void expired(OutboxEntry entry) {
            all.add("expired " + entry.id());
        }
    }

    private long add(BrokerId broker, @Nullable String key, String text, @Nullable Duration expiry) {
        long id = store.add(OutboxEntry.of(
                        broker,
                        key,
                        OutboundPublish.builder()
                                .topic(TOPIC)
                                .payload(text)
                                .expiry(expiry)
                                .whenDisconnected(WhenDisconnected.FAIL)
                                .build(),
                        time.instant()))
                .id();
        drain.wake(broker);
        return id;
    }

    private long add(String key, String text) {
        return add(B, key, text, null);
    }

    private List<String> left() {
        return store.kept.next(B, 1_000_000, Long.MAX_VALUE).stream()
                .map(entry -> new Sent(B, entry.publish(), new CompletableFuture<>()).text())
                .toList();
    }

    private void run() {
        time.runDue();
    }

    @Test
    void whatIsCommittedIsSentInOrderAndRemovedWhenTheBrokerHasIt() {
        brokers.silent = true;
        add("d", "1");
        add("d", "2");
        add("e", "3");
        run();
        assertThat(brokers.texts()).containsExactly("1", "2", "3");
        assertThat(left()).containsExactly("1", "2", "3");
        brokers.acknowledgeAll();
        run();
        assertThat(left()).isEmpty();
        assertThat(heard.all).containsExactly("sent 1", "sent 2", "sent 3");
        time.advance(SECOND);
        assertThat(drain.depths()).isEmpty();
    }

    @Test
    void itWaitsForItsBroker() {
        brokers.connected.clear();
        add("d", "1");
        time.advance(Duration.ofMinutes(1));
        assertThat(brokers.sent).isEmpty();
        assertThat(drain.depths().get(B).count()).isEqualTo(1);
        brokers.connected.add(B);
        drain.wake(B);
        run();
        assertThat(brokers.texts()).containsExactly("1");
        assertThat(brokers.sent.get(0).publish().whenDisconnected()).isEqualTo(WhenDisconnected.QUEUE);
    }

    @Test
    void whatAnotherProcessAddedIsFoundByThePoll() {
        drain.start();
        time.advance(SECOND);
        store.add(OutboxEntry.of(B, null, OutboundPublish.of(TOPIC, "1"), time.instant()));
        time.advance(Duration.ofSeconds(6));
        assertThat(brokers.texts()).containsExactly("1");
    }

    @Test
    void anIdThatBecomesVisibleLateIsSentToo() {
        brokers.silent = true;
        store.uncommitted.add(add("d", "late"));
        add("d", "2");
        run();
        assertThat(brokers.texts()).containsExactly("2");
        store.uncommitted.clear();
        drain.wake(B);
        run();
        assertThat(brokers.texts()).containsExactly("2", "late");
    }

    @Test
    void anExpiredEntryIsNeverSentAndTold() {
        brokers.connected.clear();
        add(B, "d", "1", Duration.ofSeconds(10));
        add(B, "d", "2", Duration.ofSeconds(60));
        time.advance(Duration.ofSeconds(10));
        brokers.connected.add(B);
        drain.wake(B);
        run();
        assertThat(brokers.texts()).containsExactly("2");
        assertThat(brokers.sent.get(0).publish().properties().expiry()).isEqualTo(Duration.ofSeconds(50));
        assertThat(heard.all).containsExactly("expired 1", "sent 2");
        assertThat(drain.counters()).isEqualTo(new OutboxCounters(1, 0, 1));
        assertThat(left()).isEmpty();
    }

    @Test
    void anEntryThatExpiresInTheConnectionsQueueIsTold() {
        brokers.refuse("1", PublishFailure.EXPIRED);
        add(B, "d", "1", Duration.ofSeconds(2));
        run();
        // by the queue's own limit of age, for its time is not over: it is kept
        assertThat(left()).containsExactly("1");
        brokers.refuse("1", PublishFailure.EXPIRED, PublishFailure.EXPIRED);
        time.advance(Duration.ofSeconds(4));
        assertThat(heard.all).containsExactly("expired 1");
        assertThat(left()).isEmpty();
    }

    @Test
    void whatCanNeverBeSentIsRemovedAndTold() {
        int i = 0;
        for (PublishFailure failure :
                List.of(PublishFailure.REFUSED, PublishFailure.NOT_SENDABLE, PublishFailure.UNSAFE_QOS_2)) {
            brokers.refuse("bad" + i, failure);
            add("d", "bad" + i++);
        }
        add("d", "good");
        run();
        assertThat(heard.all)
                .containsExactly("failed 1 REFUSED", "failed 2 NOT_SENDABLE", "failed 3 UNSAFE_QOS_2", "sent 4");
        assertThat(drain.counters()).isEqualTo(new OutboxCounters(1, 3, 0));
        assertThat(left()).isEmpty();
    }

    @Test
    void anEntryThatIsTriedAgainHoldsBackLaterOnesOfItsKeyAndNoOthers() {
        brokers.refuse("d1", PublishFailure.QUEUE_FULL, PublishFailure.NOT_CONNECTED);
        add("d", "d1");
        add("d", "d2");
        add("e", "e1");
        add("d", "d3");
        run();
        assertThat(brokers.texts()).containsExactly("d1", "e1");
        assertThat(left()).containsExactly("d1", "d2", "d3");
        time.advance(Duration.ofSeconds(5));
        assertThat(brokers.texts()).containsExactly("d1", "e1", "d1", "d1", "d2", "d3");
        assertThat(left()).isEmpty();
        assertThat(heard.all).containsExactly("sent 3", "sent 1", "sent 2", "sent 4");
    }

    @Test
    void aKeyGoesOnOnlyWhenNothingLaterOfItIsUnderWay() {
        brokers.silent = true;
        add("d", "1");
        add("d", "2");
        run();
        Sent first = Objects.requireNonNull(brokers.open.poll());
        Sent second = Objects.requireNonNull(brokers.open.poll());
        first.answer.completeExceptionally(new PublishException(PublishFailure.CLOSED, "as told"));
        time.advance(Duration.ofSeconds(10));
        assertThat(brokers.texts()).containsExactly("1", "2");
        second.answer.completeExceptionally(new PublishException(PublishFailure.CLOSED, "as told"));
        time.advance(Duration.ofSeconds(10));
        assertThat(brokers.texts()).containsExactly("1", "2", "1", "2");
    }

    @Test
    void entriesWithoutAKeyDoNotWaitForEachOther() {
        brokers.refuse("1", PublishFailure.QUEUE_FULL);
        add(B, null, "1", null);
        add(B, null, "2", null);
        run();
        assertThat(left()).containsExactly("1");
        time.advance(Duration.ofSeconds(2));
        assertThat(brokers.texts()).containsExactly("1", "2", "1");
        assertThat(left()).isEmpty();
    }

    @Test
    void itDoesNotReadAllTheTimeWhileTheBrokersQueueIsFull() {
        String[] texts = IntStream.range(0, 50).mapToObj(String::valueOf).toArray(String[]::new);
        for (String text : texts) {
            brokers.refuse(
                    text,
                    IntStream.range(0, 1000)
                            .mapToObj(i -> PublishFailure.QUEUE_FULL)
                            .toArray(PublishFailure[]::new));
            add(B, null, text, null);
        }
        store.reads = 0;
        for (int i = 0; i < 1_000; i++) {
            drain.wake(B);
            time.advance(Duration.ofMillis(10));
        }
        assertThat(store.reads).isLessThan(100);
        brokers.refusals.clear();
        time.advance(Duration.ofSeconds(2));
        assertThat(left()).isEmpty();
    }

    @Test
    void whatWasDeletedWhileItWasUnderWayIsNotSentAgain() {
        brokers.silent = true;
        add("d", "1");
        run();
        store.deleteOfBroker(B);
        brokers.open.remove().answer.completeExceptionally(new PublishException(PublishFailure.CLOSED, "as told"));
        time.advance(Duration.ofMinutes(1));
        assertThat(brokers.texts()).containsExactly("1");
    }

    @Test
    void whatIsMovedToAnotherBrokerWhileItIsUnderWayIsSentThereInItsOrder() {
        brokers.silent = true;
        add("d", "1");
        run();
        add("d", "2");
        store.moveToBroker(B, C);
        brokers.known.remove(B);
        brokers.connected.remove(B);
        brokers.silent = false;
        brokers.open.remove().answer.completeExceptionally(new PublishException(PublishFailure.CLOSED, "as told"));
        drain.wake(C);
        time.advance(Duration.ofMinutes(1));
        assertThat(brokers.texts()).containsExactly("1", "1", "2");
        assertThat(store.depths()).isEmpty();
        assertThat(heard.all).noneMatch(news -> news.startsWith("failed"));
    }

    @Test
    void entriesOfABrokerThatDoesNotExistFail() {
        brokers.connected.remove(C);
        drain.start();
        add(C, "d", "1", null);
        time.advance(Duration.ofMinutes(1));
        assertThat(heard.all).isEmpty();
        brokers.known.remove(C);
        time.advance(Duration.ofSeconds(10));
        assertThat(heard.all).containsExactly("failed 1 UNKNOWN_BROKER");
        assertThat(brokers.sent).isEmpty();
        assertThat(store.depths()).isEmpty();
    }

    @Test
    void aStoreThatIsAwayIsAskedSeldomAndThenAgain() {
        brokers.silent = true;
        add("d", "1");
        run();
        store.away = true;
        brokers.acknowledgeAll();
        add("d", "2");
        store.calls = 0;
        time.advance(Duration.ofMinutes(10));
        assertThat(store.calls).isBetween(15, 40);
        assertThat(brokers.texts()).containsExactly("1");

        store.away = false;
        brokers.silent = false;
        time.advance(Duration.ofSeconds(31));
        // what was acknowledged is not sent again by this process
        assertThat(brokers.texts()).containsExactly("1", "2");
        assertThat(left()).isEmpty();
    }

    @Test
    void aFullStoreThatRemovesNothingDoesNotMakeItSendTwice() {
        store.full = true;
        add("d", "1");
        time.advance(Duration.ofMinutes(1));
        assertThat(brokers.texts()).containsExactly("1");
        assertThat(left()).containsExactly("1");
        store.full = false;
        time.advance(Duration.ofSeconds(31));
        assertThat(brokers.texts()).containsExactly("1");
        assertThat(left()).isEmpty();
    }

    @Test
    void whatIsInHandIsBoundedAndRemovedInBatches() {
        brokers.silent = true;
        for (int i = 0; i < 10_000; i++) {
            add("d" + i % 7, String.valueOf(i));
        }
        run();
        assertThat(brokers.open).hasSize(OutboxDrain.WINDOW);
        while (!brokers.open.isEmpty()) {
            brokers.acknowledgeAll();
            time.advance(Duration.ofMillis(60));
        }
        assertThat(brokers.texts())
                .isEqualTo(IntStream.range(0, 10_000).mapToObj(String::valueOf).toList());
        assertThat(left()).isEmpty();
        assertThat(store.removals.stream().mapToInt(Integer::intValue).sum()).isEqualTo(10_000);
        assertThat(store.removals).hasSizeLessThan(25);
    }

    @Test
    void bytesInHandAreBoundedToo() {
        brokers.silent = true;
        String large = "x".repeat(1024 * 1024);
        for (int i = 0; i < 20; i++) {
            add("d", large);
        }
        run();
        assertThat(brokers.open).hasSizeBetween(3, 8);
        while (!brokers.open.isEmpty()) {
            brokers.acknowledgeAll();
            time.advance(Duration.ofMillis(60));
        }
        assertThat(brokers.sent).hasSize(20);
    }

    @Test
    void aBrokerWithAHugeBacklogDoesNotHoldUpTheOthers() {
        for (int i = 0; i < 20_000; i++) {
            add("d", String.valueOf(i));
        }
        for (int i = 0; i < 10; i++) {
            add(C, "e", "c" + i, null);
        }
        run();
        assertThat(brokers.texts()).hasSize(20_010);
        assertThat(brokers.texts().lastIndexOf("c9")).isLessThan(2 * OutboxDrain.BATCH + 10);
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        OutboxListener bad = new OutboxListener() {
            @Override
            public void sent(OutboxEntry entry, PublishReceipt receipt) {
                throw new IllegalStateException("bad listener");
            }
        };
        OutboxDrain other = new OutboxDrain(store, brokers, List.of(bad, heard), time, time, time, time);
        store.add(OutboxEntry.of(B, null, OutboundPublish.of(TOPIC, "1"), time.instant()));
        other.wake(B);
        run();
        assertThat(heard.all).containsExactly("sent 1");
        assertThat(left()).isEmpty();
    }

    @Test
    void whenItIsStoppedEverythingUnsentStaysAndWhatWasSentGoes() {
        brokers.silent = true;
        add("d", "1");
        add("d", "2");
        run();
        drain.stop();
        add("d", "3");
        brokers.acknowledge(brokers.open.remove());
        brokers.open.remove().answer.completeExceptionally(new PublishException(PublishFailure.CLOSED, "as told"));
        time.advance(Duration.ofSeconds(10));
        assertThat(brokers.texts()).containsExactly("1", "2");
        assertThat(left()).containsExactly("1", "2", "3");
        drain.finish();
        assertThat(left()).containsExactly("2", "3");
    }
}
