package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.it.recording.History;
import io.github.mqttmanager.it.recording.HostLog.Event;
import io.github.mqttmanager.it.recording.RecordingBroker;
import io.github.mqttmanager.publish.OutboundPublish;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Outbound QoS 1 while the broker is killed with -9 again and again. */
class BrokerKillTest {
    @TempDir
    Path folder;

    /** As fast as it goes: at each kill as much is in flight as may be. */
    @Test
    @Timeout(240)
    void nothingThatWasAcceptedIsLostWhenTheBrokerIsKilled() throws Exception {
        try (Run run = new Run(50_000, 1, 10, 2_000, Integer.MAX_VALUE)) {
            assertThat(run.history().duplicatesOutbound()).isLessThanOrEqualTo(10 * 1_000);
        }
    }

    /** At a steady pace, and killed when the pace is reached again: what comes twice is what was on its way at that moment. */
    @Test
    @Timeout(2_400)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void nothingIsLostAndLittleComesTwiceOnFiftyConnections() throws Exception {
        try (Run run = new Run(1_000_000, 50, 100, 2_000, 2_500)) {
            assertThat(run.history().duplicatesOutbound()).isLessThanOrEqualTo(1_000);
        }
    }

    private final class Run implements AutoCloseable {
        private final RecordingBroker broker = RecordingBroker.start(folder);
        private final Host host = new Host(
                (device, publish) -> {},
                builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofMillis(100)));
        private final int messages;
        private final int connections;
        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final List<Throwable> failures = new ArrayList<>();
        private final History history = new History();

        /**
         * @param waiting how many per connection may be without a receipt
         * @param perSecond the pace, over all connections
         */
        Run(int messages, int connections, int kills, int waiting, int perSecond) throws Exception {
            this.messages = messages;
            this.connections = connections;
            for (int i = 0; i < connections; i++) {
                host.manager.save(Host.broker("b" + i, broker.port())
                        .clientIdentifier("host-" + i)
                        .build());
            }
            for (int i = 0; i < connections; i++) {
                host.awaitConnected("b" + i);
            }
            Thread publisher = new Thread(() -> publish(waiting, perSecond), "publisher");
            publisher.setDaemon(true);
            publisher.start();
            for (int kill = 1; kill <= kills; kill++) {
                awaitEnded((int) (messages * (long) kill / (kills + 1)));
                if (perSecond < Integer.MAX_VALUE) {
                    awaitPace();
                }
                broker.kill();
                accountsAreBalanced();
                broker.begin();
            }
            awaitEnded(messages);
            accountsAreBalanced();
            judge(kills);
        }

        private void awaitEnded(int number) {
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> ended.get() >= number);
        }

        /** What had to wait for the broker's return is through. */
        private void awaitPace() {
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> accepted.get() - ended.get() <= connections);
        }

        private void publish(int waiting, int perSecond) {
            List<Semaphore> permits = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                permits.add(new Semaphore(waiting));
            }
            long begun = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                long early = begun + i * 1_000_000_000L / perSecond - System.nanoTime();
                if (early > 5_000_000) {
                    LockSupport.parkNanos(early);
                }
                String connection = "b" + i % connections;
                String id = connection + "-" + i / connections;
                Semaphore permit = permits.get(i % connections);
                permit.acquireUninterruptibly();
                synchronized (history) {
                    history.add(Event.ACCEPTED, id);
                }
                accepted.incrementAndGet();
                host.manager
                        .publishTo(
                                BrokerId.of(connection),
                                OutboundPublish.builder()
                                        .topic("devices/" + connection + "/commands")
                                        .payload(id)
                                        .build())
                        .whenComplete((receipt, failure) -> {
                            synchronized (history) {
                                history.add(failure == null ? Event.RECEIPT : Event.FAILED, id);
                                if (failure != null) {
                                    failures.add(failure);
                                }
                            }
                            permit.release();
                            ended.incrementAndGet();
                        });
            }
        }

        private void accountsAreBalanced() {
            for (int i = 0; i < connections; i++) {
                Accounts.areBalanced(host.status("b" + i).counters());
            }
        }

        private void judge(int kills) {
            broker.close();
            history.broker(broker.packets());
            System.out.println(messages + " accepted, " + history.stored() + " on the broker's disk, " + kills
                    + " kills, " + history.duplicatesOutbound() + " twice, " + history.connects() + " connects");
            assertThat(failures).isEmpty();
            assertThat(history.unanswered()).isEmpty();
            assertThat(history.lostOutbound()).isEmpty();
            assertThat(history.inversionsOutbound()).isEmpty();
            assertThat(history.stored()).isEqualTo(messages);
            // Of many connections a few are not back yet when the next kill comes.
            assertThat(history.connects()).isGreaterThanOrEqualTo((kills + 1L) * connections * 9 / 10);
            TrafficCounters first = host.status("b0").counters();
            assertThat(first.accepted()).isEqualTo(first.published()).isEqualTo(messages / connections);
        }

        History history() {
            return history;
        }

        @Override
        public void close() {
            host.close();
            broker.close();
        }
    }
}
