package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A host application with one connection, by the client alone or by a manager, which handles what comes in and publishes if asked to. */
final class TrafficProcess {
    /** What is compared. */
    interface Traffic {
        /** Until the topics of all devices are subscribed. */
        void connect(int port, int devices) throws Exception;

        /** With QoS 1. @return when it is acknowledged */
        CompletableFuture<?> publish(String topic, byte[] payload);
    }

    private final LongAdder handled = new LongAdder();
    private final Traffic traffic;

    private TrafficProcess(boolean managed) {
        traffic = managed ? new ManagedTraffic(handled::increment) : new BareTraffic(handled::increment);
    }

    /** The argument says which: {@code bare} or {@code managed}. */
    public static void main(String[] arguments) throws IOException {
        TrafficProcess process = new TrafficProcess(arguments[0].equals("managed"));
        new Commands()
                .on("connect", words -> process.connect(Integer.parseInt(words[1]), Integer.parseInt(words[2])))
                .on("used", words -> "cpu=" + Jvm.cpuNanos() + " handled=" + process.handled.sum())
                .on("publish", words -> process.publish(Integer.parseInt(words[1]), Integer.parseInt(words[2])))
                .serve();
        System.exit(0);
    }

    private String connect(int port, int devices) throws Exception {
        traffic.connect(port, devices);
        return "connected=1";
    }

    /** So many messages, at most so many of them unacknowledged. */
    private String publish(int count, int window) throws InterruptedException {
        byte[] payload = "{\"switch\": \"on\", \"brightness\": 80, \"for\": 600}".getBytes(StandardCharsets.UTF_8);
        String[] topics = new String[100];
        for (int i = 0; i < topics.length; i++) {
            topics[i] = "commands/" + i;
        }
        Semaphore free = new Semaphore(window);
        AtomicInteger failed = new AtomicInteger();
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            free.acquire();
            traffic.publish(topics[i % topics.length], payload).whenComplete((receipt, failure) -> {
                if (failure != null) {
                    failed.incrementAndGet();
                }
                free.release();
            });
        }
        free.acquire(window);
        long nanos = System.nanoTime() - began;
        return failed.get() == 0 ? "count=" + count + " nanos=" + nanos : "failed: " + failed + " of " + count;
    }
}
