package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The table of what devices measured: one row for each message. The rows of a device go with it. */
@Repository
public class SensorData {
    private static final int CHUNK = 5_000;

    /** In UTF-8. More would not fit into the index of PostgreSQL (2,704 bytes for all of its columns). */
    private static final int MAX_INDEXED_BYTES = 2_000;

    /** What the index does not hold is read from the table, so that the index alone answers for the others. */
    private static final String READINGS =
            "coalesce(d.readings, (select o.long_readings from sensor_data o where o.id = d.id))";

    /** How many readings tell what there is. */
    private static final int NAMED = 100;

    private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");

    private final JdbcClient jdbc;
    private final JdbcOperations batches;
    private final JsonMapper json;
    private final boolean postgresql;

    SensorData(JdbcClient jdbc, JdbcOperations batches, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
        this.batches = batches;
        this.postgresql = "PostgreSQL".equals(batches.execute((ConnectionCallback<String>)
                connection -> connection.getMetaData().getDatabaseProductName()));
    }

    /**
     * One message of a device.
     *
     * @param at as exact as the table keeps it
     * @param messageId that the message brought with it, unique for its device, or null
     */
    record Row(
            Device device,
            long userId,
            Instant at,
            String values,
            @Nullable String messageId) {
        Row {
            at = at.truncatedTo(ChronoUnit.MILLIS);
        }

        private List<String> identity() {
            return List.of(String.valueOf(messageId), device.id().value());
        }
    }

    /** The place of a row in the order of {@link #before}. */
    record Place(Instant at, long id) {
        /** After all rows before the time. */
        static Place at(Instant end) {
            return new Place(end, 0);
        }
    }

    /** A row as it was stored. */
    record Stored(Place place, String values) {}

    /**
     * Stores the rows in as few statements as the database's driver makes of a batch, except those that are there already: rows with an id that
     * is known of their device, and rows in doubt of which there is an equal one.
     *
     * @param inDoubt whether the row may have been stored before, by a commit of which the outcome is unknown
     * @return the rows that were there
     */
    Set<Row> insert(List<Row> rows, Predicate<Row> inDoubt) {
        Set<Row> known = known(rows, inDoubt);
        List<Row> fresh = known.isEmpty()
                ? rows
                : rows.stream().filter(row -> !known.contains(row)).toList();
        if (fresh.isEmpty()) {
            return known;
        }
        batches.batchUpdate("""
                insert into sensor_data
                (user_id, device_table_id, device_id, measured_at, readings, long_readings, message_id)
                values (?, ?, ?, ?, ?, ?, ?)
                """, fresh, fresh.size(), (statement, row) -> {
            boolean isLong = isLong(row.values());
            statement.setLong(1, row.userId());
            statement.setString(2, row.device().id().value());
            statement.setString(3, row.device().topicName());
            statement.setObject(4, time(row.at()));
            statement.setObject(5, isLong ? null : row.values(), Types.VARCHAR);
            statement.setObject(6, isLong ? row.values() : null, Types.VARCHAR);
            statement.setObject(7, row.messageId(), Types.VARCHAR);
        });
        return known;
    }

    private static boolean isLong(String values) {
        return values.length() > MAX_INDEXED_BYTES
                || (values.length() > MAX_INDEXED_BYTES / 3
                        && values.getBytes(StandardCharsets.UTF_8).length > MAX_INDEXED_BYTES);
    }

    private Set<Row> known(List<Row> rows, Predicate<Row> inDoubt) {
        Set<String> ids = new HashSet<>();
        for (Row row : rows) {
            if (row.messageId() != null) {
                ids.add(row.messageId());
            }
        }
        Set<List<String>> identities = ids.isEmpty() ? new HashSet<>() : identities(ids);
        Set<Row> known = new HashSet<>();
        for (Row row : rows) {
            boolean isKnown =
                    row.messageId() != null ? !identities.add(row.identity()) : inDoubt.test(row) && isStored(row);
            if (isKnown) {
                known.add(row);
            }
        }
        return known;
    }

    /** Ids of messages that are stored, each with its device. */
    private Set<List<String>> identities(Collection<String> messageIds) {
        Set<List<String>> identities = new HashSet<>();
        jdbc.sql("select message_id, device_table_id from sensor_data where message_id in (:ids)")
                .param("ids", messageIds)
                .query(row -> {
                    identities.add(List.of(row.getString(1), row.getString(2)));
                });
        return identities;
    }

