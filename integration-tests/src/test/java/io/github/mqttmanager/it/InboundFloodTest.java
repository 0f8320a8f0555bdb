package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.test.ScriptedConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Brokers that send more than handlers take: memory stays bounded, the link stays, one device does not stop the others. */
class InboundFloodTest {
    /** What a client's PUBLISH with QoS 1 looks like, to either version. */
    private static byte[] publish(ScriptedConnection to, String topic, int id, byte[] payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        int length = 2 + name.length + 2 + (to.version() == 5 ? 1 : 0) + payload.length;
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(0x32);
        int rest = length;
        do {
            packet.write(rest > 0x7F ? (rest & 0x7F) | 0x80 : rest);
            rest >>>= 7;
        } while (rest > 0);
        packet.write(name.length >> 8);
        packet.write(name.length);
        packet.writeBytes(name);
        packet.write(id >> 8);
        packet.write(id);
        if (to.version() == 5) {
            packet.write(0);
        }
        packet.writeBytes(payload);
        return packet.toByteArray();
    }

    /** Sends so many messages with QoS 1 on a thread of its own, as fast as they are taken. */
    private static Thread flood(
            ScriptedBroker broker, int devices, int messages, int bytes, AtomicInteger sent, Runnable between) {
        ScriptedConnection to = broker.connections().get(0);
        Thread thread = new Thread(() -> {
            try {
                for (int i = 0; i < messages; i++) {
                    ByteBuffer payload = ByteBuffer.allocate(bytes);
                    payload.putInt(i).putLong(System.nanoTime());
                    to.send(publish(to, "devices/d" + i % devices + "/telemetry", 1 + i % 65_000, payload.array()));
                    sent.incrementAndGet();
                    between.run();
                }
            } catch (IOException e) {
                // the link is gone; the test sees what is missing
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void devices(Host host, int count) {
        for (int i = 0; i < count; i++) {
            host.manager.save(Device.builder("d" + i, "b").build());
        }
    }

    private static long usedMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    /** 120 MB at handlers that hang, from a broker whose protocol knows no limit. */
    @Test
    void aFloodOfMqtt3IsSlowedDownAndDrainsInTheEnd() throws Exception {
        int messages = 60_000;
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger handled = new AtomicInteger();
        AtomicInteger sent = new AtomicInteger();
        MqttManager.Builder builder = MqttManager.builder().handler((device, publish) -> {
            release.await();
            handled.incrementAndGet();
        });
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host(builder)) {
            host.manager.save(Host.broker("b", broker.port())
                    .mqttVersion(MqttVersion.V3_1_1)
                    .keepAlive(Duration.ofSeconds(5))
                    .build());
            devices(host, 50);
            host.awaitConnected("b");
            long before = usedMegabytes();
            flood(broker, 50, messages, 2_000, sent, () -> {});

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> host.status("b").handling().paused());
            // Beyond the keep-alive and the time in which a hung link is given up.
            await().during(Duration.ofSeconds(16))
                    .atMost(Duration.ofSeconds(40))
                    .until(() ->
                            host.status("b").isConnected() && host.status("b").responsive());
            TrafficCounters counters = host.status("b").counters();
            assertThat(counters.open()).isBetween(2_000L, 4_000L);
            assertThat(sent.get()).as("the broker has to wait").isLessThan(messages / 2);
            assertThat(usedMegabytes() - before).as("heap growth in MB").isLessThan(40);
            assertThat(host.status("b").handling().isTroubled()).isTrue();

            release.countDown();
            await().atMost(Duration.ofSeconds(60)).until(() -> handled.get() == messages);
            await().until(() -> host.status("b").counters().open() == 0);
            assertThat(broker.acceptedConnections()).as("the link stayed up").isEqualTo(1);
            assertThat(host.status("b").handling().paused()).isFalse();
            assertThat(host.status("b").counters().acknowledged()).isEqualTo(messages);
        }
    }

    /** Fewer than the receive maximum allows, and 30 MB nevertheless. */
    @Test
    void largePayloadsOfMqtt5AreBoundedInBytes() throws Exception {
        int messages = 150;
        int bytes = 200_000;
        CountDownLatch release = new CountDownLatch(1);
        Set<Integer> handled = ConcurrentHashMap.newKeySet();
        MqttManager.Builder builder = MqttManager.builder().handler((device, publish) -> {
            release.await();
            handled.add(publish.payload().getInt());
        });
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host(builder)) {
            host.manager.save(Host.broker("b", broker.port()).build());
            devices(host, 10);
            host.awaitConnected("b");
            flood(broker, 10, messages, bytes, new AtomicInteger(), () -> {});
            await().until(() -> host.status("b").handling().paused());
            await().during(Duration.ofSeconds(3))
                    .until(() -> host.status("b").counters().open() * bytes < 17 * 1024 * 1024);
            long most = 16 * 1024 * 1024;
            assertThat(host.status("b").counters().open() * bytes).isBetween(most - bytes, most + 5L * bytes);
            release.countDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() == messages);
            assertThat(broker.acceptedConnections()).isEqualTo(1);
        }
    }

