package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.UnreadableDefinitions;
import io.github.mqttmanager.connection.Connections;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceLoading;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.DeviceRouter;
import io.github.mqttmanager.device.WantedChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what runs the same as what is stored: loads all at the start, reads again what the store has news of, tries again what could not be
 * read, and writes when devices were last seen.
 *
 * <p>All of it happens on the store's thread, so that what was read last was stored last; only the pages of the start are read ahead on
 * a second one. Public to this package are calls from any thread, which return at once.
 */
final class StoreSync {
    private static final Logger LOG = LoggerFactory.getLogger(StoreSync.class);
    private static final int PAGE = 500;
    static final int LOADED_AT_ONCE = 4_000;
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration REMINDER = Duration.ofMinutes(5);
    private static final int LOOKS = 50;

    private final BrokerRepository brokers;
    private final DeviceRepository devices;
    private final DeviceRouter router;
    private final Connections connections;
    private final ManagerThreads threads;
    private final Duration lastSeenInterval;
    private final StoreComparison comparison;
    private final List<RepositoryChanges.Registration> registrations = new ArrayList<>();
    private volatile boolean running;
    private volatile boolean loaded;

    /** Brokers of which the store has news that were not read yet. */
    private final Set<BrokerId> staleBrokers = ConcurrentHashMap.newKeySet();

    /** The same of devices. */
    private final Set<DeviceId> staleDevices = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean staleDevicesAwaited = new AtomicBoolean();

    // on the store's thread

    /** Those that wait for their devices. */
    private final Map<BrokerId, BrokerDefinition> loading = new LinkedHashMap<>();

    /** Devices that were looked at while all are loaded: a page that was read ahead may be older than that. */
    private final Set<DeviceId> lookedAt = new HashSet<>();

    /** Those that could not be read, the one that was looked at longest ago first. */
    private final Set<BrokerId> unreadable = new LinkedHashSet<>();

    private boolean lookPlanned;

    /** Those that are read again soon, for they could not be. */
    private final Set<BrokerId> retried = new HashSet<>();

    /** How often these could not be read, one time after the other. */
    private final Map<BrokerId, Integer> failures = new HashMap<>();

    StoreSync(
            BrokerRepository brokers,
            DeviceRepository devices,
            DeviceRouter router,
            Connections connections,
            ManagerThreads threads,
            Duration lastSeenInterval) {
        this.brokers = brokers;
        this.devices = devices;
        this.router = router;
        this.connections = connections;
        this.threads = threads;
        this.lastSeenInterval = lastSeenInterval;
        this.comparison = new StoreComparison(brokers, devices, new Reality(), PAGE);
    }

    // ---- from any thread
    // -----------------------------------------------------------------------------------------------------

    /** Begins to load; once. */
    synchronized void start() {
        running = true;
        if (brokers instanceof RepositoryChanges<?> changes) {
            registrations.add(changes.onChange(id -> refresh((BrokerId) id), this::refresh));
        }
        if (devices instanceof RepositoryChanges<?> changes) {
            registrations.add(changes.onChange(id -> refresh((DeviceId) id), this::refresh));
        }
        onStore(() -> load(null));
        later(lastSeenInterval, this::writeLastSeen);
    }

    /** Reads nothing more. */
    synchronized void stop() {
        running = false;
        registrations.forEach(RepositoryChanges.Registration::close);
        registrations.clear();
    }

    /** Started and not stopped. */
    boolean isRunning() {
        return running;
    }

    /** Whether all that was stored at the start is loaded. */
    boolean isLoaded() {
        return loaded;
    }

    /** The last task: writes all last-seen times, also after the stop. */
    Future<?> writeAllLastSeen() {
        return threads.store.submit(router::writeAllLastSeen);
    }

    /** The store has news of the broker. */
    void refresh(BrokerId id) {
        // Asked for again before it is read, it is read once.
        if (running && staleBrokers.add(id)) {
            onStore(() -> {
                staleBrokers.remove(id);
                reload(id);
            });
        }
    }

    /** The broker is to be read, and then this to be done. */
    void refresh(BrokerId id, Runnable then) {
        onStore(() -> {
            reload(id);
            then.run();
        });
    }

