package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link Outbox} must do. Extend it as {@link BrokerRepositoryContract}. One with transactions: {@link TransactionalOutboxContract}. */
@Timeout(60)
public abstract class OutboxContract {
    /** Of entries that are made here. */
    protected static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123456Z");

    /** No bound. */
    protected static final long ALL = Long.MAX_VALUE;

    private static final BrokerId ONE = BrokerId.of("one");
    private static final BrokerId TWO = BrokerId.of("two");

    /** An outbox that is empty. Called once in each test. */
    protected abstract Outbox outbox();

    /** An entry to be added. */
    protected static OutboxEntry entry(BrokerId broker, @Nullable String key, String payload) {
        return OutboxEntry.of(
                broker, key, OutboundPublish.of(TopicName.of("devices/" + key + "/commands"), payload), NOON);
    }

    /** The payloads of entries as text. */
    protected static List<String> texts(List<OutboxEntry> entries) {
        return entries.stream()
                .map(entry -> {
                    byte[] bytes = new byte[entry.payloadBytes()];
                    entry.publish().payload().get(bytes);
                    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
                })
                .toList();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        Outbox outbox = outbox();
        assertThat(outbox.next(ONE, 10, ALL)).isEmpty();
        assertThat(outbox.depths()).isEmpty();
        assertThat(outbox.deleteOfBroker(ONE)).isZero();
        assertThat(outbox.moveToBroker(ONE, TWO)).isZero();
        outbox.remove(List.of());
        outbox.remove(List.of(1L, 4_711L));
    }

