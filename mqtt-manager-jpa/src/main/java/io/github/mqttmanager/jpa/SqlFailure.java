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
 * @param text the message in lower case
 */
record SqlFailure(String state, String text) {
    /** Serialization failure, deadlock of PostgreSQL, concurrent update of H2. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "90131");

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
                        state == null ? "" : state, text.toString().toLowerCase(Locale.ROOT)));
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
        return state.equals("23505") && text.contains(constraint);
    }

    /** Whether a row with the same key was inserted, or the row was changed, by another transaction at the same time. */
    boolean isConflict(String table) {
        return (state.equals("23505") && text.contains(table)) || CONFLICTS.contains(state);
    }

    /** Which of the candidates the message names, or the first. */
    <T> T culprit(List<T> candidates, Function<T, String> key) {
        return candidates.stream()
                .filter(candidate -> {
                    String value = key.apply(candidate).toLowerCase(Locale.ROOT);
                    return text.contains("(" + value + ")")
                            || text.contains("'" + value + "'")
                            || text.contains(", " + value + ")");
                })
                .findFirst()
                .orElseGet(() -> candidates.get(0));
    }
}
