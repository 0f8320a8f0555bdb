package io.github.mqttmanager.example.server.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final int LARGEST = 8;
    private static final int MAX_WAITING = 20;

    private static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Semaphore commits = new Semaphore(0);
    private final List<List<Integer>> begun = new CopyOnWriteArrayList<>();
    private final List<Integer> stored = new CopyOnWriteArrayList<>();
    private volatile IntFunction<RuntimeException> fault = item -> null;

    private final GroupCommit<Integer> rows =
            new GroupCommit<>("rows", LARGEST, MAX_WAITING, this::transaction, Unavailable.class::isInstance);

    private void transaction(List<Integer> items) {
        begun.add(items);
        commits.acquireUninterruptibly();
        for (int item : items) {
            RuntimeException failure = fault.apply(item);
            if (failure != null) {
                throw failure;
            }
        }
        stored.addAll(items);
    }

    @AfterEach
    void end() {
        commits.release(1_000);
        rows.close();
    }

    private List<CompletableFuture<Void>> add(int from, int to) throws InterruptedException {
        List<CompletableFuture<Void>> futures = new ArrayList<>();
        for (int i = from; i < to; i++) {
            futures.add(rows.add(i));
        }
        return futures;
    }

    /** The first transaction has begun with item 0 alone, and the others wait. */
    private List<CompletableFuture<Void>> waitBehindTheFirst(int items) throws InterruptedException {
        add(0, 1);
        await().until(() -> begun.size() == 1);
        return add(1, items);
    }

    @Test
    void whatCameDuringATransactionIsStoredInTheNext() throws Exception {
        waitBehindTheFirst(12);
        commits.release(10);

        await().until(() -> stored.size() == 12);
        assertThat(begun)
                .containsExactly(
                        List.of(0),
                        IntStream.range(1, 9).boxed().toList(),
                        IntStream.range(9, 12).boxed().toList());
    }

    @Test
    void nothingIsStoredBeforeTheCommit() throws Exception {
        CompletableFuture<Void> first = rows.add(0);
        await().until(() -> begun.size() == 1);
        assertThat(first).isNotDone();

        commits.release();
        first.get(10, TimeUnit.SECONDS);
        assertThat(stored).containsExactly(0);
    }

    @Test
    void aRowThatCannotBeStoredFailsAlone() throws Exception {
        fault = item -> item == 3 ? new IllegalStateException("poison") : null;
        List<CompletableFuture<Void>> others = waitBehindTheFirst(9);
        commits.release(100);

        CompletableFuture<Void> poison = others.remove(2);
        for (CompletableFuture<Void> other : others) {
            other.get(10, TimeUnit.SECONDS);
        }
        assertThat(poison).isCompletedExceptionally();
        assertThat(stored).containsExactly(0, 1, 2, 4, 5, 6, 7, 8);
    }

    @Test
    void noRowIsTriedAloneWhileTheStoreIsAway() throws Exception {
        fault = item -> item == 0 ? null : new Unavailable();
        List<CompletableFuture<Void>> others = waitBehindTheFirst(9);
        commits.release(100);

        await().until(() -> others.stream().allMatch(CompletableFuture::isCompletedExceptionally));
        assertThat(begun).hasSize(2);

        fault = item -> null;
        rows.add(9).get(10, TimeUnit.SECONDS);
        assertThat(stored).containsExactly(0, 9);
    }

    @Test
    void aStoreThatGoesAwayWhileTheGuiltyRowIsSoughtIsNotAskedForEachRow() throws Exception {
        fault = item -> item == 0 ? null : begun.size() > 2 ? new Unavailable() : new IllegalStateException("poison");
        List<CompletableFuture<Void>> others = waitBehindTheFirst(9);
        commits.release(100);

        await().until(() -> others.stream().allMatch(CompletableFuture::isCompletedExceptionally));
        assertThat(begun).hasSize(3);
    }

    @Test
    void whoAddsWaitsWhileTooManyWait() throws Exception {
        waitBehindTheFirst(1 + MAX_WAITING);
        CompletableFuture<Void> late = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                rows.add(99).thenRun(() -> late.complete(null));
            } catch (InterruptedException e) {
                late.completeExceptionally(e);
            }
        });
        caller.start();
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
        assertThat(caller.isAlive()).isTrue();

        commits.release(100);
        late.get(10, TimeUnit.SECONDS);
        assertThat(stored).hasSize(MAX_WAITING + 2).endsWith(99);
    }

    @Test
    void whatWaitsAtTheEndIsStored() throws Exception {
        List<CompletableFuture<Void>> others = waitBehindTheFirst(9);
        Thread closing = new Thread(rows::close);
        closing.start();
        await().until(() -> rows.add(10).isCompletedExceptionally());

        commits.release(100);
        closing.join();
        assertThat(others).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(stored).contains(0, 1, 2, 3, 4, 5, 6, 7, 8);
    }
}
