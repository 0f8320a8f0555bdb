package io.github.mqttmanager.it.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import io.github.mqttmanager.it.recording.RecordingBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.test.SmallDisk;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that is away or full while commands are given and sent. */
@Timeout(180)
class OutboxFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** Links to it are cut and nobody answers, several times, while one thread gives commands and the outbox is drained. */
    @Test
    void nothingIsLostWhileTheDatabaseIsAway() throws Exception {
        try (OutboxDatabase database = OutboxDatabase.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", database.port());
                RecordingBroker broker = RecordingBroker.start(folder)) {
            database.makeTables("select 1");
            try (OutboxHost host = new OutboxHost(database.url(proxy.port()))) {
                host.start(broker.port());
                await().atMost(PATIENCE).until(host::isConnected);
                AtomicBoolean ended = new AtomicBoolean();
                Thread worker = new Thread(() -> {
                    for (long number = 1; !ended.get(); number++) {
                        try {
                            host.transaction(number, 0, OutboxHost.DEVICES, number % 4 == 0, 10, "");
                        } catch (RuntimeException e) {
                            // The host's own transaction failed, too; whether it is committed, its row tells.
                        }
                    }
                });
                worker.start();
                try {
                    for (int i = 0; i < 3; i++) {
                        broker.await(Way.TO_BROKER, "PUBLISH", 300 * (i + 1), PATIENCE);
                        proxy.refuse(true);
                        proxy.cut();
                        TimeUnit.MILLISECONDS.sleep(1_500); // the fault lasts
                        proxy.refuse(false);
                        long then = broker.count(Way.TO_BROKER, "PUBLISH");
                        broker.await(Way.TO_BROKER, "PUBLISH", then + 100, PATIENCE);
                    }
                } finally {
                    ended.set(true);
                    worker.join();
                }
                await().atMost(PATIENCE).until(() -> database.waiting() == 0);
            }
            OutboxHistory.check(broker, database.committed());
        }
    }

    /** The tables are in a tablespace of eight megabytes, of which a file takes half until space is needed. */
    @Test
    void aFullDiskIsToldClearlyTearsNothingAndHarmsOnlyWhileItIsFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 8, 4)) {
            Path space = disk.directory();
            try (OutboxDatabase database = OutboxDatabase.start();
                    RecordingBroker broker = RecordingBroker.start(folder)) {
                database.execute("create tablespace small location '" + space + "'");
                database.makeTables("set default_tablespace = small");
                try (OutboxHost host = new OutboxHost(database.url())) {
                    host.start(broker.port());
                    host.manager.disconnect(OutboxHost.BROKER);
                    String rest = " " + incompressible(2_000);
                    Throwable full = null;
                    long number = 1;
                    for (; full == null && number < 1_000; number++) {
                        long now = number;
                        full = catchThrowable(
                                () -> host.transaction(now, 0, OutboxHost.DEVICES, now % 4 == 0, 20, rest));
                    }
                    assertThat(full).as("an exception that says so").isNotNull();
                    assertThat(full)
                            .rootCause()
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("No space left");
                    assertThat(database.waiting())
                            .isEqualTo(20L * database.committed().size());
                    assertThat(database.committed()).doesNotContainKey(number - 1);

                    disk.free();
                    assertThat(host.transaction(2_000, 0, OutboxHost.DEVICES, false, 20, rest))
                            .isTrue();
                    host.manager.connect(OutboxHost.BROKER);
                    await().atMost(PATIENCE).until(() -> database.waiting() == 0);
                }
                OutboxHistory.check(broker, database.committed());
            }
        }
    }

    private static String incompressible(int length) {
        return new Random(1)
                .ints(length, '0', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
