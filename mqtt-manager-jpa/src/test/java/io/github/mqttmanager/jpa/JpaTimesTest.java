package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.topic.TopicName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Times are the same for everybody, wherever the hosts are that write and read them. */
@OnEveryDatabase
class JpaTimesTest {
    /** In the hour that New York has twice, and in the one that it leaves out. */
    private static final List<Instant> TIMES = List.of(
            Instant.parse("2026-11-01T05:30:00.123456Z"),
            Instant.parse("2026-11-01T06:30:00.123456Z"),
            Instant.parse("2026-03-08T02:30:00.999999Z"),
            Instant.parse("2026-03-08T07:30:00.000001Z"));

    private final TimeZone before = TimeZone.getDefault();
    private final TestDatabase database;

    JpaTimesTest(TestDatabase database) {
        this.database = database;
    }

    @AfterEach
    void restoreZone() {
        TimeZone.setDefault(before);
    }

    @Test
    void whatAHostInOneZoneWroteAHostInAnotherReads() {
        List<String> zones = List.of("America/New_York", "Asia/Kolkata", "UTC");
        List<OutboxEntry> sent = new ArrayList<>();
        for (int i = 0; i < TIMES.size(); i++) {
            TimeZone.setDefault(TimeZone.getTimeZone(zones.get(i % zones.size())));
            sent.add(write(i, TIMES.get(i)));
        }
        for (String zone : zones) {
            TimeZone.setDefault(TimeZone.getTimeZone(zone));
            JpaDeviceRepository devices = new JpaDeviceRepository(database.session());
            JpaBrokerRepository brokers = new JpaBrokerRepository(database.session(), SecretCipher.refusing());
            for (int i = 0; i < TIMES.size(); i++) {
                Instant time = TIMES.get(i);
                DeviceId device = DeviceId.of("d" + i);
                BrokerId broker = BrokerId.of("b" + i);
                assertThat(devices.lastSeen(List.of(device))).isEqualTo(Map.of(device, time));
                assertThat(devices.timestamps(List.of(device))).isEqualTo(Map.of(device, new Timestamps(time, time)));
                assertThat(brokers.timestamps(List.of(broker))).isEqualTo(Map.of(broker, new Timestamps(time, time)));
                assertThat(new JpaOutbox(database.session()).next(broker, 10, Long.MAX_VALUE))
                        .containsExactly(sent.get(i));
            }
        }
    }

    private OutboxEntry write(int number, Instant time) {
        Clock clock = Clock.fixed(time, ZoneOffset.UTC);
        JpaDeviceRepository devices = new JpaDeviceRepository(database.session(), clock);
        BrokerDefinition broker = new JpaBrokerRepository(database.session(), SecretCipher.refusing(), clock)
                .save(BrokerDefinition.builder("b" + number, "h", 1).build());
        Device device =
                devices.save(Device.builder("d" + number, broker.id().value()).build());
        devices.saveLastSeen(Map.of(device.id(), time));
        devices.saveLastSeen(Map.of(device.id(), time.minusNanos(1_000)));
        return new JpaOutbox(database.session())
                .add(OutboxEntry.of(
                        broker.id(),
                        null,
                        OutboundPublish.builder()
                                .topic(TopicName.of("t"))
                                .payload("x")
                                .expiry(Duration.ofDays(40_000))
                                .build(),
                        time));
    }

    /** On MySQL the column has no zone: what is in it is UTC. */
    @Test
    void columnsWithoutAZoneHoldUtc() {
        assumeTrue(database.kind() == Databases.MARIADB, "elsewhere columns have a zone");
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        write(0, TIMES.get(0));
        for (String column : List.of("created_at", "updated_at", "last_seen")) {
            assertThat(database.strings("select cast(" + column + " as char) from mqtt_manager_device"))
                    .as(column)
                    .containsExactly("2026-11-01 05:30:00.123456");
        }
    }
}
