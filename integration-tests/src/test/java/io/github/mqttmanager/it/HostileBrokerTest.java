package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.test.ScriptedConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Brokers that send garbage, truncated, oversized and illegal packets, in all phases of a connection. How many:
 * {@code -Dhostile.packets=100000}; the seed: {@code -Dhostile.seed=1}.
 */
class HostileBrokerTest {
    private static final long PACKETS = Long.getLong("hostile.packets", 5_000);
    private static final long SEED = Long.getLong("hostile.seed", System.nanoTime());
    private static final int PER_VERSION = 10;

    /** After one burst of so many the connection stays, which costs the client its patience. */
    private static final int SILENT = 300;

    private static final Duration LIMIT = Duration.ofMinutes(9);

    private final AtomicLong sent = new AtomicLong();
    private final Map<HostilePackets.Sort, LongAdder> sorts = new ConcurrentHashMap<>();
    private volatile boolean behaving;
    private final List<ConnectionFailure> ours = new CopyOnWriteArrayList<>();
    private final List<ConnectionFailure> unreadable = new CopyOnWriteArrayList<>();

    @Test
    void noPacketCrashesOrWedgesAConnection() {
        long began = System.nanoTime();
        List<String> errors = new CopyOnWriteArrayList<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        AppenderBase<ILoggingEvent> witness = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    errors.add(event.getLoggerName() + ": " + event.getFormattedMessage());
                }
            }
        };
        witness.start();
        root.addAppender(witness);
        Logger chatty = (Logger) LoggerFactory.getLogger("io.github.mqttmanager");
        Level level = chatty.getLevel();
        chatty.setLevel(Level.ERROR); // each failure is a warning, and there are very many
        List<ScriptedBroker> brokers = new ArrayList<>();
        Map<FailureKind, LongAdder> kinds = new ConcurrentHashMap<>();
        try (MqttManager manager = MqttManager.builder()
                .startsPerSecond(10_000)
                .reconnectPolicy((outage, settings, random) -> {
                    check(outage.failure());
                    kinds.computeIfAbsent(outage.failure().kind(), kind -> new LongAdder())
                            .increment();
                    return Duration.ofMillis(1);
                })
                .handler((device, publish) -> {})
                .build()) {
            manager.start();
            for (MqttVersion version : MqttVersion.values()) {
                for (int i = 0; i < PER_VERSION; i++) {
                    brokers.add(hostile(brokers.size()));
                    String id = "hostile-" + version.name() + "-" + i;
                    manager.save(BrokerDefinition.builder(
                                    id,
                                    "127.0.0.1",
                                    brokers.get(brokers.size() - 1).port())
                            .mqttVersion(version)
                            .build());
                    manager.save(Device.builder("device-" + id, id).build());
                }
            }
            await().until(() -> sent.get() > PACKETS / 10);
            int threads = managerThreads();
            long heap = usedHeap();
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> sent.get() >= PACKETS);
            double seconds = (System.nanoTime() - began) / 1e9;
            behaving = true;
            brokers.forEach(ScriptedBroker::resetAll);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(manager.statuses())
                            .hasSize(brokers.size())
                            .allMatch(BrokerStatus::isConnected));
            await().untilAsserted(() -> assertThat(brokers)
                    .allSatisfy(broker -> assertThat(broker.openConnections()).isEqualTo(1)));
            assertThat(managerThreads()).isLessThanOrEqualTo(threads + 2); // pools fill by and by
            long heapAfter = usedHeap();
            long connections = brokers.stream()
                    .mapToLong(ScriptedBroker::acceptedConnections)
                    .sum();
            System.out.printf(
                    "hostile brokers: %,d packets on %,d connections of %d brokers in %.1f s, seed %d; all connected after; "
                            + "heap %.1f MB -> %.1f MB; sorts %s; failures %s%n",
                    sent.get(),
                    connections,
                    brokers.size(),
                    seconds,
                    SEED,
                    heap / 1e6,
                    heapAfter / 1e6,
                    new EnumMap<>(sorts),
                    new EnumMap<>(kinds));
            assertThat(heapAfter).isLessThan(heap + 30_000_000L);
            assertThat(ours).as("seed " + SEED).isEmpty();
            assertThat(errors).as("seed " + SEED).isEmpty();
            assertThat(unreadable).as("seed " + SEED).isEmpty();
            manager.close();
            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("mqtt-manager")));
        } finally {
            brokers.forEach(ScriptedBroker::close);
            root.detachAppender(witness);
            chatty.setLevel(level);
        }
    }

    private void check(ConnectionFailure failure) {
        // A fault of our own would be told as one of the TLS material, or as unknown without a word from the broker.
        if (failure.kind() == FailureKind.TLS_MATERIAL
                || (failure.kind() == FailureKind.UNKNOWN && failure.reasonCode() == null)) {
            ours.add(failure);
        }
        boolean readable = failure.message().matches("\\p{Lu}[^\\p{Cntrl}]{15,600}\\.")
                && !failure.message().contains("null")
                && !failure.remedy().isBlank();
        if (!readable && unreadable.size() < 20) {
            unreadable.add(failure);
        }
    }

    /** The client says that the attempt has failed, and then, still reading the same bytes, that it has succeeded. */
    @ParameterizedTest
    @EnumSource
    void aConnAckAfterSomethingElseIsNoConnection(MqttVersion version) {
        byte[] pingRespAndConnAck = version == MqttVersion.V5
                ? new byte[] {(byte) 0xD0, 0, 0x20, 3, 0, 0, 0}
                : new byte[] {(byte) 0xD0, 0, 0x20, 2, 0, 0};
        List<ConnectionFailure> failures = new CopyOnWriteArrayList<>();
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host(
                        (device, publish) -> {},
                        builder -> builder.reconnectPolicy((outage, settings, random) -> {
                            failures.add(outage.failure());
                            return Duration.ofMillis(1);
                        }))) {
            broker.on(PacketType.CONNECT, (connection, packet) -> {
                if (broker.acceptedConnections() <= 20) {
                    connection.send(pingRespAndConnAck);
                } else {
                    Reaction.behave().react(connection, packet);
                }
            });
            host.manager.save(
                    Host.broker("m", broker.port()).mqttVersion(version).build());
            host.awaitConnected("m");
            assertThat(failures)
                    .hasSizeGreaterThanOrEqualTo(20)
                    .allSatisfy(failure ->
                            assertThat(failure.kind()).as(failure.message()).isEqualTo(FailureKind.MQTT_PROTOCOL));
            assertThat(broker.openConnections()).isEqualTo(1);
        }
    }

    /** MQTT 3.1.1 has no limit that a broker could be told: the client would wait for 256 MB, and keep what comes. */
    @Test
    void aPacketOfAHugeLengthEndsTheConnectionAndIsExplained() {
        List<ConnectionFailure> failures = new CopyOnWriteArrayList<>();
        try (ScriptedBroker broker = ScriptedBroker.start();
                Host host = new Host(
                        (device, publish) -> {},
                        builder -> builder.reconnectPolicy((outage, settings, random) -> {
                            failures.add(outage.failure());
                            return Duration.ofMillis(1);
                        }))) {
            host.manager.save(Host.broker("m", broker.port())
                    .mqttVersion(MqttVersion.V3_1_1)
                    .build());
            host.awaitConnected("m");
            broker.sendAll(new byte[] {0x30, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F, 0, 1, 'a'});
            await().untilAsserted(() -> assertThat(failures).isNotEmpty());
            assertThat(failures.get(0).kind()).isEqualTo(FailureKind.MQTT_PROTOCOL);
            assertThat(failures.get(0).message()).contains("larger than", "16777216");
            host.awaitConnected("m");
        }
    }

    /** One that is hostile at a random moment: instead of CONNACK, after it, instead of SUBACK, of other answers, or out of the blue. */
    private ScriptedBroker hostile(int number) {
        Random random = new Random(SEED + number);
        ScriptedBroker broker = ScriptedBroker.start();
        Reaction reaction = (connection, packet) -> {
            if (behaving) {
                Reaction.behave().react(connection, packet);
                return;
            }
            boolean connect = packet.type() == PacketType.CONNECT;
            if (!connect || random.nextInt(4) > 0) {
                Reaction.behave().react(connection, packet);
                if (connect && random.nextBoolean()) {
                    return; // wait for SUBSCRIBE
                }
            }
            burst(connection, random);
        };
        for (PacketType type : PacketType.values()) {
            broker.on(type, reaction);
        }
        return broker;
    }

    private void burst(ScriptedConnection connection, Random random) throws IOException {
        HostilePackets packets = new HostilePackets(random, connection.version());
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            HostilePackets.Sort sort = packets.sort();
            byte[] packet = packets.make(sort);
            sorts.computeIfAbsent(sort, any -> new LongAdder()).increment();
            sent.incrementAndGet();
            connection.send(packet);
        }
        if (random.nextInt(SILENT) == 0) {
            return; // perhaps in the middle of a packet: the client has to find out by itself
        }
        if (random.nextBoolean()) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    private static int managerThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("scripted-broker"))
                .count();
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            LockSupport.parkNanos(50_000_000); // for reference queues, which need a moment
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
