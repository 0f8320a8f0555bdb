package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.DeviceId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * A position on PostgreSQL: the snapshot that was read with. New is what belongs to a transaction that was not over in it. So nothing is missed,
 * however late it commits, and nothing comes twice.
 *
 * @param snapshot as {@code pg_snapshot} writes it: {@code xmin:xmax:running}
 */
record ChangeSnapshot(String snapshot) implements ChangePosition {
    /** Transactions beyond the present are those of the database that a dump was made of. All in one statement, so in one snapshot. */
    private static final String NEW = "select cast(pg_current_snapshot() as text), null, null union all"
            + " (select null, kind, entity_id from mqtt_manager_change"
            + " where tx >= pg_snapshot_xmin(cast(? as pg_snapshot))"
            + " and not pg_visible_in_snapshot(tx, cast(? as pg_snapshot))"
            + " and tx < pg_snapshot_xmax(pg_current_snapshot()) order by tx limit " + (Changes.LIMIT + 1) + ")";

    static ChangePosition now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                // also finds out whether the table is there
                ResultSet result = statement.executeQuery("select cast(pg_current_snapshot() as text)"
                        + " from (select count(*) from (select 1 from mqtt_manager_change limit 1) c) t")) {
            result.next();
            return new ChangeSnapshot(result.getString(1));
        }
    }

    @Override
    public Changes read(Connection connection) throws SQLException {
        Set<BrokerId> brokers = new HashSet<>();
        Set<DeviceId> devices = new HashSet<>();
        ChangeSnapshot end = this;
        int rows = 0;
        try (PreparedStatement statement = connection.prepareStatement(NEW)) {
            statement.setString(1, snapshot);
            statement.setString(2, snapshot);
            try (ResultSet result = statement.executeQuery()) {
                for (; result.next(); rows++) {
                    if (result.getString(1) != null) {
                        end = new ChangeSnapshot(result.getString(1));
                    } else if (BROKER.equals(result.getString(2))) {
                        brokers.add(BrokerId.of(result.getString(3)));
                    } else if (DEVICE.equals(result.getString(2))) {
                        devices.add(DeviceId.of(result.getString(3)));
                    }
                }
            }
        }
        // Earlier than before: the database is another one, such as a backup that was restored.
        boolean complete = rows <= Changes.LIMIT + 1 && end.xmin() >= xmin();
        return complete ? new Changes(end, brokers, devices, true) : Changes.unknown(end);
    }

    private long xmin() {
        return Long.parseLong(snapshot.substring(0, snapshot.indexOf(':')));
    }
}
