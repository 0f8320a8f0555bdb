package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of what devices measured: one row for each message. The rows of a device go with it. */
@Repository
public class SensorData {
    private static final int CHUNK = 5_000;

    private final JdbcClient jdbc;
    private final JdbcOperations batches;

    SensorData(JdbcClient jdbc, JdbcOperations batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** One message of a device. */
    record Row(Device device, long userId, Instant at, String values) {}

    /** In as few statements as the database's driver makes of a batch. */
    void insert(List<Row> rows) {
        batches.batchUpdate("""
                insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings)
                values (?, ?, ?, ?, ?)
                """, rows, rows.size(), (statement, row) -> {
            statement.setLong(1, row.userId());
            statement.setString(2, row.device().id().value());
            statement.setString(3, row.device().topicName());
            statement.setObject(4, time(row.at()));
            statement.setString(5, row.values());
        });
    }

    boolean isEmpty(DeviceId device) {
        return jdbc.sql("select id from sensor_data where device_table_id = ? fetch first 1 row only")
                .param(device.value())
                .query(Long.class)
                .optional()
                .isEmpty();
    }

    /** The readings of a device in the time from (inclusive) to (exclusive), newest first. */
    public List<ReadingView> page(DeviceId device, @Nullable Instant from, @Nullable Instant to, int limit) {
        return jdbc.sql("""
                        select measured_at, readings from sensor_data
                        where device_table_id = ? and measured_at >= ? and measured_at < ?
                        order by device_table_id desc, measured_at desc, id desc fetch first ? rows only
                        """)
                .params(
                        device.value(),
                        time(from == null ? Instant.EPOCH : from),
                        time(to == null ? Instant.parse("9999-01-01T00:00:00Z") : to),
                        limit)
                .query(SensorData::reading)
                .list();
    }

    /** The newest reading of each of these devices that has any. */
    public Map<DeviceId, ReadingView> latest(List<DeviceId> devices) {
        Map<DeviceId, ReadingView> latest = new HashMap<>();
        for (DeviceId device : devices) {
            List<ReadingView> newest = page(device, null, null, 1);
            if (!newest.isEmpty()) {
                latest.put(device, newest.get(0));
            }
        }
        return latest;
    }

    /** How many readings a user has since the time. */
    public long count(long userId, Instant since) {
        return jdbc.sql("select count(*) from sensor_data where user_id = ? and measured_at >= ?")
                .params(userId, time(since))
                .query(Long.class)
                .single();
    }

    /** Deletes some of the readings that are older. @return how many, 0 when none is left */
    int deleteOlder(Instant than) {
        return jdbc.sql("""
                        delete from sensor_data where id in
                        (select id from sensor_data where measured_at < ? fetch first ? rows only)
                        """).params(time(than), CHUNK).update();
    }

    /** How many readings each user has. */
    Map<Long, Long> countByUser() {
        Map<Long, Long> counts = new HashMap<>();
        jdbc.sql("select user_id, count(*) as readings_count from sensor_data group by user_id")
                .query(row -> {
                    counts.put(row.getLong("user_id"), row.getLong("readings_count"));
                });
        return counts;
    }

    /** Deletes the oldest readings of a user. @return how many */
    int deleteOldest(long userId, long count) {
        return jdbc.sql("""
                        delete from sensor_data where id in
                        (select id from sensor_data where user_id = ?
                        order by user_id, measured_at fetch first ? rows only)
                        """).params(userId, Math.min(count, CHUNK)).update();
    }

    private static ReadingView reading(ResultSet row, int number) throws SQLException {
        return new ReadingView(
                row.getObject("measured_at", OffsetDateTime.class).toInstant(), row.getString("readings"));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
