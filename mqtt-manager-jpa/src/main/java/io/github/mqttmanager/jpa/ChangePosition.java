package io.github.mqttmanager.jpa;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/**
 * Up to where the table {@code mqtt_manager_change} was read. Its rows become visible when their transactions commit, which is in no order; a
 * position knows which ones have not been seen. Immutable.
 */
interface ChangePosition {
    String BROKER = "broker";
    String DEVICE = "device";

    /** What has become visible since. */
    Changes read(Connection connection) throws SQLException;

    /** Everything that is visible now has been seen. */
    static ChangePosition end(Connection connection) throws SQLException {
        return switch (Database.of(connection)) {
            case POSTGRESQL -> ChangeSnapshot.now(connection);
            case H2, MYSQL -> ChangeNumbers.end(connection);
        };
    }

    /** Notes changes in the transaction that makes them, where the database does not do so by triggers. */
    static void note(EntityManager manager, String kind, Collection<String> ids) {
        manager.<Connection>runWithConnection(connection -> {
            if (Database.of(connection) != Database.H2) {
                return;
            }
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into mqtt_manager_change (kind, entity_id) values (?, ?)")) {
                for (String id : ids) {
                    insert.setString(1, kind);
                    insert.setString(2, id);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        });
    }

    /** Deletes what is older than an hour. */
    static void trim(Connection connection) throws SQLException {
        // On MySQL times are in UTC, whatever zone the session is in.
        String now = Database.of(connection) == Database.MYSQL ? "utc_timestamp(6)" : "current_timestamp";
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "delete from mqtt_manager_change where changed_at < " + now + " - interval '1' hour");
        }
    }

    /** The only number of the only row. */
    static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
