package io.github.mqttmanager.example.server.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores items of many callers in one transaction. Nothing waits for company: what came while the last transaction was under way makes up
 * the next one. An item that cannot be stored fails alone. This class is thread-safe.
 */
final class GroupCommit<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final long IDLE_MILLIS = 100;
    private static final long FAREWELL_MILLIS = 10_000;

    private record Waiting<T>(T item, CompletableFuture<Void> stored) {}

    private final int largest;
    private final Consumer<List<T>> transaction;
    private final Predicate<Throwable> unavailable;
    private final BlockingQueue<Waiting<T>> queue;
    private final Thread writer;
    private volatile boolean closed;

    /**
     * @param largest how many items a transaction may have
     * @param waiting how many may wait for one
     * @param transaction stores all or, if it throws, none; on the writer's thread
     * @param unavailable tells of a failure whether it is the store's and not an item's: then no item is tried alone
     */
    GroupCommit(
            String name, int largest, int waiting, Consumer<List<T>> transaction, Predicate<Throwable> unavailable) {
        this.largest = largest;
        this.transaction = transaction;
        this.unavailable = unavailable;
        this.queue = new LinkedBlockingQueue<>(waiting);
        this.writer = new Thread(this::write, name);
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Blocks while too many wait.
     *
     * @return completes after the commit, on the writer's thread
     */
    CompletableFuture<Void> add(T item) throws InterruptedException {
        Waiting<T> waiting = new Waiting<>(item, new CompletableFuture<>());
        while (!closed) {
            if (queue.offer(waiting, IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (closed && queue.remove(waiting)) {
                    break;
                }
                return waiting.stored();
            }
        }
        return CompletableFuture.failedFuture(new IllegalStateException("closed"));
    }

    private void write() {
        List<Waiting<T>> batch = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            try {
                Waiting<T> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, largest - 1);
                store(batch);
            } catch (InterruptedException e) {
                // only closing ends this
            } catch (Throwable e) {
                LOG.error("Unexpected", e);
                batch.forEach(waiting -> waiting.stored().completeExceptionally(e));
            }
            batch.clear();
        }
    }

    /** @return whether the store is there */
    private boolean store(List<Waiting<T>> batch) {
        try {
            transaction.accept(batch.stream().map(Waiting::item).toList());
        } catch (Throwable e) {
            if (batch.size() > 1 && !unavailable.test(e)) {
                int half = batch.size() / 2;
                List<Waiting<T>> rest = batch.subList(half, batch.size());
                if (store(batch.subList(0, half))) {
                    return store(rest);
                }
                rest.forEach(waiting -> waiting.stored().completeExceptionally(e));
                return false;
            }
            batch.forEach(waiting -> waiting.stored().completeExceptionally(e));
            return !unavailable.test(e);
        }
        batch.forEach(waiting -> waiting.stored().complete(null));
        return true;
    }

    /** What waits is stored, if that does not take too long. */
    @Override
    public void close() {
        closed = true;
        try {
            writer.join(FAREWELL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
