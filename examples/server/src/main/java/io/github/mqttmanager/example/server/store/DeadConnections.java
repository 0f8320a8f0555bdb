package io.github.mqttmanager.example.server.store;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/**
 * Tells the pool which of its connections will never work again. H2 closes a database that it cannot write, as on a full disk, and opens it
 * again for a new connection only; the pool does not know its error codes, and would hand the old ones out for ever.
 */
public final class DeadConnections implements SQLExceptionOverride {
    private static final String H2_CLOSED = "90098";

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return failure instanceof SQLNonTransientConnectionException || H2_CLOSED.equals(failure.getSQLState())
                ? Override.MUST_EVICT
                : Override.CONTINUE_EVICT;
    }
}
