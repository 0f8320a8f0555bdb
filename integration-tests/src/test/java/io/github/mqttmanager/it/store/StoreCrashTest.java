package io.github.mqttmanager.it.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.it.recording.JavaProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A host that is killed while it writes definitions and devices: each is as it was at some commit, and at none before what was told. */
class StoreCrashTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(240)
    void nothingIsTornOrLostOnPostgresqlWhenTheHostIsKilled() throws Exception {
        killedOnPostgresql(3);
    }

    @Test
    @Timeout(240)
    void nothingIsTornOrLostInAFileOfH2WhenTheHostIsKilled() throws Exception {
        killed("H2 file, WRITE_DELAY=0", h2(), 3);
    }

    @Test
    @Timeout(1_800)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void nothingIsTornOrLostOnPostgresqlInFiftyKills() throws Exception {
        killedOnPostgresql(50);
    }

    @Test
    @Timeout(1_800)
    @EnabledIfSystemProperty(named = "long", matches = "true")
    void nothingIsTornOrLostInAFileOfH2InFiftyKills() throws Exception {
        killed("H2 file, WRITE_DELAY=0", h2(), 50);
    }

    private String h2() {
        return "jdbc:h2:file:" + folder.resolve("store").toAbsolutePath()
                + ";USER=sa;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    private void killedOnPostgresql(int kills) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            String settings = "PostgreSQL";
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                for (String name : List.of("fsync", "synchronous_commit")) {
                    try (ResultSet result = statement.executeQuery("show " + name)) {
                        result.next();
                        settings += ", " + name + " " + result.getString(1);
                    }
                }
            }
            killed(settings, url, kills);
        }
    }

    private void killed(String database, String url, int kills) throws Exception {
        Random random = new Random(kills);
        Map<String, Integer> told = new HashMap<>();
        long reports = 0;
        JavaProcess next = host(url);
        try {
            for (int i = 0; i < kills; i++) {
                try (JavaProcess host = next) {
                    host.tell("start");
                    while (!host.answer().equals("started")) {
                        // a line of its log
                    }
                    // Its Java is made ready meanwhile, which takes longest.
                    next = host(url);
                    List<String> said = new ArrayList<>();
                    int enough = 1 + random.nextInt(120);
                    while (said.size() < enough) {
                        said.add(host.answer());
                    }
                    host.kill();
                    said.addAll(host.rest());
                    reports += said.size();
                    for (String line : said) {
                        String[] words = line.split(" ");
                        told.put(words[0] + " " + words[1], Integer.valueOf(words[2]));
                    }
                }
                check(url, told);
            }
        } finally {
            next.close();
        }
        System.out.println(
                "{\"figure\":\"host killed with -9 while definitions and devices are written\",\"database\":\""
                        + database + "\",\"kills\":" + kills + ",\"commits\":" + reports + ",\"torn\":0,\"lost\":0}");
    }

    private JavaProcess host(String url) {
        return JavaProcess.start(folder.resolve("host.err"), StoreHost.class, url);
    }

    /** @param told the generation of each that was committed for sure; takes over what one commit more has made of them */
    private static void check(String url, Map<String, Integer> told) throws Exception {
        try (Store store = Store.open(url)) {
            assertThat(store.brokers.unreadable()).isEmpty();
            for (int number = 0; number < StoreHost.BROKERS; number++) {
                BrokerId id = StoreHost.broker(number);
                BrokerDefinition stored = store.brokers.find(id).orElse(null);
                int generation = stored == null ? 0 : Generation.of(stored);
                if (stored != null) {
                    assertThat(stored)
                            .as("not torn")
                            .isEqualTo(new Generation(generation).definition(id, stored.version()));
                }
                take(told, "broker " + number, generation, false);
            }
            for (int group = 0; group < StoreHost.GROUPS; group++) {
                List<Device> stored = new ArrayList<>();
                for (int i = 0; i < Generation.GROUP; i++) {
                    store.devices.find(Generation.id(group, i)).ifPresent(stored::add);
                }
                int generation = stored.isEmpty() ? 0 : Generation.of(stored.get(0));
                if (!stored.isEmpty()) {
                    assertThat(stored)
                            .as("all of a batch or none")
                            .isEqualTo(new Generation(generation)
                                    .devices(
                                            BrokerId.of("home"),
                                            group,
                                            stored.get(0).version()));
                }
                take(told, "group " + group, generation, true);
            }
        }
    }

    private static void take(Map<String, Integer> told, String what, int stored, boolean maybeGone) {
        int committed = told.getOrDefault(what, 0);
        if (stored != committed && !(maybeGone && stored == 0)) {
            assertThat(stored)
                    .as(what + ": what was told, or the one that was on its way")
                    .isEqualTo(committed + 1);
        }
        told.put(what, stored);
    }
}
