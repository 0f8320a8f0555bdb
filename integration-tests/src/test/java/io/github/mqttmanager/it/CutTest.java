package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.device.AsyncDeviceMessageHandler;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.it.recording.History;
import io.github.mqttmanager.it.recording.HostLog.Event;
import io.github.mqttmanager.it.recording.RecordingBroker;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.test.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** TCP connections that are reset again and again. */
class CutTest {
    private static final String CLIENT = "host";
    private static final int WINDOW = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(5);

    @TempDir
    Path folder;

    @Test
    @Timeout(240)
    void cutsWithSevenOfTenUnacknowledgedLoseNothingAndDoNotEndInDisconnects() {
        cutWithSevenOfTenUnacknowledged(100);
    }

    @Test
    @Timeout(1_800)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void manyCutsWithSevenOfTenUnacknowledgedLoseNothingAndDoNotEndInDisconnects() {
        cutWithSevenOfTenUnacknowledged(2_000);
    }

    @Test
    @Timeout(240)
    void theOrderOfEachDeviceIsKeptBothWaysUnderCuts() {
        cutAtAnyMoment(4_000, 20);
    }

    @Test
    @Timeout(1_800)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void theOrderOfEachDeviceIsKeptBothWaysUnderManyCuts() {
        cutAtAnyMoment(200_000, 500);
    }

    /** A handler whose calls for devices below a number commit and return; those of the others hang until the number is raised. */
    private static final class Gate implements AsyncDeviceMessageHandler {
        private final History history = new History();
        private final NavigableMap<Integer, List<CompletableFuture<Void>>> held = new TreeMap<>();
        private int allowed;

        @Override
        public CompletableFuture<Void> handle(Device device, InboundPublish publish) {
            int number = Integer.parseInt(device.topicName().substring(1));
            CompletableFuture<Void> stage = new CompletableFuture<>();
            synchronized (this) {
                if (number >= allowed) {
                    held.computeIfAbsent(number, n -> new ArrayList<>()).add(stage);
                    return stage;
                }
                history.add(Event.COMMITTED, publish.payloadText());
            }
            stage.complete(null);
            return stage;
        }

        void allow(int below) {
            List<CompletableFuture<Void>> released = new ArrayList<>();
            synchronized (this) {
                allowed = below;
                Map<Integer, List<CompletableFuture<Void>>> now = held.headMap(below);
                now.forEach((number, stages) -> {
                    history.add(Event.COMMITTED, "d" + number + "-0");
                    released.addAll(stages);
                });
                now.clear();
            }
            released.forEach(stage -> stage.complete(null));
        }

        synchronized int held() {
            return held.size();
        }
    }

    private static MqttManager.Builder manager() {
        return MqttManager.builder().reconnectPolicy((outage, settings, random) -> Duration.ofMillis(10));
    }

    private static void begin(MqttManager manager, FaultProxy proxy, int devices) {
        manager.start();
        for (int i = 0; i < devices; i++) {
            manager.devices().save(Device.builder("d" + i, "b").build());
        }
        manager.save(Host.broker("b", proxy.port())
                .clientIdentifier(CLIENT)
                .session(SessionSettings.DEFAULT.withReceiveMaximum(WINDOW))
                .build());
        // A device that is not loaded yet cannot be published to.
        await().atMost(PATIENCE)
                .until(() -> manager.status(BrokerId.of("b"))
                        .map(BrokerStatus::isConnected)
                        .orElse(false));
    }

