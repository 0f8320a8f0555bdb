package io.github.mqttmanager.it.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.jpa.StorageFullException;
import io.github.mqttmanager.test.SmallDisk;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that becomes full while definitions and devices are written, and is not when there is space again. */
@Timeout(180)
class StoreFullTest {
    private static final BrokerId HOME = BrokerId.of("home");

    @TempDir
    private Path folder;

    /** The tables are in a tablespace on the small disk. */
    @Test
    void postgresqlSaysSoAndGoesOnWhenThereIsSpace() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 8, 5);
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("create tablespace small location '" + disk.directory() + "'");
                statement.execute("alter database postgres set default_tablespace = small");
            }
            full(() -> Store.open(url), disk);
        }
    }

    @Test
    void h2SaysSoAndGoesOnWhenThereIsSpace() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 8, 5)) {
            String url = "jdbc:h2:file:" + disk.directory().resolve("store")
                    + ";USER=sa;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
            full(() -> Store.open(url), disk);
        }
    }

    private static void full(Callable<Store> open, SmallDisk disk) throws Exception {
        List<BrokerDefinition> definitions = new ArrayList<>();
        List<Device> devices = new ArrayList<>();
        try (Store store = open.call()) {
            definitions.add(store.brokers.save(new Generation(1).definition(HOME, 0)));
            Throwable full = null;
            for (int i = 1; full == null && i < 1_000; i++) {
                int number = i;
                full = catchThrowable(() -> {
                    definitions.add(
                            store.brokers.save(new Generation(number).definition(BrokerId.of("b-" + number), 0)));
                    devices.addAll(store.devices.saveAll(new Generation(number).devices(HOME, number, 0)));
                });
            }
            assertThat(full)
                    .as("what says that the disk is full, and how")
                    .isInstanceOf(StorageFullException.class)
                    .hasMessageContaining("full");
            disk.free();
            assertThat(catchThrowable(() -> check(store, definitions, devices)))
                    .as("what was there is there, also without opening it anew")
                    .isNull();
            devices.addAll(store.devices.saveAll(new Generation(5_000).devices(HOME, 5_000, 0)));
            definitions.add(store.brokers.save(new Generation(5_000).definition(BrokerId.of("b-5000"), 0)));
            check(store, definitions, devices);
        }
        try (Store store = open.call()) {
            check(store, definitions, devices);
        }
    }

    private static void check(Store store, List<BrokerDefinition> definitions, List<Device> devices) {
        assertThat(store.brokers.page(null, 10_000)).containsExactlyInAnyOrderElementsOf(definitions);
        List<Device> stored = store.devices.page(null, 1_000_000);
        assertThat(stored).hasSameSizeAs(devices);
        assertThat(new HashSet<>(stored).equals(new HashSet<>(devices))).isTrue();
    }
}
