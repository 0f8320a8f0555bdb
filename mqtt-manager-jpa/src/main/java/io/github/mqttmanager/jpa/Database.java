package io.github.mqttmanager.jpa;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** The databases that there are scripts for, and what differs between them. */
enum Database {
    H2("h2"),
    POSTGRESQL("postgresql"),
    /** And MariaDB. */
    MYSQL("mysql");

    private final String folder;

    Database(String folder) {
        this.folder = folder;
    }

    /** Where its scripts are. */
    String folder() {
        return folder;
    }

    static Database of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "H2" -> H2;
            case "PostgreSQL" -> POSTGRESQL;
            case "MySQL", "MariaDB" -> MYSQL;
            default ->
                throw new IllegalStateException(
                        "database " + product + " is not supported, only H2, PostgreSQL, MySQL and MariaDB");
        };
    }

    static Database of(EntityManager manager) {
        return manager.<Connection, Database>callWithConnection(Database::of);
    }

    /** The first of the next numbers of a sequence that counts in such steps. No other transaction gets it, even if this one is undone. */
    static long next(EntityManager manager, String sequence, int step) {
        return manager.<Connection, Long>callWithConnection(connection -> {
            try (Statement statement = connection.createStatement()) {
                return switch (of(connection)) {
                    case H2 -> number(statement.executeQuery("select next value for " + sequence));
                    case POSTGRESQL -> number(statement.executeQuery("select nextval('" + sequence + "')"));
                    case MYSQL -> (added(statement, sequence) - 1) * step + 1;
                };
            }
        });
    }

    /** MySQL has no sequences. The counter of a table belongs to no transaction either, and the row itself is never seen. */
    private static long added(Statement statement, String table) throws SQLException {
        statement.executeUpdate("insert into " + table + " () values ()", Statement.RETURN_GENERATED_KEYS);
        long number = number(statement.getGeneratedKeys());
        statement.executeUpdate("delete from " + table + " where id = " + number);
        return number;
    }

    private static long number(ResultSet result) throws SQLException {
        try (result) {
            result.next();
            return result.getLong(1);
        }
    }

    /** The time as a parameter of a statement. Columns of MySQL know no zone and hold UTC. */
    Object parameter(Instant time) {
        return this == MYSQL ? LocalDateTime.ofInstant(time, ZoneOffset.UTC) : time.atOffset(ZoneOffset.UTC);
    }
}
