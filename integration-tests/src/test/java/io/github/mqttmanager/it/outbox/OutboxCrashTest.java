package io.github.mqttmanager.it.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.it.recording.JavaProcess;
import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import io.github.mqttmanager.it.recording.RecordingBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A host that is killed while it gives commands in transactions, some of which it rolls back, and while they are sent. */
class OutboxCrashTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    @Timeout(240)
    void nothingCommittedIsLostAndNothingElseSentWhenTheHostIsKilled() throws Exception {
        killed(10);
    }

    @Test
    @Timeout(1_800)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void nothingIsLostInAHundredKills() throws Exception {
        killed(100);
    }

    private void killed(int kills) throws Exception {
        Random random = new Random(kills);
        try (OutboxDatabase database = OutboxDatabase.start();
                RecordingBroker broker = RecordingBroker.start(folder)) {
            database.makeTables("select 1");
            JavaProcess next = host(database, broker, 0);
            try {
                for (int i = 1; i <= kills; i++) {
                    try (JavaProcess host = next) {
                        start(host);
                        // Made ready meanwhile, which takes longest.
                        next = host(database, broker, 1_000_000L * i);
                        long before = broker.count(Way.TO_BROKER, "PUBLISH");
                        host.tell("work");
                        broker.await(Way.TO_BROKER, "PUBLISH", before + 1 + random.nextInt(1_000), PATIENCE);
                        host.kill();
                    }
                }
                start(next);
                await().atMost(PATIENCE).until(() -> database.waiting() == 0);
            } finally {
                next.close();
            }
            OutboxHistory history = OutboxHistory.check(broker, database.committed());
            System.out.println("{\"figure\":\"durable outbox, host killed with -9\",\"kills\":" + kills
                    + ",\"transactions\":" + database.committed().size() + ",\"messages\":" + history.messages()
                    + ",\"lost\":0,\"of_rolled_back\":0,\"duplicates\":" + history.duplicates() + "}");
            assertThat(history.messages()).isGreaterThan(kills * 50);
        }
    }

    private JavaProcess host(OutboxDatabase database, RecordingBroker broker, long from) {
        return JavaProcess.start(
                folder.resolve("host.err"),
                OutboxHost.class,
                database.url(),
                String.valueOf(broker.port()),
                String.valueOf(from));
    }

    private static void start(JavaProcess host) {
        host.tell("start");
        while (!host.answer().equals("started")) {
            // a line of its log
        }
    }
}
