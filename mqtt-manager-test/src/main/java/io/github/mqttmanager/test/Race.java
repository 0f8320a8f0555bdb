package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.VersionConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Several who begin at the same moment. */
final class Race {
    /** How one of them ended. */
    record Outcome<T>(@Nullable T result, @Nullable Throwable failure) {
        boolean succeeded() {
            return failure == null;
        }

        T value() {
            if (result == null) {
                throw new AssertionError("failed", failure);
            }
            return result;
        }
    }

    private Race() {}

    static <T> List<Outcome<T>> run(List<? extends Callable<T>> runners) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(runners.size());
        ExecutorService executor = Executors.newFixedThreadPool(runners.size());
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> runner : runners) {
                futures.add(executor.submit(() -> {
                    start.await();
                    return runner.call();
                }));
            }
            List<Outcome<T>> outcomes = new ArrayList<>();
            for (Future<T> future : futures) {
                try {
                    outcomes.add(new Outcome<>(future.get(), null));
                } catch (ExecutionException e) {
                    outcomes.add(new Outcome<>(null, e.getCause()));
                }
            }
            return outcomes;
        } finally {
            executor.shutdownNow();
        }
    }

    /**
     * What is put into a store and taken out again, over and over.
     *
     * @param come puts it in
     * @param go takes out what is there of it
     */
    record Passing(Runnable come, Runnable go) {
        void once() {
            try {
                come.run();
                go.run();
            } catch (VersionConflictException e) {
                // A store may give one of two up that wait for each other (MySQL does).
                go.run();
            }
        }
    }

    /** Looks while others come and go, until it has seen enough. */
    static void look(Runnable look, List<Passing> others) throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Boolean>> runners = new ArrayList<>();
        for (Passing other : others) {
            runners.add(() -> {
                while (!ended.get()) {
                    other.once();
                }
                return true;
            });
        }
        runners.add(() -> {
            try {
                look.run();
            } finally {
                ended.set(true);
            }
            return true;
        });
        for (Outcome<Boolean> outcome : run(runners)) {
            assertThat(outcome.value()).isTrue();
        }
    }
}
