package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Ten minutes without a broker, at 1,000 publishes a second. */
class OfflineTest {
    private static final int SECONDS = 600;
    private static final int PER_SECOND = 1_000;

    private final ManualTime time = new ManualTime();

    @Test
    void theHeapStaysWhereItIsAndWhatIsTooMuchIsRejected() {
        Outbound outbound = offline(OutboundLimits.DEFAULT);
        long[] failures = new long[PublishFailure.values().length];
        long before = usedHeap();
        for (int second = 0; second < SECONDS; second++) {
            for (int i = 0; i < PER_SECOND; i++) {
                CompletableFuture<PublishReceipt> outcome = outbound.accept(message(i));
                if (outcome.isDone()) {
                    count(outcome, failures);
                }
            }
            time.advance(Duration.ofSeconds(1));
            outbound.sweep();
        }
        long growth = usedHeap() - before;

        TrafficCounters c = outbound.counters();
        System.out.printf(
                "offline for %d s at %d/s: %,d accepted, %,d wait, %,d rejected; the heap grew by %.1f MB%n",
                SECONDS, PER_SECOND, c.accepted(), c.queued(), c.rejected(), growth / 1e6);
        assertThat(c.accepted()).isEqualTo(SECONDS * PER_SECOND);
        assertThat(c.queued()).isEqualTo(10_000);
        assertThat(c.rejected()).isEqualTo(SECONDS * PER_SECOND - 10_000);
        assertThat(failures[PublishFailure.QUEUE_FULL.ordinal()]).isEqualTo(c.rejected());
        assertThat(growth).isLessThan(64_000_000);
    }

    /** What one takes is what the bound of all brokers reckons with. */
    @Test
    void aWaitingPublishTakesWhatIsReckoned() {
        OutboundBudget budget = new OutboundBudget(Long.MAX_VALUE);
        Outbound outbound = new Outbound(
                BrokerId.of("b"),
                OutboundLimits.DEFAULT.withQueue(100_000, Integer.MAX_VALUE),
                budget,
                Runnable::run,
                time,
                time);
        long before = usedHeap();
        List<CompletableFuture<PublishReceipt>> held = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            held.add(outbound.accept(message(i)));
        }
        long each = (usedHeap() - before) / held.size();
        System.out.printf(
                "a waiting publish of 150 bytes takes %d bytes, reckoned %d%n", each, budget.taken() / held.size());
        assertThat(each).isLessThan(budget.taken() / held.size() + 100);
    }

    private Outbound offline(OutboundLimits limits) {
        return new Outbound(
                BrokerId.of("b"), limits, new OutboundBudget(limits.overallBytes()), Runnable::run, time, time);
    }

    private static OutboundPublish message(int number) {
        return OutboundPublish.builder()
                .topic("devices/device-" + number + "/commands")
                .payload(new byte[150])
                .expiry(Duration.ofHours(1))
                .build();
    }

    private static void count(CompletableFuture<PublishReceipt> outcome, long[] failures) {
        outcome.whenComplete((receipt, failure) ->
                failures[((PublishException) failure).failure().ordinal()]++);
    }

    private static long usedHeap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }
}
