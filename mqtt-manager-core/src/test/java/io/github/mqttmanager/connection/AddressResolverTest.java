package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.testing.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class AddressResolverTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Threads that begin a task when the test says so. */
    private static final class HeldThreads extends AbstractExecutorService {
        final Queue<Runnable> tasks = new ArrayDeque<>();
        int room = Integer.MAX_VALUE;

        @Override
        public void execute(Runnable task) {
            if (tasks.size() >= room) {
                throw new RejectedExecutionException("full");
            }
            tasks.add(task);
        }

        void runNext() {
            tasks.remove().run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }

    private final ManualTime time = new ManualTime();
    private final HeldThreads threads = new HeldThreads();
    private final List<String> asked = new ArrayList<>();
    private AddressResolver.Lookup lookup =
            host -> new InetAddress[] {InetAddress.getByAddress(host, new byte[] {10, 0, 0, (byte) asked.size()})};
    private final AddressResolver resolver = new AddressResolver(
            host -> {
                asked.add(host);
                return lookup.addresses(host);
            },
            threads,
            time,
            TIMEOUT);

    private static Throwable failureOf(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        return Failures.unwrap(answer.handle((ok, failure) -> failure).join());
    }

    @Test
    void answersWithAllAddresses() {
        CompletableFuture<List<InetAddress>> answer = resolver.resolve("a");
        assertThat(answer).isNotDone();
        threads.runNext();

        assertThat(answer.join())
                .singleElement()
                .satisfies(address -> assertThat(address.getHostAddress()).isEqualTo("10.0.0.1"));
        assertThat(time.scheduled()).as("no limit is left behind").isZero();
    }

    @Test
    void sharesALookUpAndRemembersNothingBeyondIt() {
        CompletableFuture<List<InetAddress>> one = resolver.resolve("a");
        CompletableFuture<List<InetAddress>> two = resolver.resolve("a");
        CompletableFuture<List<InetAddress>> other = resolver.resolve("b");
        assertThat(threads.tasks).hasSize(2);
        threads.runNext();
        assertThat(one.join()).isEqualTo(two.join());
        assertThat(other).isNotDone();
        threads.runNext();
        assertThat(other).isCompleted();

        CompletableFuture<List<InetAddress>> later = resolver.resolve("a");
        assertThat(later).isNotDone();
        threads.runNext();
        assertThat(later.join()).isNotEqualTo(one.join());
        assertThat(asked).containsExactly("a", "b", "a");
    }

    @Test
    void givesUpAfterTheTimeOutButOthersAreNotDelayed() {
        CompletableFuture<List<InetAddress>> hanging = resolver.resolve("hangs");
        Runnable hung = threads.tasks.remove();
        CompletableFuture<List<InetAddress>> fine = resolver.resolve("fine");
        threads.runNext();
        assertThat(fine).isCompleted();

        time.advance(TIMEOUT.minusMillis(1));
        assertThat(hanging).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(failureOf(hanging)).isInstanceOf(TimeoutException.class);

        // Who asks meanwhile joins the look-up that hangs, and has a limit of his own.
        CompletableFuture<List<InetAddress>> joined = resolver.resolve("hangs");
        assertThat(threads.tasks).isEmpty();
        hung.run();
        assertThat(joined).isCompleted();
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void saysThatAHostIsUnknown() {
        lookup = host -> {
            throw new UnknownHostException(host);
        };
        CompletableFuture<List<InetAddress>> answer = resolver.resolve("a");
        threads.runNext();

        assertThat(failureOf(answer)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void whateverTheLookUpThrowsTheNameCanBeAskedForAgain() {
        for (Throwable thrown : new Throwable[] {new IllegalStateException("x"), new StackOverflowError()}) {
            lookup = host -> {
                if (thrown instanceof Error e) {
                    throw e;
                }
                throw (RuntimeException) thrown;
            };
            CompletableFuture<List<InetAddress>> answer = resolver.resolve("a");
            threads.runNext();
            assertThat(failureOf(answer)).isInstanceOf(UnknownHostException.class);
        }
        lookup = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};
        CompletableFuture<List<InetAddress>> answer = resolver.resolve("a");
        threads.runNext();
        assertThat(answer).isCompleted();
    }

    @Test
    void refusesWhenTooManyNamesAreLookedUpAndTakesThemAgainLater() {
        threads.room = 1;
        CompletableFuture<List<InetAddress>> first = resolver.resolve("a");
        CompletableFuture<List<InetAddress>> second = resolver.resolve("b");
        assertThat(failureOf(second)).isInstanceOf(TimeoutException.class);
        time.runDue();
        threads.runNext();
        assertThat(first).isCompleted();

        CompletableFuture<List<InetAddress>> again = resolver.resolve("b");
        threads.runNext();
        assertThat(again).isCompleted();
        assertThat(time.scheduled()).isZero();
    }
}
