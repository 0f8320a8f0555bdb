package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.mqttmanager.broker.RepositoryChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every repository with the ability {@link RepositoryChanges} must do.
 *
 * @param <I> the type of ids
 */
@Timeout(60)
public abstract class RepositoryChangesContract<I> {
    /** How long a change may take to be told. */
    protected Duration patience() {
        return Duration.ofSeconds(10);
    }

    /** The repository, empty. Called once in each test, first. */
    protected abstract RepositoryChanges<I> changes();

    /** Saves something new. */
    protected abstract I save();

    /** Changes what was saved. */
    protected abstract void change(I id);

    /** Deletes what was saved. */
    protected abstract void delete(I id);

    /** Whether it can be found. */
    protected abstract boolean exists(I id);

    @Test
    void eachChangeIsToldAfterItCanBeRead() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (RepositoryChanges.Registration registration = changes.onChange(id -> told.add(id + " " + exists(id)))) {
            I id = save();
            await(told, id + " true");
            change(id);
            await(told, id + " true");
            delete(id);
            await(told, id + " false");
        }
    }

    @Test
    void eachListenerIsToldUntilItsRegistrationIsClosed() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        List<I> early = new CopyOnWriteArrayList<>();
        BlockingQueue<String> late = new LinkedBlockingQueue<>();
        RepositoryChanges.Registration first = changes.onChange(early::add);
        try (RepositoryChanges.Registration second = changes.onChange(id -> late.add(String.valueOf(id)))) {
            I id = save();
            await(late, String.valueOf(id));
            first.close();
            first.close();
            I after = save();
            await(late, String.valueOf(after));
            assertThat(early).doesNotContain(after);
        }
    }

    /** One before the other and one after it, whatever the order is that they are called in. */
    @Test
    void aListenerThatThrowsHindersNeitherTheChangeNorTheOthers() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        BlockingQueue<String> thrown = new LinkedBlockingQueue<>();
        Consumer<I> throwing = id -> {
            thrown.add(String.valueOf(id));
            throw new IllegalStateException("a listener that throws");
        };
        try (RepositoryChanges.Registration before = changes.onChange(throwing);
                RepositoryChanges.Registration listener = changes.onChange(id -> told.add(id + " " + exists(id)));
                RepositoryChanges.Registration after = changes.onChange(throwing)) {
            I id = save();
            await(told, id + " true");
            await(thrown, String.valueOf(id));
            await(thrown, String.valueOf(id));
            delete(id);
            await(told, id + " false");
        }
    }

    @Test
    void aListenerMayEndItsOwnRegistration() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<String> once = new LinkedBlockingQueue<>();
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        AtomicReference<RepositoryChanges.@Nullable Registration> own = new AtomicReference<>();
        CountDownLatch registered = new CountDownLatch(1);
        own.set(changes.onChange(id -> {
            awaitQuietly(registered);
            once.add(String.valueOf(id));
            Objects.requireNonNull(own.get()).close();
        }));
        registered.countDown();
        try (RepositoryChanges.Registration other = changes.onChange(id -> all.add(String.valueOf(id)))) {
            I first = save();
            await(once, String.valueOf(first));
            await(all, String.valueOf(first));
            I second = save();
            await(all, String.valueOf(second));
            assertThat(once).doesNotContain(String.valueOf(second));
        }
    }

    private void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(patience().toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theSameListenerTwiceIsTwoListeners() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Consumer<I> listener = id -> told.add(String.valueOf(id));
        RepositoryChanges.Registration first = changes.onChange(listener);
        try (RepositoryChanges.Registration second = changes.onChange(listener)) {
            first.close();
            first.close();
            I id = save();
            await(told, String.valueOf(id));
        }
    }

    @Test
    void whatSeveralChangeAtTheSameTimeIsToldOfAll() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (RepositoryChanges.Registration registration = changes.onChange(id -> told.add(String.valueOf(id)))) {
            List<I> ids = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ids.add(save());
            }
            told.clear();
            List<Callable<Boolean>> changers = new ArrayList<>();
            for (I id : ids) {
                changers.add(() -> {
                    change(id);
                    return true;
                });
            }
            for (Race.Outcome<Boolean> outcome : Race.run(changers)) {
                assertThat(outcome.value()).isTrue();
            }
            Set<String> open = new HashSet<>();
            ids.forEach(id -> open.add(String.valueOf(id)));
            while (!open.isEmpty()) {
                String next = told.poll(patience().toMillis(), TimeUnit.MILLISECONDS);
                assertThat(next).as("a change is told of each of " + open).isNotNull();
                open.remove(next);
            }
        }
    }

    @Test
    void aNullIsRefused() {
        RepositoryChanges<I> changes = changes();
        assertThatNullPointerException().isThrownBy(() -> changes.onChange(Nulls.absent()));
    }

    private void await(BlockingQueue<String> told, String wanted) throws InterruptedException {
        long end = System.nanoTime() + patience().toNanos();
        @Nullable String next = null;
        while (!wanted.equals(next)) {
            next = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(next).as("a change is told: " + wanted).isNotNull();
        }
    }
}
