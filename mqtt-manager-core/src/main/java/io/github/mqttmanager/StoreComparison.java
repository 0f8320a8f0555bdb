package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceRepository;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Compares everything that is stored with what runs, a page at a time, so that others have their turn on the store's thread in between.
 * Devices that are stored are applied; what runs
 * and was not met is looked at by itself, for a page may leave out what cannot be read.
 *
 * <p>Asked for while one is under way, one more follows. Besides {@link #request}, all happens on the store's thread.
 */
final class StoreComparison {
    /** What runs. */
    interface Reality {
        Set<BrokerId> brokers();

        Set<DeviceId> devices(BrokerId broker);

        /** These are stored. */
        void apply(List<Device> page);

        void lookAt(BrokerId broker);

        void lookAt(DeviceId device);

        void onStore(Runnable step);

        /** The store does not answer: the step is for when it may do so again. */
        void later(RuntimeException failure, Runnable step);
    }

    private final BrokerRepository brokers;
    private final DeviceRepository devices;
    private final Reality reality;
    private final int pageSize;
    private final AtomicBoolean requested = new AtomicBoolean();

    // on the store's thread
    private boolean running;
    private @Nullable RuntimeException failure;
    private Set<BrokerId> unmet = new HashSet<>();

    StoreComparison(BrokerRepository brokers, DeviceRepository devices, Reality reality, int pageSize) {
        this.brokers = brokers;
        this.devices = devices;
        this.reality = reality;
        this.pageSize = pageSize;
    }

    /** From any thread; returns at once. */
    void request() {
        if (requested.compareAndSet(false, true)) {
            reality.onStore(this::begin);
        }
    }

    private void begin() {
        if (!running) {
            running = true;
            failure = null;
            requested.set(false);
            unmet = new HashSet<>(reality.brokers());
            step(() -> page(null), this::end);
        }
    }

    /** What is wrong with one part does not keep the others from being compared. */
    private void step(Runnable work, Runnable otherwise) {
        reality.onStore(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                failure = e;
                otherwise.run();
            }
        });
    }

    private void page(@Nullable BrokerId after) {
        List<BrokerId> page =
                brokers.page(after, pageSize).stream().map(BrokerDefinition::id).toList();
        next(page, 0);
    }

    private void next(List<BrokerId> page, int index) {
        if (index < page.size()) {
            BrokerId broker = page.get(index);
            Runnable next = () -> next(page, index + 1);
            if (unmet.remove(broker)) {
                Set<DeviceId> missing = new HashSet<>(reality.devices(broker));
                step(() -> devices(broker, null, missing, next), next);
            } else {
                reality.lookAt(broker); // with its devices, for it is new
                step(next, this::end);
            }
        } else if (page.size() == pageSize) {
            step(() -> page(page.get(pageSize - 1)), this::end);
        } else {
            unmet.forEach(reality::lookAt);
            end();
        }
    }

    /** The definition is read once more after the devices: it may have changed since its page. */
    private void devices(BrokerId broker, @Nullable DeviceId after, Set<DeviceId> missing, Runnable next) {
        List<Device> page = devices.pageOfBroker(broker, after, pageSize);
        reality.apply(page);
        page.forEach(device -> missing.remove(device.id()));
        if (page.size() == pageSize) {
            step(() -> devices(broker, page.get(pageSize - 1).id(), missing, next), next);
        } else {
            missing.forEach(reality::lookAt);
            reality.lookAt(broker);
            step(next, this::end);
        }
    }

    private void end() {
        running = false;
        if (failure != null) {
            reality.later(failure, this::begin);
        } else if (requested.get()) {
            reality.onStore(this::begin);
        }
    }
}
