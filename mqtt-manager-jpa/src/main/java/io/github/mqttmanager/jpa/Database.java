package io.github.mqttmanager.jpa;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The databases that there are scripts for, and what differs between them. */
enum Database {
    H2("h2", "select next value for "),
    POSTGRESQL("postgresql", "select nextval('");

    private final String folder;
    private final String nextValue;

    Database(String folder, String nextValue) {
        this.folder = folder;
        this.nextValue = nextValue;
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
            default ->
                throw new IllegalStateException("database " + product + " is not supported, only H2 and PostgreSQL");
        };
    }

    static Database of(EntityManager manager) {
        return manager.<Connection, Database>callWithConnection(Database::of);
    }

    /** The next number of a sequence, as text. */
    static String next(EntityManager manager, String sequence) {
        return manager.<Connection, String>callWithConnection(connection -> {
            Database database = of(connection);
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(
                            database.nextValue + sequence + (database == POSTGRESQL ? "')" : ""))) {
                result.next();
                return Long.toString(result.getLong(1));
            }
        });
    }
}
