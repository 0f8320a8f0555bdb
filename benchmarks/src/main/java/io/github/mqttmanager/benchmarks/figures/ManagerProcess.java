package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A host application with a manager and nothing else: no broker, no web server. Each broker has one device. */
final class ManagerProcess {
    private final MqttManager manager;
    private final AtomicInteger handled = new AtomicInteger();

    private ManagerProcess() {
        manager = MqttManager.builder()
                .handler((device, publish) -> handled.incrementAndGet())
                .build();
    }

    public static void main(String[] arguments) throws IOException {
        ManagerProcess host = new ManagerProcess();
        new Commands()
                .on("start", words -> host.start())
                .on(
                        "add",
                        words -> host.add(
                                words[1],
                                Integer.parseInt(words[2]),
                                words[3],
                                words[4],
                                words.length > 5 ? words[5] : "V5"))
                .on("await", words -> host.await(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3])))
                .on(
                        "unresponsive",
                        // Or lost already, where the one that was asked for before took longer.
                        words -> host.until(
                                words[1],
                                Integer.parseInt(words[2]),
                                status -> !status.responsive() || !status.isConnected()))
                .on("lost", words -> host.until(words[1], Integer.parseInt(words[2]), status -> !status.isConnected()))
                .on("status", words -> host.status(words[1]))
                .on("echo", words -> host.echo(words[1], Integer.parseInt(words[2])))
                .on(
                        "load",
                        words -> new Load(host.manager, words[1], Integer.parseInt(words[2]))
                                .run(Integer.parseInt(words[3]), Integer.parseInt(words[4])))
                .on("threads", words -> Jvm.threads())
                .on("heap", words -> "used=" + Jvm.usedHeap())
                .serve();
        host.manager.close();
        System.exit(0);
    }

    private String start() {
        long began = System.nanoTime();
        manager.start();
        return "micros=" + (System.nanoTime() - began) / 1_000;
    }

    /** Brokers {@code name-0} and so on, which share the ports; in the host, # stands for the number. */
    private String add(String name, int count, String host, String ports, String version) {
        String[] each = ports.split(",");
        for (int i = 0; i < count; i++) {
            String id = name + "-" + i;
            manager.save(BrokerDefinition.builder(
                            id, host.replace("#", String.valueOf(i)), Integer.parseInt(each[i % each.length]))
                    .mqttVersion(MqttVersion.valueOf(version))
                    .build());
            manager.save(Device.builder(id, id).build());
        }
        return "at=" + System.currentTimeMillis();
    }

    /** Until so many of them are connected at the same time. */
    private String await(String name, int count, int seconds) throws InterruptedException {
        List<BrokerId> missing = new ArrayList<>();
        long began = System.nanoTime();
        while (true) {
            if (missing.isEmpty()) {
                for (int i = 0; i < count; i++) {
                    missing.add(BrokerId.of(name + "-" + i));
                }
                missing.removeIf(this::isConnected);
                if (missing.isEmpty()) {
                    return "connected=" + count + " at=" + System.currentTimeMillis();
                }
            }
            missing.removeIf(this::isConnected);
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(seconds)) {
                return "failed: " + missing.size() + " of " + count + " are missing after " + seconds + " s, "
                        + missing.get(0) + ": "
                        + manager.status(missing.get(0)).orElse(null);
            }
            Thread.sleep(5);
        }
    }

    private String until(String broker, int seconds, Predicate<BrokerStatus> seen) throws InterruptedException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(seconds)) {
            if (seen.test(manager.status(BrokerId.of(broker)).orElseThrow())) {
                return "at=" + System.currentTimeMillis();
            }
            Thread.sleep(5);
        }
        return "failed: not seen within " + seconds + " s: " + manager.status(BrokerId.of(broker));
    }

    private boolean isConnected(BrokerId id) {
        return manager.status(id).map(BrokerStatus::isConnected).orElse(false);
    }

    /** How many of them are in which state, for what reason. */
    private String status(String name) {
        return manager.statuses().stream()
                .filter(status -> status.broker().value().startsWith(name + "-"))
                .collect(Collectors.groupingBy(
                        status -> status.state()
                                + (status.failure() == null
                                        ? ""
                                        : "/" + status.failure().kind()),
                        Collectors.counting()))
                .entrySet()
                .stream()
                .map(kind -> kind.getKey() + "=" + kind.getValue())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** One message to each broker, which gives it back to the device. */
    private String echo(String name, int count) throws InterruptedException {
        int before = handled.get();
        for (int i = 0; i < count; i++) {
            manager.publishTo(
                    BrokerId.of(name + "-" + i),
                    OutboundPublish.builder()
                            .topic("devices/" + name + "-" + i + "/telemetry")
                            .payload("21.5")
                            .build());
        }
        for (int i = 0; i < 3_000 && handled.get() - before < count; i++) {
            Thread.sleep(10);
        }
        int arrived = handled.get() - before;
        return arrived == count ? "handled=" + arrived : "failed: " + arrived + " of " + count + " came back";
    }
}
