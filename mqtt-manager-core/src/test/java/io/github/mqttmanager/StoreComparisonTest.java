package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.topic.TopicName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoreComparisonTest {
    private static final int PAGE = 2;

    private final InMemoryBrokerRepository brokers = new InMemoryBrokerRepository();
    private final InMemoryDeviceRepository devices = new InMemoryDeviceRepository();
    private final Deque<Runnable> store = new ArrayDeque<>();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private final Map<BrokerId, Set<DeviceId>> running = new HashMap<>();

    private final StoreComparison comparison = of(devices);

    private StoreComparison of(DeviceRepository devices) {
        return new StoreComparison(
                brokers,
                devices,
                new StoreComparison.Reality() {
                    @Override
                    public Set<BrokerId> brokers() {
                        return running.keySet();
                    }

                    @Override
                    public Set<DeviceId> devices(BrokerId broker) {
                        return running.getOrDefault(broker, Set.of());
                    }

                    @Override
                    public void apply(List<Device> page) {
                        page.forEach(device -> seen.add("stored " + device.id()));
                    }

                    @Override
                    public void lookAt(BrokerId broker) {
                        seen.add("look at " + broker);
                    }

                    @Override
                    public void lookAt(DeviceId device) {
                        seen.add("look at " + device);
                    }

                    @Override
                    public void onStore(Runnable step) {
                        store.add(step);
                    }

                    @Override
                    public void later(RuntimeException failure, Runnable step) {
                        later.add(step);
                    }
                },
                PAGE);
    }

    private void runStore() {
        while (!store.isEmpty()) {
            store.remove().run();
        }
    }

    private void stored(String broker, String... ids) {
        brokers.save(BrokerDefinition.builder(broker, "host", 1).build());
        for (String id : ids) {
            devices.save(Device.builder(id, broker).build());
        }
    }

    private void runs(String broker, String... ids) {
        Set<DeviceId> known = new HashSet<>();
        for (String id : ids) {
            known.add(DeviceId.of(id));
        }
        running.put(BrokerId.of(broker), known);
    }

    @Test
    void meetsWhatIsStoredAndLooksAtWhatIsNot() {
        stored("b1", "d1", "d2", "d3", "d4");
        stored("b2");
        stored("b3", "d5");
        stored("new", "d6");
        runs("b1", "d0", "d1", "d3");
        runs("b2", "d9");
        runs("b3");
        runs("gone", "d7");
        comparison.request();
        runStore();
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "stored d1",
                        "stored d2",
                        "stored d3",
                        "stored d4",
                        "look at d0",
                        "look at b1",
                        "look at d9",
                        "look at b2",
                        "stored d5",
                        "look at b3",
                        "look at new",
                        "look at gone");
        assertThat(later).isEmpty();
    }

    /** Otherwise an edit would wait for a million devices. */
    @Test
    void othersHaveTheirTurnBetweenPages() {
        stored("b1", "d1", "d2", "d3", "d4", "d5");
        runs("b1");
        comparison.request();
        int atOnce = 0;
        while (!store.isEmpty()) {
            int before = seen.size();
            store.remove().run();
            atOnce = Math.max(atOnce, seen.size() - before);
        }
        assertThat(seen).hasSize(6);
        assertThat(atOnce).isLessThanOrEqualTo(PAGE);
    }

    @Test
    void askedForWhileItRunsItRunsOnceMore() {
        stored("b1", "d1");
        runs("b1");
        comparison.request();
        comparison.request();
        store.remove().run();
        comparison.request();
        comparison.request();
        runStore();
        assertThat(seen).containsExactly("stored d1", "look at b1", "stored d1", "look at b1");
        comparison.request();
        runStore();
        assertThat(seen).hasSize(6);
    }

    @Test
    void whatCannotBeReadHindersNoOtherAndIsReadLater() {
        stored("b1", "d1");
        stored("b2", "d2");
        runs("b1", "d1");
        runs("b2", "d0");
        boolean[] broken = {true};
        StoreComparison comparison = of(proxy(DeviceRepository.class, devices, () -> {
            if (broken[0]) {
                broken[0] = false;
                throw new IllegalStateException("away");
            }
        }));
        comparison.request();
        runStore();
        assertThat(seen).containsExactlyInAnyOrder("stored d2", "look at d0", "look at b2");
        assertThat(later).hasSize(1);
        comparison.request();
        runStore();
        later.remove().run();
        runStore();
        assertThat(seen).contains("stored d1").doesNotContain("look at d1");
        assertThat(later).isEmpty();
    }

    private static <T> T proxy(Class<T> type, T actual, Runnable before) {
        return type.cast(Proxy.newProxyInstance(
                StoreComparisonTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.run();
                    try {
                        return method.invoke(actual, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** Stores that tell nothing, changed behind the manager's back in every way. */
    @Test
    void theManagerMakesRealWhatNobodyToldOf() throws Exception {
        List<BrokerStatus> told = new CopyOnWriteArrayList<>();
        for (String id : List.of("changed", "gone", "same")) {
            brokers.save(
                    BrokerDefinition.builder(id, "127.0.0.1", 1).active(false).build());
        }
        List<Device> many = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            many.add(Device.builder("many" + i, "same").build());
        }
        devices.saveAll(many);
        for (String id : List.of("deleted", "renamed", "moved", "anew")) {
            devices.save(Device.builder(id, "changed").build());
        }
        Device anew = devices.save(find("anew"));
        try (MqttManager manager = MqttManager.builder()
                .brokers(proxy(BrokerRepository.class, brokers, () -> {}))
                .devices(proxy(DeviceRepository.class, devices, () -> {}))
                .handler((device, publish) -> {})
                .listener(new ConnectionListener() {
                    @Override
                    public void statusChanged(BrokerStatus current) {
                        told.add(current);
                    }
                })
                .build()) {
            manager.refresh(); // before the start it does nothing
            manager.start();
            await(() -> manager.statuses().size() == 3 && reaches(manager, "same", "many1199"));

            BrokerDefinition changed = brokers.find(BrokerId.of("changed")).orElseThrow();
            brokers.save(changed.toBuilder().name("another").build());
            brokers.save(BrokerDefinition.builder("new", "127.0.0.1", 1)
                    .active(false)
                    .build());
            brokers.delete(BrokerId.of("gone"));
            devices.delete(DeviceId.of("deleted"));
            devices.save(find("renamed").toBuilder().topicName("other").build());
            devices.save(find("moved").toBuilder().broker(BrokerId.of("same")).build());
            devices.delete(anew.id());
            devices.save(Device.builder("anew", "changed").topicName("second").build());
            devices.save(Device.builder("added", "new").build());
            devices.delete(DeviceId.of("many700"));
            told.clear();
            manager.refresh();

            await(() -> manager.status(BrokerId.of("gone")).isEmpty()
                    && manager.status(BrokerId.of("changed"))
                            .filter(status -> status.name().equals("another"))
                            .isPresent()
                    && reaches(manager, "new", "added")
                    && reaches(manager, "same", "moved")
                    && !reaches(manager, "changed", "moved")
                    && !reaches(manager, "changed", "deleted")
                    && !reaches(manager, "same", "many700")
                    && reaches(manager, "changed", "other")
                    && !reaches(manager, "changed", "renamed")
                    && reaches(manager, "changed", "second")
                    && !reaches(manager, "changed", "anew"));
            assertThat(reaches(manager, "same", "many1199")).isTrue();
            assertThat(told)
                    .as("what is the same stays untouched")
                    .noneMatch(status -> status.broker().equals(BrokerId.of("same")));
        }
    }

    private Device find(String id) {
        return devices.find(DeviceId.of(id)).orElseThrow();
    }

    private static boolean reaches(MqttManager manager, String broker, String topicName) {
        return !manager.explain(BrokerId.of(broker), TopicName.of("devices/" + topicName + "/telemetry"))
                .routes()
                .isEmpty();
    }

    @Test
    void aRepositoryThatMissedChangesHasEverythingCompared() throws Exception {
        class Forgetful implements RepositoryChanges<BrokerId> {
            @Nullable
            Runnable missed;

            @Override
            public Registration onChange(Consumer<? super BrokerId> listener) {
                throw new AssertionError();
            }

            @Override
            public Registration onChange(Consumer<? super BrokerId> listener, Runnable missed) {
                this.missed = missed;
                return () -> this.missed = null;
            }
        }
        Forgetful forgetful = new Forgetful();
        Object repository = Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {BrokerRepository.class, RepositoryChanges.class},
                (proxy, method, arguments) -> method.invoke(
                        method.getDeclaringClass() == RepositoryChanges.class ? forgetful : brokers, arguments));
        try (MqttManager manager = MqttManager.builder()
                .brokers((BrokerRepository) repository)
                .handler((device, publish) -> {})
                .build()) {
            manager.start();
            brokers.save(
                    BrokerDefinition.builder("b", "127.0.0.1", 1).active(false).build());
            Runnable missed = forgetful.missed;
            assertThat(missed).isNotNull();
            await(() -> {
                missed.run();
                return manager.status(BrokerId.of("b")).isPresent();
            });
            manager.close();
            assertThat(forgetful.missed).as("the registration is closed").isNull();
            assertThatCode(missed::run).doesNotThrowAnyException();
        }
    }

    private static void await(Supplier<Boolean> condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.get()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.yield();
        }
    }
}
