package io.github.mqttmanager.example.server.web;

import io.github.mqttmanager.jpa.StorageFullException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The database cannot serve a request, whatever was asked: neither the user nor this program is at fault. */
enum StoreFailure {
    FULL(ProblemCode.STORE_FULL, "the disk of the server's database is full: nothing was changed", null),
    AWAY(ProblemCode.STORE_AWAY, "the server's database does not answer: try again shortly", "5");

    private final Problem problem;
    private final @Nullable String retryAfter;

    StoreFailure(ProblemCode code, String detail, @Nullable String retryAfter) {
        this.problem = Problem.of(code, detail);
        this.retryAfter = retryAfter;
    }

    /** What the database said, whichever exceptions that is wrapped in; null if it is not at fault. */
    static @Nullable StoreFailure in(Throwable thrown) {
        if (StorageFullException.isIn(thrown)) {
            return FULL;
        }
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof SQLException sql) {
                return isAway(sql) ? AWAY : null;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** No connection could be had, or it broke off (SQLSTATE class 08), or the server is going down (57P0x of PostgreSQL). */
    private static boolean isAway(SQLException thrown) {
        String state = thrown.getSQLState();
        return thrown instanceof SQLTransientConnectionException
                || (state != null && (state.startsWith("08") || state.startsWith("57P0")));
    }

    Problem problem() {
        return problem;
    }

    HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, retryAfter);
        }
        return headers;
    }
}
