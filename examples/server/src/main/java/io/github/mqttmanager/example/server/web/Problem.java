package io.github.mqttmanager.example.server.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A refusal (RFC 9457).
 *
 * @param type identifies the kind of problem
 * @param title the kind of problem in words
 * @param status of HTTP
 * @param detail what was wrong this time
 * @param code the kind of problem in one word
 * @param errors the fields at fault
 * @param currentVersion of what was changed by somebody else in the meantime, so that the change can be made on top of it; or null
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        ProblemCode code,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> errors,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long currentVersion) {
    /**
     * @param field its name as in the request
     * @param message what is wrong with it, without its name and without its value
     */
    public record FieldError(String field, String message) {}

    static Problem of(ProblemCode code, String detail) {
        return of(code, code.status(), detail, List.of());
    }

    static Problem of(ProblemCode code, int status, String detail, List<FieldError> errors) {
        return new Problem(code.type(), code.title(), status, detail, code, List.copyOf(errors), null);
    }

    static Problem stale(String what, long currentVersion) {
        ProblemCode code = ProblemCode.CONFLICT;
        return new Problem(
                code.type(),
                code.title(),
                code.status(),
                "the " + what + " was changed by somebody else in the meantime; its version is " + currentVersion
                        + " now: read it again",
                code,
                List.of(),
                currentVersion);
    }

    static Problem invalid(List<FieldError> errors) {
        String detail = errors.stream()
                .map(error -> error.field() + " " + error.message())
                .collect(Collectors.joining("; "));
        return of(ProblemCode.INVALID, ProblemCode.INVALID.status(), detail, errors);
    }
}