    /** The store has news of the device. */
    void refresh(DeviceId id) {
        if (running && staleDevices.add(id)) {
            awaitStaleDevices();
        }
    }

    /** The store may have news of anything. */
    void refresh() {
        if (running) {
            comparison.request();
        }
    }

    /** The store has news of many of the broker's devices. */
    void refreshDevicesOf(BrokerId id) {
        onStore(() -> reloadDevices(id));
    }

    /** Routes by what was just stored, at once; does nothing unless {@link #isRunning}. */
    void put(Device device) {
        if (running) {
            routesChanged(router.put(device));
        }
    }

    // ---- on the store's thread
    // -----------------------------------------------------------------------------------------------

    private void onStore(Runnable task) {
        on(threads.store, task);
    }

    private void on(ExecutorService thread, Runnable task) {
        if (!running) {
            return;
        }
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("unexpected", e);
                }
            });
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    private void later(Duration delay, Runnable task) {
        try {
            threads.timer.schedule(() -> onStore(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    /** Loads one page of brokers and comes back for the next one; commands get their turn in between. */
    private void load(@Nullable BrokerId after) {
        BrokerId last = after;
        try {
            List<BrokerDefinition> page = brokers.page(after, PAGE);
            for (BrokerDefinition definition : page) {
                if (devices instanceof DeviceLoading) {
                    loading.put(definition.id(), definition);
                } else {
                    begin(definition);
                }
                last = definition.id();
            }
            if (page.size() == PAGE) {
                BrokerId next = last;
                onStore(() -> load(next));
                return;
            }
            if (brokers instanceof UnreadableDefinitions left) {
                left.unreadable().forEach(this::unreadable);
            }
            if (devices instanceof DeviceLoading bulk) {
                readDevices(bulk, null, false);
            } else {
                loaded();
            }
        } catch (RuntimeException e) {
            LOG.warn("Brokers could not be loaded; trying again in {} s", RETRY.toSeconds(), e);
            BrokerId resume = last;
            later(RETRY, () -> load(resume));
        }
    }

    private void loaded() {
        loaded = true;
        lookedAt.clear();
        LOG.debug("all brokers and devices are loaded");
    }

    /** Reads the next page while the one before is applied: each takes about as long. */
    private void readDevices(DeviceLoading bulk, @Nullable Device after, boolean failed) {
        on(threads.loading, () -> {
            try {
                List<DeviceLoading.Loaded> page = bulk.pageByBroker(after, LOADED_AT_ONCE);
                onStore(() -> {
                    try {
                        take(bulk, after, page);
                    } catch (RuntimeException e) {
                        loadEach(e);
                    }
                });
            } catch (RuntimeException e) {
                onStore(() -> notLoaded(bulk, after, failed, e));
            }
        });
    }

    /**
     * Applies one page of the devices of all brokers. A broker begins when all of its own are known: what a resumed session holds comes
     * at once, and would belong to nobody.
     */
    private void take(DeviceLoading bulk, @Nullable Device after, List<DeviceLoading.Loaded> page) {
        boolean more = page.size() == LOADED_AT_ONCE;
        if (more) {
            readDevices(bulk, page.get(page.size() - 1).device(), false);
        }
        BrokerId last = after == null ? null : after.broker();
        for (int from = 0, to; from < page.size(); from = to) {
            BrokerId broker = page.get(from).device().broker();
            if (last != null && !last.equals(broker)) {
                beginLoaded(last);
            }
            last = broker;
            to = from + 1;
            while (to < page.size() && page.get(to).device().broker().equals(broker)) {
                to++;
            }
            if (loading.containsKey(broker)) {
                take(broker, page.subList(from, to));
            }
        }
        if (!more) {
            List.copyOf(loading.keySet()).forEach(this::beginLoaded);
            loaded();
        }
    }

    private void take(BrokerId broker, List<DeviceLoading.Loaded> stored) {
        List<DeviceLoading.Loaded> sure = stored;
        if (!lookedAt.isEmpty()) {
            sure = new ArrayList<>();
            for (DeviceLoading.Loaded found : stored) {
                if (lookedAt.contains(found.device().id())) {
                    refresh(found.device().id());
                } else {
                    sure.add(found);
                }
            }
        }
        router.load(broker, sure);
        if (connections.has(broker)) {
            // It was begun as one that has no devices yet.
            sure.forEach(found -> routesChanged(DeviceRouter.wanted(found.device())));
        }
    }

    private void notLoaded(DeviceLoading bulk, @Nullable Device after, boolean failed, RuntimeException failure) {
        if (failed && isThere(brokers)) {
            loadEach(failure);
            return;
        }
        LOG.warn("Devices could not be loaded; trying again in {} s", RETRY.toSeconds(), failure);
        later(RETRY, () -> readDevices(bulk, after, true));
    }

    /** Not the store, but what it holds is at fault, and only the broker that it belongs to has to wait. */
    private void loadEach(RuntimeException failure) {
        LOG.warn("Devices could not be loaded; trying each broker's on their own", failure);
        List<BrokerDefinition> rest = List.copyOf(loading.values());
        loading.clear();
        rest.forEach(this::begin);
        loaded();
    }

    private static boolean isThere(BrokerRepository store) {
        try {
            store.page(null, 1);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private void beginLoaded(BrokerId id) {
        BrokerDefinition definition = loading.remove(id);
        if (definition != null) {
            connections.begin(definition);
        }
    }

    /** What is wrong with one broker's devices does not keep the others from being loaded. */
    private void begin(BrokerDefinition definition) {
        try {
            loadDevices(definition.id());
            connections.begin(definition);
        } catch (RuntimeException e) {
            retry(definition.id(), e);
        }
    }

    /** Before its connection begins: what a resumed session holds comes at once, and would belong to nobody. */
    private void loadDevices(BrokerId broker) {
        DeviceId last = null;
        while (true) {
            List<Device> page = devices.pageOfBroker(broker, last, PAGE);
            for (Device device : page) {
                routesChanged(router.put(device));
                last = device.id();
            }
            router.recallLastSeen(page.stream().map(Device::id).toList());
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    /** One batch after the other, and others have their turn in between; the next round begins an interval after the last one is over. */
    private void writeLastSeen() {
        boolean more = false;
        try {
            more = router.writeLastSeen();
        } finally {
            if (more) {
                onStore(this::writeLastSeen);
            } else {
                later(lastSeenInterval, this::writeLastSeen);
            }
        }
    }

    private void reload(BrokerId id) {
        try {
            Optional<BrokerDefinition> found = brokers.find(id);
            loading.remove(id);
            if (found.isPresent()) {
                if (!connections.has(id)) {
                    loadDevices(id);
                }
                connections.apply(found.get());
                unreadable.remove(id);
            } else {
                unreadable.remove(id);
                // Those that were moved away first: they take what is known of them along.
                while (reloadStaleDevices()) {
                    // until all are
                }
                // Whoever hears that the broker is gone finds none of its devices.
                router.removeBroker(id);
                connections.remove(id);
            }
        } catch (UnreadableDefinitionException e) {
            unreadable(e.definition());
        } catch (RuntimeException e) {
            retry(id, e);
        }
    }

    private void reloadDevices(BrokerId id) {
        try {
            loadDevices(id);
        } catch (RuntimeException e) {
            LOG.warn("[{}] devices could not be read; trying again in {} s", id, RETRY.toSeconds(), e);
            later(RETRY, () -> reloadDevices(id));
        }
    }

    private final class Reality implements StoreComparison.Reality {
        @Override
        public Set<BrokerId> brokers() {
            return connections.brokers();
        }

        @Override
        public Set<DeviceId> devices(BrokerId broker) {
            return router.devicesOf(broker);
        }

        @Override
        public void apply(List<Device> page) {
            for (Device device : page) {
                Optional<Device> known = router.device(device.id());
                if (known.isPresent() && known.get().version() > device.version()) {
                    refresh(device.id()); // read before the latest change, or made anew
                } else {
                    routesChanged(router.put(device));
                }
            }
            router.recallLastSeen(page.stream().map(Device::id).toList());
        }

        @Override
        public void lookAt(BrokerId broker) {
            refresh(broker);
        }

        @Override
        public void lookAt(DeviceId device) {
            refresh(device);
        }

        @Override
        public void onStore(Runnable step) {
            StoreSync.this.onStore(step);
        }

        @Override
        public void later(RuntimeException failure, Runnable step) {
            LOG.warn("Not all that is stored could be compared; trying again in {} s", RETRY.toSeconds(), failure);
            StoreSync.this.later(RETRY, step);
        }
    }

    /** Shows what is wrong, and looks again from time to time: the key may come back. Whoever reads it has logged it. */
    private void unreadable(UnreadableDefinition definition) {
        BrokerId id = definition.broker();
        try {
            if (connections.status(id).isEmpty()) {
                loadDevices(id);
            }
            connections.unreadable(definition);
            unreadable.remove(id);
            unreadable.add(id);
            planLook();
        } catch (RuntimeException e) {
            retry(id, e);
        }
    }

    private void planLook() {
        if (!lookPlanned) {
            lookPlanned = true;
            later(RETRY, () -> {
                lookPlanned = false;
                lookAgain();
            });
        }
    }

    /** At a few of them; where one can be read now, at all others, too. */
    private void lookAgain() {
        List<BrokerId> some = unreadable.stream().limit(LOOKS).toList();
        some.forEach(this::reload);
        if (!unreadable.isEmpty()) {
            if (unreadable.containsAll(some)) {
                planLook();
            } else {
                onStore(this::lookAgain);
            }
        }
    }

    /** One chain of retries for each broker, however often somebody asks, and a line in the log once in {@link #REMINDER}. */
    private void retry(BrokerId id, RuntimeException failure) {
        if (!retried.add(id)) {
            return;
        }
        int times = failures.merge(id, 1, Integer::sum);
        if (times % (REMINDER.toSeconds() / RETRY.toSeconds()) == 1) {
            LOG.warn("[{}] could not be read; trying again each {} s", id, RETRY.toSeconds(), failure);
        } else {
            LOG.debug("[{}] could not be read", id, failure);
        }
        later(RETRY, () -> {
            retried.remove(id);
            reload(id);
            if (!retried.contains(id)) {
                failures.remove(id);
            }
        });
    }

    private void awaitStaleDevices() {
        if (staleDevicesAwaited.compareAndSet(false, true)) {
            // A batch after the other; commands get their turn in between.
            onStore(() -> {
                staleDevicesAwaited.set(false);
                if (reloadStaleDevices()) {
                    awaitStaleDevices();
                }
            });
        }
    }

    /** Reads the next batch of devices that the store has news of. @return whether there may be more */
    private boolean reloadStaleDevices() {
        List<DeviceId> ids = staleDevices.stream().limit(PAGE).toList();
        if (ids.isEmpty()) {
            return false;
        }
        ids.forEach(staleDevices::remove);
        if (!loaded) {
            lookedAt.addAll(ids);
        }
        try {
            // Known before the look-up: if what is found then has a lower version, it was deleted and made anew.
            Map<DeviceId, Long> known = new HashMap<>();
            ids.forEach(id -> router.device(id).ifPresent(device -> known.put(id, device.version())));
            Set<DeviceId> gone = new HashSet<>(known.keySet());
            for (Device device : devices.findAll(ids)) {
                if (device.version() < known.getOrDefault(device.id(), 0L)) {
                    routesChanged(router.remove(device.id()));
                }
                routesChanged(router.put(device));
                gone.remove(device.id());
            }
            gone.forEach(id -> routesChanged(router.remove(id)));
            router.recallLastSeen(ids);
            return true;
        } catch (RuntimeException e) {
            LOG.warn(
                    "Devices {} could not be read; trying again in {} s",
                    ids.size() > 3 ? ids.subList(0, 3) + " and others" : ids,
                    RETRY.toSeconds(),
                    e);
            later(RETRY, () -> ids.forEach(this::refresh));
            return false;
        }
    }

    private void routesChanged(List<WantedChange> changes) {
        changes.forEach(change -> connections.demandChanged(change.broker(), change.template(), change.deviceName()));
    }
}
