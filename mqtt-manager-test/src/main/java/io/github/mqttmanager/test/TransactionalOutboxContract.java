package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every outbox that joins the host's transactions must do besides. */
public abstract class TransactionalOutboxContract extends OutboxContract {
    private static final BrokerId ONE = BrokerId.of("one");

    /** Those that {@link #outbox} joins. */
    protected abstract Transactions transactions();

    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Undo() {
            super("undo", null, false, false);
        }
    }

    @Test
    void whatWasRolledBackIsNeverSeen() {
        Outbox outbox = outbox();
        OutboxEntry kept = outbox.add(entry(ONE, "d", "kept"));
        assertThatThrownBy(() -> transactions().run(() -> {
                    for (int i = 0; i < 120; i++) {
                        outbox.add(entry(ONE, "d", "never"));
                    }
                    assertThat(outbox.next(ONE, 1_000, ALL)).hasSize(121);
                    throw new Undo();
                }))
                .isInstanceOf(Undo.class);
        assertThat(outbox.next(ONE, 1_000, ALL)).containsExactly(kept);
        assertThat(outbox.depths().getOrDefault(ONE, OutboxDepth.EMPTY).count()).isEqualTo(1);
    }

    @Test
    void whatARolledBackTransactionRemovedIsStillThere() {
        Outbox outbox = outbox();
        OutboxEntry kept = outbox.add(entry(ONE, "d", "kept"));
        assertThatThrownBy(() -> transactions().run(() -> {
                    outbox.remove(List.of(kept.id()));
                    assertThat(outbox.next(ONE, 1_000, ALL)).isEmpty();
                    assertThat(outbox.deleteOfBroker(ONE)).isZero();
                    throw new Undo();
                }))
                .isInstanceOf(Undo.class);
        assertThat(outbox.next(ONE, 1_000, ALL)).containsExactly(kept);
    }

    @Test
    void othersSeeWhatWasAddedOnlyAfterTheCommit() throws Exception {
        Outbox outbox = outbox();
        CountDownLatch added = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<OutboxEntry> entry = other.submit(() -> transactions().run(() -> {
                OutboxEntry made = outbox.add(entry(ONE, "d", "late"));
                added.countDown();
                await(looked);
                return made;
            }));
            await(added);
            OutboxEntry after = outbox.add(entry(ONE, "e", "early"));
            assertThat(outbox.next(ONE, 10, ALL)).containsExactly(after);
            looked.countDown();
            OutboxEntry late = entry.get(30, TimeUnit.SECONDS);
            assertThat(late.id()).isLessThan(after.id());
            assertThat(outbox.next(ONE, 10, ALL)).containsExactly(late, after);
        } finally {
            looked.countDown();
            other.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Transactions of several threads, some of which are undone, while somebody reads all the time. */
    @Test
    void parallelTransactionsAreSeenWholeOrNotAtAll() throws Exception {
        Outbox outbox = outbox();
        List<Callable<Set<Long>>> runners = new ArrayList<>();
        for (int runner = 0; runner < 4; runner++) {
            int number = runner;
            runners.add(() -> {
                Random random = new Random(number);
                Set<Long> committed = new HashSet<>();
                long last = 0;
                for (int i = 0; i < 12; i++) {
                    boolean undone = random.nextInt(3) == 0;
                    int size = 1 + random.nextInt(70);
                    List<Long> ids = new ArrayList<>();
                    try {
                        transactions().run(() -> {
                            for (int j = 0; j < size; j++) {
                                ids.add(outbox.add(entry(ONE, "d" + number, undone ? "never" : "kept"))
                                        .id());
                            }
                            if (undone) {
                                throw new Undo();
                            }
                            return true;
                        });
                        assertThat(ids.get(0))
                                .as("the lowest id of a later transaction")
                                .isGreaterThan(last);
                        assertThat(ids).isSorted();
                        last = ids.get(size - 1);
                        committed.addAll(ids);
                    } catch (Undo e) {
                        // as intended
                    }
                    assertThat(texts(outbox.next(ONE, 100_000, ALL))).doesNotContain("never");
                }
                return committed;
            });
        }
        Set<Long> committed = new HashSet<>();
        for (Race.Outcome<Set<Long>> outcome : Race.run(runners)) {
            committed.addAll(outcome.value());
        }
        List<OutboxEntry> left = outbox.next(ONE, 100_000, ALL);
        assertThat(left).extracting(OutboxEntry::id).isSorted().hasSameElementsAs(committed);
        assertThat(left).hasSameSizeAs(committed);
    }
}
