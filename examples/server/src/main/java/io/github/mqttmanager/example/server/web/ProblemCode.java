package io.github.mqttmanager.example.server.web;

import java.util.Locale;

/** Why a request is refused, in one word for programs. */
public enum ProblemCode {
    INVALID(400, "Request not understood"),
    UNAUTHORIZED(401, "Not signed in"),
    BAD_CREDENTIALS(401, "Login failed"),
    FORBIDDEN(403, "Not allowed"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    NOT_ACCEPTABLE(406, "No such representation"),
    CONFLICT(409, "Conflict"),
    BROKER_IN_USE(409, "Broker in use"),
    BROKER_UNREADABLE(409, "Broker cannot be read"),
    LIMIT_REACHED(409, "Limit reached"),
    TOO_LARGE(413, "Request too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Media type not supported"),
    TOO_MANY_ATTEMPTS(429, "Too many attempts"),
    INTERNAL(500, "Internal error"),
    STORE_AWAY(503, "Database not available"),
    STORE_FULL(507, "No space left");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    String title() {
        return title;
    }

    String type() {
        return "urn:mqtt-manager:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code that says most about an HTTP status that somebody else chose. */
    static ProblemCode ofStatus(int status) {
        return switch (status) {
            case 401 -> UNAUTHORIZED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 409 -> CONFLICT;
            case 413 -> TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 429 -> TOO_MANY_ATTEMPTS;
            default -> status >= 400 && status < 500 ? INVALID : INTERNAL;
        };
    }
}