    /** Latencies from the broker to the end of the handler, in ns. */
    private static long p99(ScriptedBroker broker, AtomicLong[] latencies, AtomicInteger handled) throws Exception {
        int messages = latencies.length;
        handled.set(0);
        Thread sender = flood(
                broker,
                999,
                messages,
                100,
                new AtomicInteger(),
                () -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1)));
        sender.join();
        await().atMost(Duration.ofSeconds(20)).until(() -> handled.get() == messages);
        long[] sorted =
                Arrays.stream(latencies).mapToLong(AtomicLong::get).sorted().toArray();
        return sorted[messages * 99 / 100];
    }

    @Test
    void oneOfAThousandDevicesThatHangsDoesNotDelayTheOthers() throws Exception {
        AtomicLong[] latencies = new AtomicLong[1_800];
        Arrays.setAll(latencies, i -> new AtomicLong());
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        MqttManager.Builder builder = MqttManager.builder().handler((device, publish) -> {
            if (device.id().value().equals("d999")) {
                hanging.countDown();
                release.await();
                return;
            }
            ByteBuffer payload = publish.payload();
            latencies[payload.getInt()].set(System.nanoTime() - payload.getLong());
            handled.incrementAndGet();
        });
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host(builder)) {
            host.manager.save(Host.broker("b", broker.port())
                    .mqttVersion(MqttVersion.V3_1_1)
                    .build());
            devices(host, 1_000);
            host.awaitConnected("b");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> broker.received(PacketType.SUBSCRIBE).size() > 0
                            && host.status("b").subscriptions().size() > 0);
            p99(broker, latencies, handled); // warms up
            long baseline = Math.max(p99(broker, latencies, handled), p99(broker, latencies, handled));
            ScriptedConnection to = broker.connections().get(0);
            to.send(publish(to, "devices/d999/telemetry", 65_500, new byte[0]));
            hanging.await();
            long besideOne = p99(broker, latencies, handled);
            System.out.printf(
                    "p99 of 999 devices: %.2f ms, beside one that hangs %.2f ms%n", baseline / 1e6, besideOne / 1e6);
            assertThat(besideOne).isLessThan(Math.max(2 * baseline, TimeUnit.MILLISECONDS.toNanos(20)));
            assertThat(host.status("b").counters().open()).isEqualTo(1);
            release.countDown();
            await().until(() -> host.status("b").counters().open() == 0);
        }
    }

    private static boolean hasThread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith(name));
    }

    /** One that ignores the interrupt, and one that returns on it without having done its work. */
    @Test
    void closingIsBoundedAndAcknowledgesNothingThatIsUnfinished() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch let = new CountDownLatch(1);
        MqttManager.Builder builder = MqttManager.builder()
                .closeDeadline(Duration.ofSeconds(1))
                .handler((device, publish) -> {
                    entered.countDown();
                    if (device.id().value().equals("d0")) {
                        boolean gone = false;
                        while (!gone) {
                            try {
                                let.await();
                                gone = true;
                            } catch (InterruptedException e) {
                                // on purpose
                            }
                        }
                    } else {
                        try {
                            let.await();
                        } catch (InterruptedException e) {
                            // returns as if all were well
                        }
                    }
                });
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            Host host = new Host(builder);
            host.manager.save(Host.broker("b", broker.port()).build());
            devices(host, 2);
            host.awaitConnected("b");
            flood(broker, 2, 6, 100, new AtomicInteger(), () -> {}).join();
            entered.await();
            long begun = System.nanoTime();
            host.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(14));
            assertThat(broker.received(PacketType.PUBACK)).isEmpty();
            let.countDown();
            await().until(() -> !hasThread("mqtt-manager-handler"));
            assertThat(broker.received(PacketType.PUBACK)).isEmpty();
        }
    }
}
