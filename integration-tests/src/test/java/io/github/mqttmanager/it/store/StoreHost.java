package io.github.mqttmanager.it.store;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.it.recording.JavaProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A host application that changes definitions and devices without end, each time to the next {@link Generation}, and says after each commit what
 * is committed: {@code broker <number> <generation>} or {@code group <number> <generation>}.
 *
 * <p>As a process: the argument is the URL of the database. {@code start} makes it start on what it finds there, say {@code started} when all is
 * loaded, and write until it is killed.
 */
final class StoreHost {
    static final int BROKERS = 6;
    static final int GROUPS = 4;

    private final Store store;
    private final MqttManager manager;
    private final PrintStream report;

    private StoreHost(Store store, PrintStream report) {
        this.store = store;
        this.report = report;
        this.manager = MqttManager.builder()
                .handler((device, publish) -> {})
                .transactions(store.session)
                .brokers(store.brokers)
                .devices(store.devices)
                .build();
    }

    static BrokerId broker(int number) {
        return BrokerId.of("b-" + number);
    }

    public static void main(String[] arguments) throws Exception {
        JavaProcess.endInTime();
        PrintStream parent = JavaProcess.toParent();
        try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                StoreHost host = new StoreHost(Store.open(arguments[0]), parent);
                host.start();
                parent.println("started");
                host.begin(host::changeDefinitions);
                host.begin(host::changeDevices);
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private void start() throws InterruptedException {
        manager.start();
        while (!manager.isLoaded()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        int stored = store.brokers.page(null, BROKERS + 1).size();
        if (manager.statuses().size() != stored) {
            throw new IllegalStateException(manager.statuses().size() + " of " + stored + " brokers were begun");
        }
    }

    private void begin(Runnable work) {
        Thread worker = new Thread(work);
        worker.setDaemon(true);
        worker.start();
    }

    /** One by the manager, or several in one transaction. */
    private void changeDefinitions() {
        Random random = new Random();
        while (true) {
            List<Integer> numbers = random.nextBoolean() ? List.of(random.nextInt(BROKERS)) : List.of(0, 2, 4);
            List<BrokerDefinition> next = new ArrayList<>();
            for (int number : numbers) {
                Optional<BrokerDefinition> stored = store.brokers.find(broker(number));
                next.add(new Generation(stored.map(Generation::of).orElse(0) + 1)
                        .definition(
                                broker(number),
                                stored.map(BrokerDefinition::version).orElse(0L)));
            }
            if (next.size() == 1) {
                manager.save(next.get(0));
            } else {
                store.brokers.saveAll(next);
            }
            for (int i = 0; i < next.size(); i++) {
                say("broker", numbers.get(i), Generation.of(next.get(i)));
            }
        }
    }

    private void changeDevices() {
        Random random = new Random();
        BrokerId home = BrokerId.of("home");
        if (store.brokers.find(home).isEmpty()) {
            manager.save(new Generation(1).definition(home, 0));
        }
        while (true) {
            int group = random.nextInt(GROUPS);
            Optional<Device> stored = store.devices.find(Generation.id(group, 0));
            Generation next = new Generation(stored.map(Generation::of).orElse(0) + 1);
            store.devices.saveAll(
                    next.devices(home, group, stored.map(Device::version).orElse(0L)));
            say("group", group, next.number());
            if (random.nextInt(40) == 0) {
                // Now and then they come anew.
                int gone = random.nextInt(GROUPS);
                store.session.run(() -> {
                    IntStream.range(0, Generation.GROUP).forEach(i -> store.devices.delete(Generation.id(gone, i)));
                    return true;
                });
                say("group", gone, 0);
            }
        }
    }

    private void say(String what, int number, int generation) {
        synchronized (report) {
            report.println(what + " " + number + " " + generation);
            report.flush();
        }
    }
}
