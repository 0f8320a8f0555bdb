package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Publishes of QoS 1 to some brokers in turn, at an even pace, timed from when they were due until their receipt. */
final class Load {
    private final MqttManager manager;
    private final String name;
    private final int brokers;

    Load(MqttManager manager, String name, int brokers) {
        this.manager = manager;
        this.name = name;
        this.brokers = brokers;
    }

    String run(int perSecond, int seconds) throws InterruptedException {
        int count = perSecond * seconds;
        ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>();
        AtomicInteger failed = new AtomicInteger();
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = began + i * 1_000_000_000L / perSecond;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            manager.publishTo(
                            BrokerId.of(name + "-" + i % brokers),
                            OutboundPublish.builder()
                                    .topic("load/" + i % brokers)
                                    .payload("21.5")
                                    .build())
                    .whenComplete((receipt, failure) -> {
                        if (failure != null) {
                            failed.incrementAndGet();
                        }
                        took.add(System.nanoTime() - due);
                    });
        }
        for (int i = 0; i < 2_000 && took.size() < count; i++) {
            Thread.sleep(10);
        }
        long[] sorted = took.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return "sent=" + count + " answered=" + sorted.length + " failed=" + failed + " p50=" + millis(sorted, 0.5)
                + " p99=" + millis(sorted, 0.99) + " max=" + millis(sorted, 1);
    }

    private static String millis(long[] sorted, double share) {
        if (sorted.length == 0) {
            return "NaN";
        }
        int index = (int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
        return String.format(java.util.Locale.ROOT, "%.2f", sorted[Math.max(0, index)] / 1e6);
    }
}
