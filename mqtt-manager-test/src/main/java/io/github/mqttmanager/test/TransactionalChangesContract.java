package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.RepositoryChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every repository that joins the host's transactions and tells of changes must do besides.
 *
 * @param <I> the type of ids
 */
public abstract class TransactionalChangesContract<I> extends RepositoryChangesContract<I> {
    /** Those that the repository joins. */
    protected abstract Transactions transactions();

    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Undo() {
            super("undo", null, false, false);
        }
    }

    @Test
    void whatIsNotCommittedIsNotTold() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<I> told = new LinkedBlockingQueue<>();
        try (RepositoryChanges.Registration registration = changes.onChange(told::add)) {
            List<I> ids = transactions().run(() -> {
                List<I> saved = new ArrayList<>();
                saved.add(save());
                saved.add(save());
                assertThat(exists(saved.get(0)))
                        .as("seen in its own transaction")
                        .isTrue();
                assertThat(told).isEmpty();
                return saved;
            });
            for (int i = 0; i < 2; i++) {
                assertThat(told.poll(patience().toMillis(), TimeUnit.MILLISECONDS))
                        .isIn(ids);
            }
        }
    }

    @Test
    void whatIsRolledBackIsNeverToldAndNotThere() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        I kept = save();
        BlockingQueue<I> told = new LinkedBlockingQueue<>();
        try (RepositoryChanges.Registration registration = changes.onChange(told::add)) {
            List<I> undone = new ArrayList<>();
            assertThatThrownBy(() -> transactions().run(() -> {
                        undone.add(save());
                        delete(kept);
                        assertThat(exists(kept)).isFalse();
                        throw new Undo();
                    }))
                    .isInstanceOf(Undo.class);
            assertThat(exists(undone.get(0))).isFalse();
            assertThat(exists(kept)).isTrue();
            I after = save();
            assertThat(told.poll(patience().toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(after);
        }
    }

    @Test
    void thoseWhoAreToldAreOutsideOfTheTransaction() throws InterruptedException {
        RepositoryChanges<I> changes = changes();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (RepositoryChanges.Registration registration = changes.onChange(id -> {
            // What a listener does with the store is no part of what was committed.
            boolean there = transactions().run(() -> exists(id));
            seen.add(id + " " + there);
        })) {
            I id = transactions().run(this::save);
            assertThat(seen.poll(patience().toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(id + " true");
        }
    }
}
