package io.github.mqttmanager.jpa;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the database said when it refused, whichever exceptions the provider or a framework wrapped it in.
 *
 * @param state the SQLSTATE
 * @param code the vendor's number
 * @param text the message in lower case
 */
record SqlFailure(String state, int code, String text) {
    /** Of MySQL: a key occurs twice. Its SQLSTATE says only that some constraint is broken. */
    private static final int DUPLICATE_ENTRY = 1062;

    /** Serialization failure, deadlock of PostgreSQL, concurrent update of H2. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "90131");

    /** Of MariaDB with {@code innodb_snapshot_isolation}: the row was changed after this transaction began to read. */
    private static final int RECORD_HAS_CHANGED = 1020;

    static Optional<SqlFailure> in(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof SQLException sql) {
                StringBuilder text = new StringBuilder();
                for (SQLException each = sql; each != null; each = each.getNextException()) {
                    text.append(each.getMessage()).append('\n');
                }
                String state = sql.getSQLState();
                return Optional.of(new SqlFailure(
                        state == null ? "" : state,
                        sql.getErrorCode(),
                        text.toString().toLowerCase(Locale.ROOT)));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** Whether a row refers to one that is not there, or is referred to. */
    boolean isForeignKey(String constraint) {
        return state.startsWith("23") && text.contains(constraint);
    }

    boolean isUnique(String constraint) {
        return isDuplicate() && text.contains(constraint);
    }

    /** Whether a row with the same key was inserted, or the row was changed, by another transaction at the same time. */
    boolean isConflict(String table) {
        // MariaDB does not say of which table a primary key is
        return (isDuplicate() && (text.contains(table) || text.contains("for key 'primary'")))
                || CONFLICTS.contains(state)
                || code == RECORD_HAS_CHANGED;
    }

    private boolean isDuplicate() {
        return state.equals("23505") || code == DUPLICATE_ENTRY;
    }

    /** Which of the candidates the message names, or the first. */
    <T> T culprit(List<T> candidates, Function<T, String> key) {
        return candidates.stream()
                .filter(candidate -> {
                    String value = key.apply(candidate).toLowerCase(Locale.ROOT);
                    return text.contains("(" + value + ")")
                            || text.contains("'" + value + "'")
                            || text.contains(", " + value + ")")
                            || text.contains("-" + value + "'");
                })
                .findFirst()
                .orElseGet(() -> candidates.get(0));
    }
}
