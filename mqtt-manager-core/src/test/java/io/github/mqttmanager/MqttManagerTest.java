package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.TopicName;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The manager without any broker: everything that can be seen while nothing answers. */
@Timeout(30)
class MqttManagerTest {
    private static final BrokerId B = BrokerId.of("b");
    private static final DeviceId D = DeviceId.of("d");

    private final BlockingQueue<BrokerStatus> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<BrokerId> removed = new LinkedBlockingQueue<>();
    private @Nullable MqttManager made;

    private MqttManager.Builder builder() {
        return MqttManager.builder().handler((device, publish) -> {}).listener(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                told.add(current);
            }

            @Override
            public void brokerRemoved(BrokerId broker) {
                removed.add(broker);
            }
        });
    }

    private MqttManager started(MqttManager.Builder builder) {
        MqttManager manager = builder.build();
        made = manager;
        manager.start();
        return manager;
    }

    @AfterEach
    void close() {
        if (made != null) {
            made.close();
        }
    }

    /** A definition whose broker nobody is. */
    private static BrokerDefinition.Builder unreachable() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return BrokerDefinition.builder("b", "127.0.0.1", socket.getLocalPort());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private BrokerStatus awaitStatus(Predicate<BrokerStatus> wanted) throws InterruptedException {
        while (true) {
            BrokerStatus status = told.poll(20, TimeUnit.SECONDS);
            assertThat(status).as("a status that was waited for").isNotNull();
            if (wanted.test(status)) {
                return status;
            }
        }
    }

    private static PublishFailure failureOf(CompletableFuture<?> outcome) throws Exception {
        try {
            outcome.get(10, TimeUnit.SECONDS);
            throw new AssertionError("should have failed");
        } catch (ExecutionException e) {
            return ((PublishException) e.getCause()).failure();
        }
    }

    /** Waits until the background has done what was asked of it before. */
    private static void settle(MqttManager manager) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        BrokerId mark = BrokerId.of("mark-" + System.identityHashCode(done));
        var registration = manager.addListener(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                if (current.broker().equals(mark) && current.name().equals("done")) {
                    done.countDown();
                }
            }
        });
        BrokerDefinition saved = manager.save(
                BrokerDefinition.builder(mark, "127.0.0.1", 1).active(false).build());
        manager.save(saved.toBuilder().name("done").build());
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        registration.close();
    }

    @Test
    void needsAHandler() {
        assertThatIllegalStateException()
                .isThrownBy(() -> MqttManager.builder().build())
                .withMessageContaining("handler");
    }

    @Test
    void refusesNumbersThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().handlerThreads(0))
                .withMessageContaining("threads");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().startsPerSecond(0))
                .withMessageContaining("starts");
        for (Duration interval : List.of(Duration.ZERO, Duration.ofMillis(99), Duration.ofHours(2))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().lastSeenInterval(interval))
                    .withMessageContaining("last-seen");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        builder().handlerRetries(Duration.ZERO, Duration.ZERO).build())
                .withMessageContaining("retry");
    }

    @Test
    void startDoesNotWaitForARepositoryThatHangs() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        BrokerRepository hanging = repository(new InMemoryBrokerRepository(), call -> {
            if (call.startsWith("page")) {
                asked.countDown();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        started(builder().brokers(hanging));
        // It returned; the repository has not.
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        answer.countDown();
    }

    /** A repository before which something happens at each call. */
    private static BrokerRepository repository(BrokerRepository actual, Consumer<String> before) {
        return proxy(BrokerRepository.class, actual, before);
    }

    private static <T> T proxy(Class<T> type, T actual, Consumer<String> before) {
        return type.cast(Proxy.newProxyInstance(
                MqttManagerTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.accept(method.getName() + Arrays.toString(arguments));
                    try {
                        return method.invoke(actual, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void aRepositoryThatIsAwayAtTheStartIsAskedAgain() throws Exception {
        InMemoryBrokerRepository actual = new InMemoryBrokerRepository();
        actual.save(unreachable().active(true).build());
        int[] calls = {0};
        started(builder().brokers(repository(actual, call -> {
            if (call.startsWith("page") && calls[0]++ == 0) {
                throw new IllegalStateException("the store is away");
            }
        })));

        awaitStatus(status -> status.state() == ConnectionState.CONNECTING);
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void startAndCloseTwiceAreOnce() {
        MqttManager manager = started(builder());
        manager.start();
        manager.close();
        manager.close();
        assertThatIllegalStateException().isThrownBy(manager::start).withMessageContaining("closed");
    }

    @Test
    void canBeClosedWithoutHavingBeenStarted() {
        MqttManager manager = builder().build();
        manager.save(unreachable().build());
        manager.close();
        assertThatIllegalStateException().isThrownBy(manager::start);
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        MqttManager manager = started(builder());
        manager.save(unreachable().build());
        awaitStatus(status -> status.state() == ConnectionState.RECONNECTING);
        manager.close();

        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("mqtt-manager-")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    @Test
    void explainsABrokerThatIsNotThereAndKeepsTrying() throws Exception {
        MqttManager manager = started(builder());
        BrokerDefinition saved = manager.save(unreachable().build());
        assertThat(manager.status(B)).as("known at once").isPresent();
        BrokerStatus status = awaitStatus(s -> s.state() == ConnectionState.RECONNECTING);

        assertThat(status.failure()).isNotNull();
        assertThat(status.failure().kind()).isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(status.failure().remedy()).isNotBlank();
        assertThat(status.nextAttemptAt()).isNotNull();
        assertThat(awaitStatus(s -> s.attempt() >= 3).wanted()).isTrue();
        assertThat(manager.statuses()).extracting(BrokerStatus::broker).containsExactly(saved.id());
    }

    @Test
    void connectAndDisconnectSayWhetherTheyChangeAnything() throws Exception {
        MqttManager manager = started(builder().reconnectPolicy((outage, settings, random) -> Duration.ofHours(1)));
        manager.save(unreachable().active(false).build());
        assertThat(manager.disconnect(B)).isFalse();
        assertThat(manager.connect(B)).isTrue();
        awaitStatus(s -> s.state() == ConnectionState.RECONNECTING);
        assertThat(manager.connect(B)).as("an attempt at once").isTrue();
        awaitStatus(s -> s.state() == ConnectionState.CONNECTING);
        awaitStatus(s -> s.state() == ConnectionState.RECONNECTING);
        assertThat(manager.disconnect(B)).isTrue();
        awaitStatus(s -> s.state() == ConnectionState.DISCONNECTED);
        assertThat(manager.disconnect(B)).isFalse();
        assertThat(manager.brokers().find(B).orElseThrow().active()).isFalse();
        assertThat(manager.brokers().find(B).orElseThrow().version())
                .as("the version guards edits only")
                .isEqualTo(1);

        BrokerId unknown = BrokerId.of("unknown");
        assertThatThrownBy(() -> manager.connect(unknown))
                .isInstanceOf(UnknownBrokerException.class)
                .hasMessageContaining("unknown");
        assertThatThrownBy(() -> manager.disconnect(unknown)).isInstanceOf(UnknownBrokerException.class);
    }

    @Test
    void publishesToWhatIsNotThereFailWithAReason() throws Exception {
        MqttManager manager = started(builder());
        OutboundPublish withTopic = OutboundPublish.of(TopicName.of("t"), "x");
        assertThat(failureOf(manager.publish(D, withTopic))).isEqualTo(PublishFailure.UNKNOWN_DEVICE);
        assertThat(failureOf(manager.publishTo(B, withTopic))).isEqualTo(PublishFailure.UNKNOWN_BROKER);
        assertThat(failureOf(manager.publishTo(B, OutboundPublish.of("x")))).isEqualTo(PublishFailure.NO_TOPIC);

        manager.save(unreachable().build());
        manager.save(Device.builder("d", "b").commandTopic(null).build());
        assertThat(failureOf(manager.publish(D, OutboundPublish.of("x")))).isEqualTo(PublishFailure.NO_TOPIC);
        assertThat(failureOf(manager.publish(
                        D,
                        OutboundPublish.builder()
                                .topic("t")
                                .whenDisconnected(WhenDisconnected.FAIL)
                                .build())))
                .isEqualTo(PublishFailure.NOT_CONNECTED);
        CompletableFuture<?> queued = manager.publish(D, withTopic);
        assertThat(queued).isNotDone();
        assertThat(manager.status(B).orElseThrow().counters().queued()).isEqualTo(1);
        manager.close();
        assertThat(failureOf(queued)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(manager.publishTo(B, withTopic))).isEqualTo(PublishFailure.CLOSED);
    }

    @Test
    void aBrokerWithDevicesIsDeletedOnlyWithThem() throws Exception {
        MqttManager manager = started(builder());
        manager.save(unreachable().build());
        manager.save(Device.builder("d", "b").build());
        manager.save(Device.builder("e", "b").build());

        assertThatThrownBy(() -> manager.delete(B, WhenDevicesExist.REFUSE))
                .isInstanceOfSatisfying(
                        BrokerInUseException.class, e -> assertThat(e.devices()).isEqualTo(2))
                .hasMessageContaining("2 devices");
        assertThat(manager.brokers().find(B)).isPresent();
        assertThat(manager.delete(B, WhenDevicesExist.DELETE)).isTrue();
        assertThat(removed.poll(10, TimeUnit.SECONDS)).isEqualTo(B);
        assertThat(manager.status(B)).isEmpty();
        assertThat(manager.devices().countOfBroker(B)).isZero();
        assertThat(failureOf(manager.publish(D, OutboundPublish.of("x")))).isEqualTo(PublishFailure.UNKNOWN_DEVICE);
        assertThat(manager.delete(B, WhenDevicesExist.REFUSE)).isFalse();
    }

    @Test
    void devicesNeedABroker() {
        MqttManager manager = started(builder());
        assertThatThrownBy(() -> manager.save(Device.builder("d", "nowhere").build()))
                .isInstanceOf(UnknownBrokerException.class)
                .hasMessageContaining("nowhere");
        assertThat(manager.delete(D)).isFalse();
        assertThat(manager.presence(D)).isEqualTo(Presence.UNKNOWN);
        assertThat(manager.lastSeen(D)).isEmpty();
    }

    @Test
    void anOldVersionIsNotSaved() {
        MqttManager manager = started(builder());
        BrokerDefinition saved = manager.save(unreachable().build());
        manager.save(saved.toBuilder().name("one").build());
        assertThatThrownBy(() -> manager.save(saved.toBuilder().name("two").build()))
                .isInstanceOf(VersionConflictException.class);
        assertThat(manager.brokers().find(B).orElseThrow().name()).isEqualTo("one");
    }

    @Test
    void aDeviceThatIsDeletedAndMadeAnewInTheStoreIsTheNewOne() throws Exception {
        InMemoryDeviceRepository actual = new InMemoryDeviceRepository();
        // One that does not tell of changes, so that the manager does not see what lies between.
        MqttManager manager = started(builder().devices(proxy(DeviceRepository.class, actual, call -> {})));
        manager.save(unreachable().active(false).build());
        Device device = manager.save(Device.builder("d", "b").build());
        device = manager.save(device.toBuilder().name("second").build());
        manager.save(device.toBuilder().name("third").build());
        settle(manager);
        actual.delete(D);
        actual.save(Device.builder("d", "b").name("anew").commandTopic(null).build());
        manager.refresh(D);
        settle(manager);

        assertThat(failureOf(manager.publish(D, OutboundPublish.of("x"))))
                .as("the new one has no command topic")
                .isEqualTo(PublishFailure.NO_TOPIC);
    }

    @Test
    void seesWhatSomebodyElseStored() throws Exception {
        InMemoryBrokerRepository shared = new InMemoryBrokerRepository();
        MqttManager manager = started(builder().brokers(shared));
        settle(manager);
        shared.save(unreachable().build());
        awaitStatus(s -> s.broker().equals(B) && s.state() == ConnectionState.RECONNECTING);
        shared.delete(B);
        assertThat(removed.poll(10, TimeUnit.SECONDS)).isEqualTo(B);
    }

    @Test
    void aListenerHearsNothingOnceItIsTakenAway() throws Exception {
        MqttManager manager = started(builder());
        List<BrokerStatus> heard = new ArrayList<>();
        RepositoryChanges.Registration registration = manager.addListener(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                synchronized (heard) {
                    heard.add(current);
                }
            }
        });
        registration.close();
        registration.close();
        manager.save(unreachable().build());
        awaitStatus(s -> s.state() == ConnectionState.RECONNECTING);
        synchronized (heard) {
            assertThat(heard).isEmpty();
        }
    }

    // ---- transactions

    /** A transaction that the test commits or rolls back. */
    private static final class ManualTransactions implements Transactions {
        private @Nullable List<Runnable> open;

        @Override
        public <T> T run(Supplier<T> work) {
            return work.get();
        }

        @Override
        public void afterCommit(Runnable action) {
            if (open == null) {
                action.run();
            } else {
                open.add(action);
            }
        }

        void begin() {
            open = new ArrayList<>();
        }

        void end(boolean commit) {
            List<Runnable> actions = List.copyOf(open);
            open = null;
            if (commit) {
                actions.forEach(Runnable::run);
            }
        }
    }

    @Test
    void actsOnlyOnWhatIsCommitted() throws Exception {
        ManualTransactions transactions = new ManualTransactions();
        // One that does not tell of changes, as a database does not.
        InMemoryBrokerRepository actual = new InMemoryBrokerRepository();
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        MqttManager manager =
                started(builder().brokers(repository(actual, calls::add)).transactions(transactions));
        settle(manager);

        transactions.begin();
        manager.save(unreachable().build());
        assertThat(manager.status(B)).isEmpty();
        actual.delete(B);
        transactions.end(false);
        settle(manager);
        assertThat(manager.status(B)).as("rolled back").isEmpty();

        transactions.begin();
        manager.save(unreachable().active(false).build());
        transactions.end(true);
        assertThat(manager.status(B)).as("committed").isPresent();
        settle(manager);

        transactions.begin();
        assertThat(manager.connect(B)).isTrue();
        actual.setActive(B, false);
        transactions.end(false);
        settle(manager);
        assertThat(manager.status(B).orElseThrow().wanted()).isFalse();
        assertThat(manager.status(B).orElseThrow().state()).isEqualTo(ConnectionState.DISCONNECTED);

        manager.save(Device.builder("d", "b").build());
        transactions.begin();
        assertThat(manager.delete(B, WhenDevicesExist.DELETE)).isTrue();
        manager.refresh(BrokerId.of("mark"));
        String call = "";
        while (!call.equals("find[mark]")) {
            call = calls.poll(10, TimeUnit.SECONDS);
            assertThat(call).isNotNull();
        }
        assertThat(manager.status(B)).as("not committed yet").isPresent();
        transactions.end(true);
        assertThat(removed.poll(10, TimeUnit.SECONDS)).isEqualTo(B);
    }

    @Test
    void aRefusedDeletionChangesNothing() throws Exception {
        MqttManager manager = started(builder());
        manager.save(unreachable().build());
        manager.save(Device.builder("d", "b").build());
        assertThatThrownBy(() -> manager.delete(B, WhenDevicesExist.REFUSE)).isInstanceOf(BrokerInUseException.class);
        settle(manager);

        assertThat(manager.status(B)).isPresent();
        assertThat(manager.devices().find(D)).isPresent();
    }

    /** A row that cannot be read concerns its broker only. */
    @Test
    void devicesThatCannotBeReadKeepNoOtherBrokerFromBeingLoaded() {
        InMemoryBrokerRepository brokers = new InMemoryBrokerRepository();
        for (String id : List.of("a", "b", "c")) {
            brokers.save(
                    BrokerDefinition.builder(id, "127.0.0.1", 1).active(false).build());
        }
        InMemoryDeviceRepository devices = new InMemoryDeviceRepository();
        DeviceRepository broken = (DeviceRepository) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DeviceRepository.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("pageOfBroker") && arguments[0].equals(BrokerId.of("a"))) {
                        throw new IllegalStateException("a row cannot be read");
                    }
                    return method.invoke(devices, arguments);
                });
        try (MqttManager manager = MqttManager.builder()
                .brokers(brokers)
                .devices(broken)
                .handler((device, publish) -> {})
                .build()) {
            manager.start();
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (manager.status(BrokerId.of("c")).isEmpty() && System.nanoTime() < limit) {
                Thread.onSpinWait();
            }
            assertThat(manager.status(BrokerId.of("c"))).isPresent();
            assertThat(manager.status(BrokerId.of("b"))).isPresent();
            assertThat(manager.status(BrokerId.of("a"))).isEmpty();
        }
    }
}
