package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.RepositoryChanges;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

    private void await(BlockingQueue<String> told, String wanted) throws InterruptedException {
        long end = System.nanoTime() + patience().toNanos();
        @Nullable String next = null;
        while (!wanted.equals(next)) {
            next = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(next).as("a change is told: " + wanted).isNotNull();
        }
    }
}
