package io.github.mqttmanager.example.server.web;

import io.github.mqttmanager.example.server.web.Problem.FieldError;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request is refused, with what its sender is told. */
public class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final @Nullable Duration retryAfter;

    private ProblemException(Problem problem, @Nullable Duration retryAfter) {
        super(problem.detail());
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    public static ProblemException of(ProblemCode code, String detail) {
        return new ProblemException(Problem.of(code, detail), null);
    }

    /** One field is wrong. */
    public static ProblemException invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    /** These fields are wrong, at least one. */
    public static ProblemException invalid(List<FieldError> errors) {
        return new ProblemException(Problem.invalid(errors), null);
    }

    /** A change was made for another version than the current one. */
    public static ProblemException stale(String what, long currentVersion) {
        return new ProblemException(Problem.stale(what, currentVersion), null);
    }

    /** The same for what does not exist and for what is somebody else's. */
    public static ProblemException notFound(String what) {
        return of(ProblemCode.NOT_FOUND, "there is no " + what + " with this id");
    }

    public static ProblemException tooManyAttempts(Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.toSeconds() + (retryAfter.toMillisPart() > 0 ? 1 : 0));
        return new ProblemException(
                Problem.of(ProblemCode.TOO_MANY_ATTEMPTS, "too many attempts; try again in " + seconds + " s"),
                Duration.ofSeconds(seconds));
    }

    Problem problem() {
        return problem;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
