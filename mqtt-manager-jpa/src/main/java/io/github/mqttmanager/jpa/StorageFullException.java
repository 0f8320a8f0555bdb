package io.github.mqttmanager.jpa;

import java.sql.SQLException;

/**
 * The database has no space left for what was to be stored. Nothing of it is stored, and it can be tried again when there is space. Where the
 * host has the transaction, its commit may fail with the provider's own exception instead.
 */
public class StorageFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String POSTGRESQL_DISK_FULL = "53100";
    private static final int MYSQL_DISK_FULL = 1021;
    private static final int MYSQL_TABLE_FULL = 1114;

    StorageFullException(Throwable cause) {
        super("the disk of the database is full; nothing was stored", cause);
    }

    /** Says so if that is what is the matter; else the same again. */
    static RuntimeException orSame(RuntimeException thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (saysSo(cause)) {
                return new StorageFullException(thrown);
            }
            cause = cause.getCause();
        }
        return thrown;
    }

    private static boolean saysSo(Throwable cause) {
        if (cause instanceof SQLException sql
                && (POSTGRESQL_DISK_FULL.equals(sql.getSQLState())
                        || sql.getErrorCode() == MYSQL_DISK_FULL
                        || sql.getErrorCode() == MYSQL_TABLE_FULL)) {
            return true;
        }
        // H2 tells it in the words of the operating system only
        return cause.getMessage() != null && cause.getMessage().contains("No space left on device");
    }
}
