package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the tables of brokers and devices page by page over plain JDBC, every column, and keeps nothing. */
final class PagingProcess {
    private static final int PAGE = 1_000;

    private PagingProcess() {}

    public static void main(String[] arguments) throws IOException {
        new Commands().on("run", words -> run(arguments[0])).serve();
        System.exit(0);
    }

    private static String run(String url) throws SQLException {
        long began = System.nanoTime();
        long cpu = Jvm.cpuNanos();
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            long brokers = pages(connection, "mqtt_manager_broker");
            long devices = pages(connection, "mqtt_manager_device");
            return "read_s=" + (System.nanoTime() - began) / 1e9 + " cpu_s=" + (Jvm.cpuNanos() - cpu) / 1e9
                    + " brokers=" + brokers + " devices=" + devices;
        }
    }

    private static long pages(Connection connection, String table) throws SQLException {
        long rows = 0;
        String last = "";
        int found;
        try (PreparedStatement statement = connection.prepareStatement(
                "select * from " + table + " where id > ? order by id fetch first " + PAGE + " rows only")) {
            do {
                found = 0;
                statement.setString(1, last);
                try (ResultSet result = statement.executeQuery()) {
                    int id = result.findColumn("id");
                    int columns = result.getMetaData().getColumnCount();
                    while (result.next()) {
                        for (int i = 1; i <= columns; i++) {
                            result.getObject(i);
                        }
                        last = result.getString(id);
                        found++;
                    }
                }
                connection.commit();
                rows += found;
            } while (found == PAGE);
        }
        return rows;
    }
}