    /**
     * Each message is of a device of its own, so that all that the window allows are with the handler at once. What the handler had of the
     * connection before, it completes during the next one, and that must not disturb it.
     */
    private void cutWithSevenOfTenUnacknowledged(int cuts) {
        Gate gate = new Gate();
        int messages = 3 * cuts + WINDOW;
        try (RecordingBroker broker = RecordingBroker.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                MqttManager manager = manager().asyncHandler(gate).build()) {
            begin(manager, proxy, messages);
            int sent = 0;
            for (int cut = 1; cut <= cuts; cut++) {
                while (sent < 3 * (cut - 1) + WINDOW) {
                    preload(broker, sent++);
                }
                await().atMost(PATIENCE).pollInterval(POLL).until(() -> gate.held() == WINDOW);
                gate.allow(3 * cut);
                await().atMost(PATIENCE).pollInterval(POLL).until(() -> broker.backlog(CLIENT) == WINDOW - 3);
                proxy.cut();
            }
            while (sent < messages) {
                preload(broker, sent++);
            }
            gate.allow(messages);
            broker.awaitNoBacklog(CLIENT, PATIENCE);
            Accounts.areBalanced(manager.status(BrokerId.of("b")).orElseThrow().counters());
            History history = gate.history.broker(broker.packets());
            System.out.println(cuts + " cuts, " + history.connects() + " connects, "
                    + history.selfInflictedDisconnects() + " self-inflicted disconnects, "
                    + history.duplicatesInbound() + " twice");
            assertThat(history.connects()).isGreaterThan(cuts);
            assertThat(history.selfInflictedDisconnects()).isZero();
            assertThat(history.lostInbound()).isEmpty();
            assertThat(history.acknowledgedNotCommitted()).isEmpty();
        }
    }

    private static void preload(RecordingBroker broker, int device) {
        broker.preload(CLIENT, 1, "devices/d" + device + "/telemetry", "d" + device + "-0");
    }

    /** Sequence numbers per device, in both directions, while the connection is cut at random moments. */
    private void cutAtAnyMoment(int messages, int cuts) {
        // Fewer than threads of handlers: without lanes, two would work on the same device.
        int devices = 3;
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        History history = new History();
        AtomicInteger answered = new AtomicInteger();
        List<String> failures = new CopyOnWriteArrayList<>();
        try (RecordingBroker broker = RecordingBroker.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                MqttManager manager = manager()
                        .handler((device, publish) -> {
                            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000));
                            synchronized (history) {
                                history.add(Event.COMMITTED, publish.payloadText());
                            }
                        })
                        .build()) {
            begin(manager, proxy, devices);
            int share = messages / cuts;
            int sent = 0;
            for (int cut = 0; cut <= cuts; cut++) {
                for (int i = 0; i < share; i++, sent++) {
                    int device = sent % devices;
                    String number = "-" + sent / devices;
                    broker.preload(CLIENT, 1, "devices/d" + device + "/telemetry", "d" + device + number);
                    String command = "c" + device + number;
                    synchronized (history) {
                        history.add(Event.ACCEPTED, command);
                    }
                    publish(manager, DeviceId.of("d" + device), command, history, failures, answered);
                }
                if (cut < cuts) {
                    LockSupport.parkNanos(random.nextInt(50_000_000));
                    proxy.cut();
                }
            }
            int expected = sent;
            broker.awaitNoBacklog(CLIENT, PATIENCE);
            await().atMost(PATIENCE).until(() -> answered.get() == expected);
            Accounts.areBalanced(manager.status(BrokerId.of("b")).orElseThrow().counters());
            synchronized (history) {
                history.broker(broker.packets());
                System.out.println(sent + " messages each way, " + cuts + " cuts, " + history.connects() + " connects, "
                        + history.duplicatesInbound() + " twice in, " + history.duplicatesOutbound() + " twice out");
                assertThat(failures).isEmpty();
                assertThat(history.selfInflictedDisconnects()).isZero();
                assertThat(history.unanswered()).isEmpty();
                assertThat(history.lostOutbound()).isEmpty();
                assertThat(history.stored()).isEqualTo(expected);
                assertThat(history.inversionsOutbound()).isEmpty();
                assertThat(history.lostInbound()).isEmpty();
                assertThat(history.acknowledgedNotCommitted()).isEmpty();
                assertThat(history.inversionsInbound()).isEmpty();
            }
        }
    }

    private static void publish(
            MqttManager manager,
            DeviceId device,
            String command,
            History history,
            List<String> failures,
            AtomicInteger answered) {
        manager.publish(device, OutboundPublish.of(command)).whenComplete((receipt, failure) -> {
            synchronized (history) {
                history.add(failure == null ? Event.RECEIPT : Event.FAILED, command);
            }
            if (failure != null) {
                failures.add(command + ": " + failure);
            }
            answered.incrementAndGet();
        });
    }
}
