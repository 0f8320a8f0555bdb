package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.UnknownBrokerException;
import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Commands in any order, while a broker accepts, refuses, stays silent, cuts and lets another take over: each returns at once, and in the end
 * there is one connection or none, as it is wanted.
 */
class CommandsTest {
    private static final int STEPS = Integer.getInteger("commands.steps", 1_500);
    private static final long SEED = 20_261_126;
    private static final BrokerId M = BrokerId.of("m");

    private final Random random = new Random(SEED);
    private final Map<String, Long> slowest = new TreeMap<>();

    private void timed(String command, Runnable call) {
        long began = System.nanoTime();
        try {
            call.run();
        } catch (UnknownBrokerException e) {
            // deleted before
        }
        slowest.merge(command, (System.nanoTime() - began) / 1_000_000, Math::max);
    }

    @Test
    void eachReturnsAtOnceAndNoConnectionStrays() {
        try (ScriptedBroker one = ScriptedBroker.start();
                ScriptedBroker two = ScriptedBroker.start();
                Host host = new Host()) {
            List<ScriptedBroker> brokers = List.of(one, two);
            int closed = Mosquitto.freePort();
            List<Integer> ports = List.of(one.port(), two.port(), closed);
            host.manager.save(Host.broker("m", one.port()).build());
            host.awaitConnected("m");
            slowest.clear();
            for (int step = 0; step < STEPS; step++) {
                command(host, ports);
                fault(brokers.get(random.nextInt(2)));
            }
            System.out.println("slowest call of each command in ms: " + slowest);
            assertThat(slowest.values()).allMatch(ms -> ms <= 100, "returned within 100 ms: " + slowest);

            brokers.forEach(ScriptedBroker::behave);
            BrokerDefinition last = host.manager.brokers().find(M).orElse(null);
            BrokerDefinition.Builder good = last == null ? Host.broker("m", one.port()) : last.toBuilder();
            host.manager.save(good.endpoints(List.of(Endpoint.of("127.0.0.1", one.port())))
                    .active(true)
                    .build());
            host.manager.connect(M);
            host.awaitState("m", ConnectionState.CONNECTED, Duration.ofSeconds(30));
            assertOpen(one, 1);
            assertOpen(two, 0);

            host.manager.disconnect(M);
            host.awaitState("m", ConnectionState.DISCONNECTED);
            assertOpen(one, 0);
        }
    }

    private static void assertOpen(ScriptedBroker broker, int connections) {
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(broker.openConnections()).isEqualTo(connections));
    }

    private void command(Host host, List<Integer> ports) {
        BrokerDefinition known = host.manager.brokers().find(M).orElse(null);
        BrokerDefinition.Builder builder =
                known == null ? Host.broker("m", ports.get(random.nextInt(3))) : known.toBuilder();
        switch (random.nextInt(14)) {
            case 0, 1 -> timed("connect", () -> host.manager.connect(M));
            case 2, 3 -> timed("disconnect", () -> host.manager.disconnect(M));
            case 4 ->
                timed(
                        "save endpoint",
                        () -> host.manager.save(
                                builder.endpoints(List.of(Endpoint.of("127.0.0.1", ports.get(random.nextInt(3)))))
                                        .build()));
            case 5 ->
                timed(
                        "save name",
                        () -> host.manager.save(
                                builder.name("n" + random.nextInt(5)).build()));
            case 6 -> timed("save unchanged", () -> host.manager.save(builder.build()));
            case 7 -> timed("delete", () -> host.manager.delete(M, WhenDevicesExist.DELETE));
            case 8 -> {
                String id = "d" + random.nextInt(3);
                host.manager
                        .devices()
                        .find(DeviceId.of(id))
                        .ifPresentOrElse(
                                device -> timed("delete device", () -> host.manager.delete(device.id())),
                                () -> timed(
                                        "save device",
                                        () -> host.manager.save(
                                                Device.builder(id, "m").build())));
            }
            case 9 -> timed("refresh", () -> host.manager.refresh(M));
            case 10 -> timed("publish", () -> host.manager.publishTo(M, OutboundPublish.of(TopicName.of("t"), "x")));
            case 11 ->
                timed("test", () -> host.manager.testConnection(builder.build()).cancel(random.nextBoolean()));
            case 12 -> timed("history", () -> host.manager.history(M));
            default -> timed("status", () -> host.manager.status(M));
        }
    }

    private void fault(ScriptedBroker broker) {
        switch (random.nextInt(12)) {
            case 0 -> broker.resetAll();
            case 1 -> broker.disconnectAll(0x8E);
            case 2 -> broker.on(PacketType.CONNECT, Reaction.silence());
            case 3 -> broker.on(PacketType.CONNECT, Reaction.close());
            case 4 -> broker.on(PacketType.CONNECT, Reaction.connAck(0x88));
            case 5 -> broker.on(PacketType.SUBSCRIBE, Reaction.silence());
            case 6, 7, 8 -> broker.behave();
            default -> pause();
        }
    }

    /** Lets things happen meanwhile; nothing is waited for. */
    private void pause() {
        LockSupport.parkNanos(random.nextInt(20_000_000));
    }
}
