package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class HostedHandlersTest {
    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private Throwable refusal;

    private final Executor host = task -> {
        if (refusal instanceof Error error) {
            throw error;
        }
        if (refusal instanceof RuntimeException exception) {
            throw exception;
        }
        threads.add(task);
    };

    private final HostedHandlers handlers = new HostedHandlers(host, 2, time);

    private void execute(String name) {
        handlers.execute(() -> ran.add(name));
    }

    @Test
    void usesNoMoreThreadsThanAllowed() {
        for (int i = 0; i < 5; i++) {
            execute("" + i);
        }
        assertThat(threads).hasSize(2);
        threads.remove().run();
        threads.remove().run();
        assertThat(ran).containsExactly("0", "1", "2", "3", "4");
        assertThat(threads).isEmpty();
        execute("again");
        threads.remove().run();
        assertThat(ran).endsWith("again");
    }

    @Test
    void offersAgainWhatWasRejected() {
        for (Throwable each : List.of(new RejectedExecutionException(), new OutOfMemoryError("no thread"))) {
            refusal = each;
            ran.clear();
            for (int i = 0; i < 3; i++) {
                execute("" + i);
            }
            time.advance(Duration.ofSeconds(10));
            assertThat(ran).isEmpty();
            assertThat(time.scheduled()).as("one offer at a time").isEqualTo(1);
            refusal = null;
            time.advance(Duration.ofSeconds(1));
            assertThat(threads).hasSize(2);
            threads.forEach(Runnable::run);
            threads.clear();
            assertThat(ran).containsExactly("0", "1", "2");
            assertThat(time.scheduled()).isZero();
        }
    }

    @Test
    void whatThrowsDoesNotTakeTheOthersAlong() {
        handlers.execute(() -> {
            throw new StackOverflowError();
        });
        execute("next");
        threads.forEach(Runnable::run);
        assertThat(ran).containsExactly("next");
    }
}
