package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.testing.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressResolverTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final AddressResolver.Bounds BOUNDS = AddressResolver.Bounds.DEFAULT;

    private final ManualTime time = new ManualTime();

    /** Look-ups that have begun, and wait in the name server until the test lets them go. */
    private final Queue<Runnable> threads = new ArrayDeque<>();

    private boolean closed;
    private final List<String> asked = new ArrayList<>();
    private HostResolver lookup =
            host -> List.of(InetAddress.getByAddress(host, new byte[] {10, 0, 0, (byte) asked.size()}));
    private final AddressResolver resolver = new AddressResolver(
            host -> {
                asked.add(host);
                return lookup.addresses(host);
            },
            task -> {
                if (closed) {
                    throw new RejectedExecutionException("closed");
                }
                threads.add(task);
            },
            time,
            time,
            TIMEOUT,
            BOUNDS);

    private void letGo() {
        threads.remove().run();
    }

    /** Has the name looked up, and answered at once. */
    private CompletableFuture<List<InetAddress>> answered(String host) {
        CompletableFuture<List<InetAddress>> answer = resolver.resolve(host);
        assertThat(threads).hasSize(1);
        letGo();
        return answer;
    }

    private static Throwable failureOf(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        return Failures.unwrap(answer.handle((ok, failure) -> failure).join());
    }

    @Test
    void answersWithAllAddresses() {
        CompletableFuture<List<InetAddress>> answer = resolver.resolve("a");
        assertThat(answer).isNotDone();
        letGo();

        assertThat(answer.join())
                .singleElement()
                .satisfies(address -> assertThat(address.getHostAddress()).isEqualTo("10.0.0.1"));
        assertThat(time.scheduled()).as("no limit is left behind").isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "0.0.0.0",
                "255.255.255.255",
                "10.20.30.40",
                "::1",
                "::",
                "2001:DB8::7",
                "::ffff:10.0.0.1",
                "[::1]",
                "fe80::1%1",
                "2001:db8:0:0:0:0:0:1"
            })
    void literalAddressesAskNobody(String literal) throws UnknownHostException {
        assertThat(resolver.resolve(literal)).isCompletedWithValue(List.of(InetAddress.getByName(literal)));
        assertThat(threads).isEmpty();
        assertThat(time.scheduled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"::12345", "1:2:3", "fe80::1%no-such-interface", "[::1", "::ffff:256.0.0.1"})
    void whatIsNearlyALiteralIsUnknownAndAsksNobodyEither(String text) {
        assertThat(failureOf(resolver.resolve(text))).isInstanceOf(UnknownHostException.class);
        assertThat(threads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "256.1.1.1",
                "1.2.3.4.5",
                "1.2.3.4.",
                "127.0.0.01",
                "0177.0.0.1",
                "0x7f.0.0.0x1",
                "0X7F000001",
                "017700000001",
                "127.1",
                "2130706433",
                "1",
                "0x",
                "host.1"
            })
    void addressesThatAreReadInSeveralWaysAreUnknownAndAskNobody(String text) {
        assertThat(failureOf(resolver.resolve(text))).isInstanceOf(UnknownHostException.class);
        assertThat(threads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.a", "1a", "0x7g", "10-0-0-1", "1.example", "1.2.3.4.example"})
    void whatOnlyLooksLikeAnAddressIsAName(String host) {
        answered(host);
        assertThat(asked).containsExactly(host);
    }

    @Test
    void sharesALookUpAndRemembersNothingBeyondIt() {
        CompletableFuture<List<InetAddress>> one = resolver.resolve("a");
        CompletableFuture<List<InetAddress>> two = resolver.resolve("a");
        CompletableFuture<List<InetAddress>> other = resolver.resolve("b");
        assertThat(threads).hasSize(2);
        letGo();
        assertThat(one.join()).isEqualTo(two.join());
        assertThat(other).isNotDone();
        letGo();
        assertThat(other).isCompleted();

        assertThat(answered("a").join()).isNotEqualTo(one.join());
        assertThat(asked).containsExactly("a", "b", "a");
    }

    @Test
    void givesUpAfterTheTimeOutButOthersAreNotDelayed() {
        CompletableFuture<List<InetAddress>> hanging = resolver.resolve("hangs");
        Runnable hung = threads.remove();
        assertThat(answered("fine")).isCompleted();

        time.advance(TIMEOUT.minusMillis(1));
        assertThat(hanging).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(failureOf(hanging)).isInstanceOf(TimeoutException.class);

        // Who asks meanwhile joins the look-up that hangs, and has a limit of his own.
        CompletableFuture<List<InetAddress>> joined = resolver.resolve("hangs");
        assertThat(threads).isEmpty();
        hung.run();
        assertThat(joined).isCompleted();
        assertThat(time.scheduled()).isZero();
    }

    @Test
    void namesThatWereAnsweredBeforeAreNotDelayedByHundredsThatHangForTheFirstTime() {
        List<String> healthy = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            healthy.add("healthy-" + i);
            answered("healthy-" + i);
        }
        for (int i = 0; i < 400; i++) {
            resolver.resolve("hangs-" + i);
        }
        // For as long as a name server can keep them waiting.
        for (int second = 0; second < 30; second++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(threads).hasSize(BOUNDS.unproven());
            for (String host : healthy) {
                assertThat(beside(host)).as("%s in second %d", host, second).isCompleted();
            }
        }
    }

    @Test
    void aDozenNewNamesThatHangDelayANewOneByMomentsOnly() {
        for (int i = 0; i < 12; i++) {
            resolver.resolve("hangs-" + i);
        }
        CompletableFuture<List<InetAddress>> answer = resolver.resolve("new");
        assertThat(threads).as("not a thread for each at once").hasSize(BOUNDS.quick());
        time.advance(Duration.ofMillis(160));
        assertThat(threads).hasSize(13);
        List.copyOf(threads).get(12).run();

        assertThat(answer).isCompleted();
    }

    @Test
    void onceTheyAreKnownNamesThatHangHoldAFewThreadsOnlyAndOneEach() {
        Map<String, CompletableFuture<List<InetAddress>>> hanging = new LinkedHashMap<>();
        for (int i = 0; i < 60; i++) {
            hanging.put("hangs-" + i, resolver.resolve("hangs-" + i));
        }
        lookup = host -> {
            throw new UnknownHostException(host);
        };
        for (int round = 0; round < 3; round++) {
            time.advance(Duration.ofSeconds(30));
            assertThat(threads).hasSizeLessThanOrEqualTo(BOUNDS.unproven());
            List.copyOf(threads).forEach(thread -> letGo());
        }
        assertThat(asked).doesNotHaveDuplicates().hasSize(60);
        assertThat(threads).isEmpty();

        for (int i = 0; i < 60; i++) {
            resolver.resolve("hangs-" + i);
            resolver.resolve("hangs-" + i);
        }
        time.advance(Duration.ofSeconds(30));
        assertThat(threads).hasSize(BOUNDS.suspects());
        assertThat(beside("new")).isCompletedExceptionally();
        List.copyOf(threads).forEach(thread -> letGo());
        assertThat(new HashSet<>(asked)).hasSize(61);
        assertThat(threads).hasSize(BOUNDS.suspects());
    }

    /** Has the name looked up, and answered at once, beside look-ups that hang. */
    private CompletableFuture<List<InetAddress>> beside(String host) {
        List<Runnable> hanging = List.copyOf(threads);
        CompletableFuture<List<InetAddress>> answer = resolver.resolve(host);
        threads.removeAll(hanging);
        letGo();
        threads.addAll(hanging);
        return answer;
    }

    @Test
    void aNameThatRecoversIsLookedUpAmongTheOthersAgain() {
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < BOUNDS.suspects() + 1; i++) {
            hosts.add("hangs-" + i);
            resolver.resolve("hangs-" + i);
        }
        time.advance(Duration.ofSeconds(30));
        List.copyOf(threads).forEach(thread -> letGo());

        hosts.forEach(resolver::resolve);
        assertThat(threads).as("suspects").hasSize(BOUNDS.suspects());
        List.copyOf(threads).forEach(thread -> letGo());
        letGo();
        assertThat(threads).isEmpty();

        hosts.forEach(resolver::resolve);
        time.advance(Duration.ofMillis(60));
        assertThat(threads).as("recovered").hasSize(hosts.size());
    }

    @Test
    void namesThatWereFineAndHangAllAtOnceDoNotHoldUpOneThatIsFineStill() {
        for (int i = 0; i < 20; i++) {
            answered("zone-" + i);
        }
        answered("fine");
        for (int i = 0; i < 20; i++) {
            resolver.resolve("zone-" + i);
        }
        CompletableFuture<List<InetAddress>> fine = resolver.resolve("fine");
        time.advance(Duration.ofMillis(50L * 20 / BOUNDS.quick() + 10));
        assertThat(threads).hasSize(21);
        List.copyOf(threads).get(20).run();

        assertThat(fine).isCompleted();
    }

    @Test
    void onRealThreadsHundredsOfNamesThatHangDelayNoOther() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger inLookup = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<String> present = ConcurrentHashMap.newKeySet();
        Set<String> twice = ConcurrentHashMap.newKeySet();
        HostResolver lookUp = host -> {
            if (!present.add(host)) {
                twice.add(host);
            }
            most.accumulateAndGet(inLookup.incrementAndGet(), Math::max);
            try {
                if (host.startsWith("hangs")) {
                    release.await();
                }
                return List.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            } finally {
                inLookup.decrementAndGet();
                present.remove(host);
            }
        };
        ExecutorService pool = Executors.newCachedThreadPool();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            AddressResolver real = new AddressResolver(lookUp, pool, timer, System::nanoTime, TIMEOUT, BOUNDS);
            for (int i = 0; i < 100; i++) {
                real.resolve("healthy-" + i).get(5, TimeUnit.SECONDS);
            }
            List<CompletableFuture<List<InetAddress>>> hanging = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                hanging.add(real.resolve("hangs-" + i));
            }
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                long began = System.nanoTime();
                real.resolve("healthy-" + i % 100).get(5, TimeUnit.SECONDS);
                real.resolve("10.0.0." + i % 256).get(5, TimeUnit.SECONDS);
                millis.add((System.nanoTime() - began) / 1_000_000);
            }
            millis.sort(null);
            assertThat(millis.get(990)).as("ms, the 99th of a hundred").isLessThan(100);
            assertThat(hanging).noneMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
            assertThat(most).hasValueLessThanOrEqualTo(BOUNDS.threads());
        } finally {
            release.countDown();
            pool.shutdownNow();
            timer.shutdownNow();
        }
        assertThat(twice).as("names that two threads waited for").isEmpty();
    }

    @Test
    void saysThatAHostIsUnknown() {
        lookup = host -> {
            throw new UnknownHostException(host);
        };
        assertThat(failureOf(answered("a"))).isInstanceOf(UnknownHostException.class);
        lookup = host -> List.of();
        assertThat(failureOf(answered("a"))).isInstanceOf(UnknownHostException.class);
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
            assertThat(failureOf(answered("a"))).isInstanceOf(UnknownHostException.class);
        }
        lookup = host -> List.of(InetAddress.getLoopbackAddress());
        assertThat(answered("a")).isCompleted();
    }

    @Test
    void afterTheEndWhatWaitsIsToldSo() {
        List<CompletableFuture<List<InetAddress>>> answers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            answers.add(resolver.resolve("host-" + i));
        }
        closed = true;
        letGo();

        answers.subList(BOUNDS.quick(), answers.size())
                .forEach(answer -> assertThat(failureOf(answer)).isInstanceOf(TimeoutException.class));
    }

    @Test
    void refusesWhenTooManyNamesAreLookedUpAndTakesThemAgainLater() {
        for (int i = 0; i < 20_000; i++) {
            resolver.resolve("host-" + i);
        }
        assertThat(failureOf(resolver.resolve("more"))).isInstanceOf(TimeoutException.class);
        letGo();
        resolver.resolve("more");
        while (!threads.isEmpty()) {
            letGo();
        }
        assertThat(asked).endsWith("more").hasSize(20_001);
        assertThat(time.scheduled()).isZero();
    }
}
