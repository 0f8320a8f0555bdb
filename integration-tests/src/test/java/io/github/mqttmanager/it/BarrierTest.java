package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.it.recording.RecordingBroker;
import io.github.mqttmanager.test.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What fails while a publish comes in, on the network's own thread, ends neither the flow nor the message. */
class BarrierTest {
    @Test
    @Timeout(120)
    void aFailureOnTheNetworkThreadCostsNeitherTheFlowNorTheMessage(@TempDir Path folder) {
        AtomicBoolean failed = new AtomicBoolean();
        try (RecordingBroker broker = RecordingBroker.start(folder);
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                Host host = new Host(
                        (device, publish) -> {},
                        // The host's clock is what is asked for each publish that comes in.
                        builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofMillis(50))
                                .clock(() -> {
                                    if (isReceiving() && failed.compareAndSet(false, true)) {
                                        throw new IllegalStateException("on purpose");
                                    }
                                    return Instant.now();
                                }))) {
            for (int i = 0; i < 3; i++) {
                broker.preload("host", 1, "devices/d" + i + "/telemetry", "d" + i + "-0");
                host.manager.devices().save(Device.builder("d" + i, "b").build());
            }
            host.manager.save(
                    Host.broker("b", proxy.port()).clientIdentifier("host").build());
            host.awaitHandled("d1=d1-0", "d2=d2-0");
            assertThat(failed).isTrue();
            assertThat(host.handled).doesNotContain("d0=d0-0");
            assertThat(broker.backlog("host")).as("none goes before it").isEqualTo(3);

            proxy.cut();
            host.awaitHandled("d0=d0-0");
            broker.awaitNoBacklog("host", Duration.ofSeconds(20));
            await().untilAsserted(() -> Accounts.areBalanced(
                    host.manager.status(BrokerId.of("b")).orElseThrow().counters()));
        }
    }

    private static boolean isReceiving() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("inbound")));
    }
}
