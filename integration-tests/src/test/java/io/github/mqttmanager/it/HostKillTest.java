package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.it.recording.History;
import io.github.mqttmanager.it.recording.HostLog;
import io.github.mqttmanager.it.recording.JavaProcess;
import io.github.mqttmanager.it.recording.RecordingBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Inbound QoS 1 and 2 while the host's JVM is killed with -9 inside its handlers. */
class HostKillTest {
    private static final int DEVICES = 20;

    @TempDir
    Path folder;

    @Test
    @Timeout(240)
    void whatIsAcknowledgedWasCommittedWhenTheHostIsKilled() {
        run(10);
    }

    @Test
    @Timeout(1_800)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void whatIsAcknowledgedWasCommittedWhenTheHostIsKilledAHundredTimes() {
        run(100);
    }

    private void run(int kills) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path file = folder.resolve("host.log");
        int next = 0;
        try (RecordingBroker broker = RecordingBroker.start(folder)) {
            for (int kill = 0; kill < kills; kill++) {
                // More than it can handle before it is killed.
                while (broker.backlog(InboundHostProcess.CLIENT) < 1_000) {
                    next = preload(broker, next);
                }
                try (JavaProcess host = host(broker, file)) {
                    host.answer();
                    LockSupport.parkNanos(random.nextInt(200_000_000));
                    host.kill();
                }
                assertThat(broker.backlog(InboundHostProcess.CLIENT)).isPositive();
            }
            try (JavaProcess host = host(broker, file)) {
                broker.awaitNoBacklog(InboundHostProcess.CLIENT, Duration.ofSeconds(90));
                host.kill();
            }
            History history = new History().broker(broker.packets()).host(HostLog.read(file));
            System.out.println(next + " sent by devices, " + kills + " kills, " + history.killedInHandlers()
                    + " inside handlers, " + history.duplicatesInbound() + " twice");
            assertThat(history.acknowledgedNotCommitted()).isEmpty();
            assertThat(history.lostInbound()).isEmpty();
            assertThat(history.inversionsInbound()).isEmpty();
            assertThat(history.killedInHandlers()).isGreaterThanOrEqualTo(kills / 2);
            assertThat(history.duplicatesInbound()).isLessThanOrEqualTo(kills * 200L);
        }
    }

    private JavaProcess host(RecordingBroker broker, Path file) {
        return JavaProcess.start(
                folder.resolve("host.err"),
                InboundHostProcess.class,
                String.valueOf(broker.port()),
                file.toString(),
                String.valueOf(DEVICES));
    }

    private static int preload(RecordingBroker broker, int from) {
        for (int i = from; i < from + 200; i++) {
            int device = i % DEVICES;
            broker.preload(
                    InboundHostProcess.CLIENT,
                    1 + i % 3 / 2,
                    "devices/d" + device + "/telemetry",
                    "d" + device + "-" + i / DEVICES);
        }
        return from + 200;
    }
}
