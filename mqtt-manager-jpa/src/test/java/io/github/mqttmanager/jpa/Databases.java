package io.github.mqttmanager.jpa;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/**
 * The databases that the tests of this module run on. A further one is a further constant: {@link OnEveryDatabase} does the rest.
 *
 * <p>Reports of tests number them in this order, and {@code build/test-minimums.properties} names the numbers.
 */
enum Databases {
    H2_IN_MEMORY {
        @Override
        TestDatabase empty() {
            return new TestDatabase(this, "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
        }
    },
    H2_IN_A_FILE {
        @Override
        TestDatabase empty() {
            try {
                Path directory = Files.createTempDirectory("h2");
                directory.toFile().deleteOnExit();
                Path file = directory.resolve("test.mv.db");
                file.toFile().deleteOnExit();
                return at(directory.resolve("test"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    POSTGRESQL {
        @Override
        TestDatabase empty() {
            String name = freshName();
            try (Connection connection = postgres().getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                // a language whose order is not that of code points
                statement.execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return new TestDatabase(this, postgres().getJdbcUrl("postgres", name), "postgres", "");
        }
    },
    MARIADB {
        @Override
        TestDatabase empty() {
            return new TestDatabase(this, MariaDb.newSchema(freshName()), "root", "");
        }

        @Override
        boolean isAvailable() {
            return MariaDb.isInstalled();
        }
    };

    private static EmbeddedPostgres postgres;

    /** A new database without tables. */
    abstract TestDatabase empty();

    /** A new database with the tables of the scripts. */
    TestDatabase open() {
        return empty().withSchema();
    }

    /** Whether it can be used on this machine. */
    boolean isAvailable() {
        return true;
    }

    boolean isH2() {
        return this == H2_IN_MEMORY || this == H2_IN_A_FILE;
    }

    /** A database of H2 in this file, which may be there already. */
    static TestDatabase at(Path file) {
        return new TestDatabase(
                H2_IN_A_FILE, "jdbc:h2:file:" + file.toAbsolutePath() + ";TRACE_LEVEL_FILE=0", "sa", "");
    }

    private static synchronized EmbeddedPostgres postgres() {
        try {
            if (postgres == null) {
                // nothing here judges what a crash of the server leaves
                postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .start();
            }
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String freshName() {
        return "t" + UUID.randomUUID().toString().replace("-", "");
    }
}