    private boolean isStored(Row row) {
        return jdbc.sql("select " + READINGS + " from sensor_data d where device_table_id = ? and measured_at = ?")
                .params(row.device().id().value(), time(row.at()))
                .query(String.class)
                .list()
                .contains(row.values());
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
        return before(device, from == null ? Instant.EPOCH : from, Place.at(to == null ? END : to), limit).stream()
                .map(stored -> new ReadingView(stored.place().at(), stored.values()))
                .toList();
    }

    /** The rows of a device since the time (inclusive) and before the place, newest first. */
    List<Stored> before(DeviceId device, Instant from, Place place, int limit) {
        return jdbc.sql("select measured_at, id, " + READINGS + """
                         as readings from sensor_data d
                        where device_table_id = ? and measured_at >= ? and measured_at <= ?
                        and (measured_at < ? or id < ?)
                        order by device_table_id desc, measured_at desc, id desc fetch first ? rows only
                        """)
                .params(device.value(), time(from), time(place.at()), time(place.at()), place.id(), limit)
                .query(SensorData::stored)
                .list();
    }

    /** What the numbers in the newest readings of a time are called, in their order. */
    public List<String> names(DeviceId device, Instant from, Instant to, int most) {
        return page(device, from, to, NAMED).stream()
                .flatMap(reading -> json.readTree(reading.values()).propertyNames().stream())
                .distinct()
                .limit(most)
                .toList();
    }

    /** Of the numbers with one name in a time. */
    @Schema(name = "Aggregate")
    public record Aggregate(double min, double avg, double max, long count) {}

    /**
     * Aggregates of the numbers of a device in the time from (inclusive) to (exclusive), for each name and for each span of so many seconds since
     * 1970-01-01T00:00:00Z in which there is any, newest first; calculated by the database.
     */
    public Map<Instant, Map<String, Aggregate>> aggregates(
            DeviceId device, Instant from, Instant to, long seconds, List<String> names) {
        StringJoiner numbers = new StringJoiner(", ");
        StringJoiner aggregates = new StringJoiner(", ");
        List<Object> parameters = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            numbers.add(number(names.get(i), parameters) + " as n" + i);
            aggregates.add("min(n%1$d), avg(n%1$d), max(n%1$d), count(n%1$d)".formatted(i));
        }
        parameters.addAll(List.of(device.value(), time(from), time(to)));
        Map<Instant, Map<String, Aggregate>> found = new LinkedHashMap<>();
        // The offset keeps PostgreSQL from reading a number out of its JSON once for each of its aggregates. The width
        // is no parameter:
        // H2 would divide by it to 100,000 digits.
        jdbc.sql("select span, " + aggregates + " from (select floor(extract(epoch from measured_at) / " + seconds
                        + ") as span, " + numbers
                        + " from sensor_data d where device_table_id = ? and measured_at >= ? and measured_at < ?"
                        + " offset 0 rows) numbers group by span order by span desc")
                .params(parameters)
                .query(row -> {
                    Map<String, Aggregate> values = aggregates(row, names);
                    if (!values.isEmpty()) {
                        found.put(Instant.ofEpochSecond(row.getLong("span") * seconds), values);
                    }
                });
        return found;
    }

    /** The number with the name in the JSON of a row, as the database reads it. */
    private String number(String name, List<Object> parameters) {
        if (postgresql) {
            parameters.add(name);
            return "cast(cast(" + READINGS + " as json) ->> ? as double precision)";
        }
        return "cast(cast((" + READINGS + " format json).\"" + name.replace("\"", "\"\"")
                + "\" as varchar) as double precision)";
    }

    private static Map<String, Aggregate> aggregates(ResultSet row, List<String> names) throws SQLException {
        Map<String, Aggregate> values = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            int column = 2 + 4 * i;
            long count = row.getLong(column + 3);
            if (count > 0) {
                values.put(
                        names.get(i),
                        new Aggregate(
                                row.getDouble(column), row.getDouble(column + 1), row.getDouble(column + 2), count));
            }
        }
        return values;
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

    private static Stored stored(ResultSet row, int number) throws SQLException {
        return new Stored(
                new Place(row.getObject("measured_at", OffsetDateTime.class).toInstant(), row.getLong("id")),
                row.getString("readings"));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