    @Test
    void everyFieldSurvives() {
        Outbox outbox = outbox();
        Random random = new Random(20_261_126);
        List<OutboxEntry> added = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            OutboxEntry given = random(random);
            OutboxEntry kept = outbox.add(given);
            assertThat(kept).isEqualTo(given.withId(kept.id()));
            added.add(kept);
        }
        assertThat(outbox.next(ONE, 1_000, ALL)).isEqualTo(added);
    }

    private static OutboxEntry random(Random random) {
        OutboundPublish.Builder publish = OutboundPublish.builder()
                .topic("t/" + text(random, 1, 50).replaceAll("[+#\\p{Cntrl}]", "x"))
                .qos(QoS.of(random.nextInt(3)))
                .retain(random.nextBoolean());
        if (random.nextBoolean()) {
            publish.payload(text(random, 0, 200));
        } else {
            byte[] bytes = new byte[random.nextInt(2_000)];
            random.nextBytes(bytes);
            publish.payload(bytes);
        }
        if (random.nextBoolean()) {
            publish.expiry(Duration.ofSeconds(1 + random.nextInt(100_000_000)));
        }
        if (random.nextBoolean()) {
            publish.contentType(text(random, 0, 30));
        }
        if (random.nextBoolean()) {
            byte[] correlation = new byte[random.nextInt(40)];
            random.nextBytes(correlation);
            publish.responseTopic(TopicName.of("answers/" + random.nextInt())).correlationData(correlation);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            publish.userProperty(text(random, 0, 12), text(random, 0, 30));
        }
        return OutboxEntry.of(
                ONE,
                random.nextBoolean() ? null : text(random, 1, 64),
                publish.build(),
                NOON.plusNanos(random.nextInt()));
    }

    /** What is awkward in text columns, in lines and in statements. */
    private static String text(Random random, int least, int most) {
        String awkward = "aZ9 =\\\n\r\t:;,.'\"%_/äß漢\u200f";
        StringBuilder text = new StringBuilder();
        for (int i = least + random.nextInt(most - least + 1); i > 0; i--) {
            text.append(awkward.charAt(random.nextInt(awkward.length())));
        }
        return text.toString();
    }

    @Test
    void theLargestStringsAndPayloadsSurvive() {
        Outbox outbox = outbox();
        byte[] payload = new byte[1_048_576];
        new Random(1).nextBytes(payload);
        String longest = "x".repeat(65_535);
        OutboxEntry added = outbox.add(OutboxEntry.of(
                BrokerId.of("b".repeat(64)),
                "k".repeat(64),
                OutboundPublish.builder()
                        .topic(longest)
                        .payload(payload)
                        .contentType(longest)
                        .responseTopic(TopicName.of(longest))
                        .correlationData(new byte[65_535])
                        .userProperty(longest, "=".repeat(65_535))
                        .expiry(Duration.ofSeconds(0xFFFF_FFFFL))
                        .build(),
                NOON));
        assertThat(outbox.next(added.broker(), 1, ALL)).containsExactly(added);
    }

    @Test
    void anEntryIsAddedOnce() {
        Outbox outbox = outbox();
        OutboxEntry added = outbox.add(entry(ONE, "d", "1"));
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.add(added));
        assertThat(outbox.next(ONE, 10, ALL)).containsExactly(added);
    }

    @Test
    void entriesOfABrokerComeInTheOrderOfTheirIds() {
        Outbox outbox = outbox();
        List<OutboxEntry> added = IntStream.range(0, 321)
                .mapToObj(i -> outbox.add(entry(i % 3 == 0 ? TWO : ONE, "d" + i % 5, String.valueOf(i))))
                .toList();
        assertThat(added).extracting(OutboxEntry::id).isSorted().doesNotHaveDuplicates();
        for (BrokerId broker : List.of(ONE, TWO)) {
            List<OutboxEntry> of = added.stream()
                    .filter(entry -> entry.broker().equals(broker))
                    .toList();
            assertThat(outbox.next(broker, 10_000, ALL)).isEqualTo(of);
            assertThat(outbox.next(broker, of.size(), ALL)).isEqualTo(of);
            assertThat(outbox.next(broker, 7, ALL)).isEqualTo(of.subList(0, 7));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.next(ONE, 0, ALL));
    }

    @Test
    void noMoreIsReadAfterTheBoundOfBytes() {
        Outbox outbox = outbox();
        List<OutboxEntry> added = IntStream.range(0, 10)
                .mapToObj(i -> outbox.add(entry(ONE, null, "x".repeat(100))))
                .toList();
        assertThat(outbox.next(ONE, 10, 0)).isEqualTo(added.subList(0, 1));
        assertThat(outbox.next(ONE, 10, 99)).isEqualTo(added.subList(0, 1));
        assertThat(outbox.next(ONE, 10, 100)).isEqualTo(added.subList(0, 2));
        assertThat(outbox.next(ONE, 10, 350)).isEqualTo(added.subList(0, 4));
        assertThat(outbox.next(ONE, 2, 350)).isEqualTo(added.subList(0, 2));
        assertThat(outbox.next(ONE, 10, 1_000)).isEqualTo(added);
    }

    @Test
    void removedEntriesAreGoneAndIdsAreNotUsedAgain() {
        Outbox outbox = outbox();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 620; i++) {
            ids.add(outbox.add(entry(i % 2 == 0 ? ONE : TWO, null, "x")).id());
        }
        List<Long> removed = new ArrayList<>(ids.subList(10, 620));
        removed.add(ids.get(619) + 1_000_000);
        outbox.remove(removed);
        assertThat(outbox.next(ONE, 100, ALL))
                .extracting(OutboxEntry::id)
                .containsExactly(0L + ids.get(0), ids.get(2), ids.get(4), ids.get(6), ids.get(8));
        outbox.remove(Set.copyOf(ids));
        assertThat(outbox.depths()).isEmpty();
        assertThat(outbox.add(entry(ONE, null, "y")).id()).isGreaterThan(ids.get(619));
    }

    @Test
    void depthsTellHowManyWaitAndSinceWhen() {
        Outbox outbox = outbox();
        OutboxEntry first = outbox.add(entry(ONE, null, "1"));
        outbox.add(OutboxEntry.of(ONE, null, OutboundPublish.of(TopicName.of("t"), "2"), NOON.plusSeconds(5)));
        outbox.add(OutboxEntry.of(TWO, null, OutboundPublish.of(TopicName.of("t"), "3"), NOON.plusSeconds(9)));
        assertThat(outbox.depths())
                .isEqualTo(Map.of(ONE, new OutboxDepth(2, NOON), TWO, new OutboxDepth(1, NOON.plusSeconds(9))));
        outbox.remove(List.of(first.id()));
        assertThat(outbox.depths().get(ONE)).isEqualTo(new OutboxDepth(1, NOON.plusSeconds(5)));
    }

    @Test
    void theEntriesOfABrokerAreDeletedTogether() {
        Outbox outbox = outbox();
        for (int i = 0; i < 100; i++) {
            outbox.add(entry(ONE, null, "x"));
        }
        OutboxEntry other = outbox.add(entry(TWO, null, "y"));
        assertThat(outbox.deleteOfBroker(ONE)).isEqualTo(100);
        assertThat(outbox.next(ONE, 10, ALL)).isEmpty();
        assertThat(outbox.next(TWO, 10, ALL)).containsExactly(other);
        assertThat(outbox.depths()).containsOnlyKeys(TWO);
    }

    @Test
    void entriesWithAnOrderingKeyMoveToAnotherBrokerAndKeepTheirOrder() {
        Outbox outbox = outbox();
        OutboxEntry first = outbox.add(entry(ONE, "d", "1"));
        OutboxEntry unordered = outbox.add(entry(ONE, null, "2"));
        OutboxEntry there = outbox.add(entry(TWO, "e", "3"));
        OutboxEntry last = outbox.add(entry(ONE, "d", "4"));
        assertThat(outbox.moveToBroker(ONE, TWO)).isEqualTo(2);
        assertThat(outbox.next(ONE, 10, ALL)).containsExactly(unordered);
        assertThat(outbox.next(TWO, 10, ALL)).containsExactly(first.withBroker(TWO), there, last.withBroker(TWO));
        assertThat(outbox.depths()).containsOnlyKeys(ONE, TWO);
        assertThat(outbox.depths()).containsEntry(TWO, new OutboxDepth(3, first.createdAt()));
        assertThat(outbox.moveToBroker(ONE, TWO)).isZero();
    }

    @Test
    void severalAddAndRemoveAtTheSameTime() throws Exception {
        Outbox outbox = outbox();
        List<Callable<List<Long>>> runners = new ArrayList<>();
        for (int runner = 0; runner < 6; runner++) {
            String key = "d" + runner;
            runners.add(() -> {
                List<Long> ids = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    ids.add(outbox.add(entry(ONE, key, String.valueOf(i))).id());
                    if (i % 3 == 2) {
                        outbox.remove(List.of(ids.get(i)));
                    }
                }
                return ids;
            });
        }
        Set<Long> all = new HashSet<>();
        for (Race.Outcome<List<Long>> outcome : Race.run(runners)) {
            assertThat(outcome.value()).isSorted();
            all.addAll(outcome.value());
        }
        assertThat(all).hasSize(360);
        List<OutboxEntry> left = outbox.next(ONE, 1_000, ALL);
        assertThat(left).hasSize(240).extracting(OutboxEntry::id).isSorted();
        for (int runner = 0; runner < 6; runner++) {
            String key = "d" + runner;
            assertThat(texts(left.stream()
                            .filter(entry -> key.equals(entry.orderingKey()))
                            .toList()))
                    .isEqualTo(IntStream.range(0, 60)
                            .filter(i -> i % 3 != 2)
                            .mapToObj(String::valueOf)
                            .toList());
        }
    }

    @Test
    void nullsAreRefused() {
        Outbox outbox = outbox();
        OutboxEntry kept = outbox.add(entry(ONE, null, "x"));
        assertThatNullPointerException().isThrownBy(() -> outbox.add(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> outbox.next(Nulls.absent(), 1, ALL));
        assertThatNullPointerException().isThrownBy(() -> outbox.remove(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> outbox.deleteOfBroker(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> outbox.moveToBroker(Nulls.absent(), ONE));
        assertThatNullPointerException().isThrownBy(() -> outbox.moveToBroker(ONE, Nulls.absent()));
        assertThat(outbox.next(ONE, 10, ALL)).containsExactly(kept);
    }
}
