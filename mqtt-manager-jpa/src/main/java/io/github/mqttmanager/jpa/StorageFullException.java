package io.github.mqttmanager.jpa;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database has no space left for what was to be stored. Nothing of it is stored, and it can be tried again when there is space. Where the
 * host has the transaction, its commit may fail with the provider's own exception instead: see {@link #isIn}.
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
        return isIn(thrown) ? new StorageFullException(thrown) : thrown;
    }

    /** Whether the database said so, whichever exceptions the provider, a framework or this library wrapped it in. */
    public static boolean isIn(Throwable thrown) {
        return isFull(thrown, 20);
    }

    /** The exception of a batch has what happened behind it, and need not have it as its cause. */
    private static boolean isFull(@Nullable Throwable thrown, int depth) {
        return thrown != null
                && depth > 0
                && (saysSo(thrown)
                        || isFull(thrown.getCause(), depth - 1)
                        || (thrown instanceof SQLException sql && isFull(sql.getNextException(), depth - 1)));
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
