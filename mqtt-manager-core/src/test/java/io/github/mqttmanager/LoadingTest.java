package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceLoading;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.DuplicateDeviceException;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.topic.TopicName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many devices at once: the start, changes of others, and the deletion of their broker. */
@Timeout(60)
class LoadingTest {
    private static final BrokerId A = BrokerId.of("a");
    private static final BrokerId B = BrokerId.of("b");
    private static final int PAGE = StoreSync.LOADED_AT_ONCE;
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

    private final InMemoryBrokerRepository brokers = new InMemoryBrokerRepository();
    private final InMemoryDeviceRepository devices = new InMemoryDeviceRepository();
    private @Nullable MqttManager made;

    @AfterEach
    void close() {
        if (made != null) {
            made.close();
        }
    }

    private MqttManager manager(DeviceRepository from) {
        MqttManager manager = MqttManager.builder()
                .handler((device, publish) -> {})
                .brokers(brokers)
                .devices(from)
                .build();
        made = manager;
        return manager;
    }

    private void store(BrokerId broker, int count) {
        brokers.save(
                BrokerDefinition.builder(broker, "127.0.0.1", 1).active(false).build());
        List<Device> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Device.builder(broker + "-" + i, broker.value()).build());
        }
        devices.saveAll(all);
    }

    /** The devices as a repository that has nothing more to say but what it is asked, with the ability to load. */
    private DeviceRepository loading(UnaryOperator<List<DeviceLoading.Loaded>> page) {
        return proxy(page, new AtomicInteger(), DeviceRepository.class, DeviceLoading.class);
    }

    private DeviceRepository proxy(
            UnaryOperator<List<DeviceLoading.Loaded>> page, AtomicInteger finds, Class<?>... types) {
        return (DeviceRepository) Proxy.newProxyInstance(
                LoadingTest.class.getClassLoader(), types, (proxy, method, arguments) -> {
                    if (method.getName().equals("pageByBroker")) {
                        return page.apply(pageByBroker((Device) arguments[0], (int) arguments[1]));
                    }
                    if (method.getName().startsWith("find")) {
                        finds.incrementAndGet();
                    }
                    try {
                        return method.invoke(devices, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** A repository that stops before it gives a page away that it has read. */
    private static final class Pause implements UnaryOperator<List<DeviceLoading.Loaded>> {
        private final CountDownLatch read;
        private final CountDownLatch goOn = new CountDownLatch(1);

        /** @param page 1 is the first */
        Pause(int page) {
            read = new CountDownLatch(page);
        }

        @Override
        public List<DeviceLoading.Loaded> apply(List<DeviceLoading.Loaded> page) {
            read.countDown();
            if (read.getCount() == 0) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return page;
        }

        void await() throws InterruptedException {
            assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
        }

        void end() {
            goOn.countDown();
        }
    }

    private List<DeviceLoading.Loaded> pageByBroker(@Nullable Device after, int limit) {
        List<Device> ordered = devices.page(null, 100_000).stream()
                .sorted((one, other) -> one.broker().equals(other.broker())
                        ? one.id().compareTo(other.id())
                        : one.broker().compareTo(other.broker()))
                .toList();
        int from = after == null ? 0 : ordered.indexOf(after) + 1;
        return ordered.subList(from, Math.min(ordered.size(), from + limit)).stream()
                .map(device -> new DeviceLoading.Loaded(
                        device, devices.lastSeen(List.of(device.id())).get(device.id())))
                .toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            assertThat(i).as("waited for too long").isLessThan(3_000);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void aBrokerBeginsWhenItsOwnDevicesAreLoadedWhateverIsStillToCome() throws Exception {
        store(A, PAGE - 300);
        store(B, 700);
        devices.saveLastSeen(Map.of(DeviceId.of("b-5"), NOON));
        Pause second = new Pause(2);
        MqttManager manager = manager(loading(second));
        manager.start();

        second.await();
        await(() -> manager.status(A).isPresent()); // all of its devices are known
        assertThat(manager.explain(A, TopicName.of("devices/a-%d/telemetry".formatted(PAGE - 301)))
                        .routes())
                .hasSize(1);
        assertThat(manager.status(B)).as("some of its devices are missing").isEmpty();
        assertThat(manager.isLoaded()).isFalse();

        second.end();
        await(manager::isLoaded);
        assertThat(manager.status(B)).isPresent();
        assertThat(manager.explain(B, TopicName.of("devices/b-699/telemetry")).routes())
                .hasSize(1);
        assertThat(manager.lastSeen(DeviceId.of("b-5"))).contains(NOON);
    }

    @Test
    void aBrokerThatIsDeletedWhileDevicesAreLoadedDoesNotBegin() throws Exception {
        store(A, PAGE);
        store(B, 1);
        Pause first = new Pause(1);
        MqttManager manager = manager(loading(first));
        manager.start();
        first.await();
        assertThat(manager.delete(B, WhenDevicesExist.DELETE)).isTrue();
        first.end();
        await(manager::isLoaded);
        assertThat(manager.status(A)).isPresent();
        assertThat(manager.status(B)).isEmpty();
    }

    @Test
    void aDeviceThatIsDeletedAfterItsPageWasReadAheadIsNotRoutedTo() throws Exception {
        store(A, PAGE);
        store(B, 10);
        Pause second = new Pause(2);
        AtomicInteger finds = new AtomicInteger();
        MqttManager manager = manager(proxy(second, finds, DeviceRepository.class, DeviceLoading.class));
        manager.start();
        second.await();
        manager.delete(DeviceId.of("b-5"));
        await(() -> finds.get() == 1); // looked for on the store's thread, which takes the page after that
        second.end();
        await(manager::isLoaded);
        assertThat(manager.explain(B, TopicName.of("devices/b-5/telemetry")).routes())
                .isEmpty();
        assertThat(manager.explain(B, TopicName.of("devices/b-6/telemetry")).routes())
                .hasSize(1);
    }

    @Test
    void devicesThatCannotBeReadTogetherAreReadBrokerByBroker() throws Exception {
        store(A, 3);
        MqttManager manager = manager(loading(page -> {
            throw new IllegalStateException("a row is damaged");
        }));
        manager.start();
        await(manager::isLoaded);
        assertThat(manager.status(A)).isPresent();
        assertThat(manager.explain(A, TopicName.of("devices/a-2/telemetry")).routes())
                .hasSize(1);
    }

    @Test
    void aPageThatCannotBeAppliedHoldsUpNobody() throws Exception {
        store(A, 3);
        store(B, 2);
        MqttManager manager = manager(loading(page -> new AbstractList<>() {
            @Override
            public DeviceLoading.Loaded get(int index) {
                if (index == 2) {
                    throw new IllegalStateException("a row is damaged");
                }
                return page.get(index);
            }

            @Override
            public int size() {
                return page.size();
            }
        }));
        manager.start();
        await(manager::isLoaded);
        assertThat(manager.status(A)).isPresent();
        assertThat(manager.status(B)).isPresent();
        assertThat(manager.explain(A, TopicName.of("devices/a-2/telemetry")).routes())
                .hasSize(1);
    }

    @Test
    void devicesThatOthersChangedAreReadManyAtATime() throws Exception {
        store(A, 2_000);
        AtomicInteger finds = new AtomicInteger();
        MqttManager manager = manager(proxy(page -> page, finds, DeviceRepository.class));
        manager.start();
        await(manager::isLoaded);
        List<Device> changed = devices.saveAll(devices.page(null, 2_000).stream()
                .map(device ->
                        device.toBuilder().topicName("new-" + device.id()).build())
                .toList());
        changed.forEach(device -> manager.refresh(device.id()));
        await(() -> changed.stream()
                .allMatch(device -> manager.explain(A, TopicName.of("devices/new-" + device.id() + "/telemetry"))
                                .routes()
                                .size()
                        == 1));
        assertThat(finds.get()).as("questions").isLessThan(200);
    }

    @Test
    void theDevicesOfABrokerThatIsDeletedMoveToAnother() throws Exception {
        store(A, 1_200);
        store(B, 1);
        devices.saveLastSeen(Map.of(DeviceId.of("a-7"), NOON));
        MqttManager manager = manager(devices);
        manager.start();
        await(manager::isLoaded);

        assertThat(manager.delete(A, B)).isTrue();
        await(() -> manager.status(A).isEmpty());
        assertThat(brokers.find(A)).isEmpty();
        assertThat(devices.countOfBroker(B)).isEqualTo(1_201);
        for (int i : List.of(0, 7, 1_199)) {
            assertThat(manager.explain(B, TopicName.of("devices/a-" + i + "/telemetry"))
                            .routes())
                    .hasSize(1);
        }
        assertThat(manager.explain(A, TopicName.of("devices/a-0/telemetry")).routes())
                .isEmpty();
        assertThat(manager.lastSeen(DeviceId.of("a-7"))).contains(NOON);
        assertThat(manager.delete(A, B)).as("a second time").isFalse();
    }

    @Test
    void nothingIsMovedOrDeletedWhereNamesCollide() throws Exception {
        store(A, 3);
        store(B, 0);
        devices.save(Device.builder(DeviceId.of("twin"), B, "a-1").build());
        MqttManager manager = manager(devices);
        manager.start();
        await(manager::isLoaded);

        assertThatThrownBy(() -> manager.delete(A, B))
                .isInstanceOfSatisfying(
                        DuplicateDeviceException.class,
                        e -> assertThat(e.topicName()).isEqualTo("a-1"));
        BrokerId unknown = BrokerId.of("unknown");
        assertThatThrownBy(() -> manager.delete(A, unknown)).isInstanceOf(UnknownBrokerException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> manager.delete(A, A));
        assertThat(devices.countOfBroker(A)).isEqualTo(3);
        assertThat(manager.status(A)).isPresent();
        assertThatThrownBy(() -> manager.delete(A, WhenDevicesExist.REFUSE))
                .isInstanceOfSatisfying(
                        BrokerInUseException.class, e -> assertThat(e.devices()).isEqualTo(3));
    }
}
