package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.example.server.reading.PayloadReadings;
import io.github.mqttmanager.example.server.web.Problem.FieldError;
import io.github.mqttmanager.example.server.web.ProblemException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what a request says of the readings it wants, and collects what is wrong with it. */
final class ReadingRange {
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private final List<FieldError> errors = new ArrayList<>();

    @Nullable
    Instant time(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
                refuse(field, "must be between 1970 and 9999");
            }
            return time;
        } catch (DateTimeException e) {
            refuse(field, "must be an ISO time such as 2026-11-23T10:15:30Z");
            return null;
        }
    }

    /** A whole number between 1 and the most; what is absent or refused is the usual one. */
    int number(String field, @Nullable String text, int usual, int most) {
        if (text == null) {
            return usual;
        }
        if (text.matches("[0-9]{1,8}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        refuse(field, "must be a whole number between 1 and " + most);
        return usual;
    }

    /** Names of numbers, each once; none stands for no choice. */
    List<String> metrics(String @Nullable [] names, int most) {
        List<String> distinct =
                names == null ? List.of() : Stream.of(names).distinct().toList();
        if (distinct.size() > most) {
            refuse("metric", "must not be there more than " + most + " times");
        }
        if (distinct.stream().anyMatch(name -> name.isEmpty() || name.length() > PayloadReadings.MAX_NAME)) {
            refuse("metric", "must have 1 to " + PayloadReadings.MAX_NAME + " characters");
        }
        return distinct;
    }

    void checkOrder(Instant from, Instant to, Duration longest) {
        if (!from.isBefore(to)) {
            refuse("from", "must be before to");
        } else if (Duration.between(from, to).compareTo(longest) > 0) {
            refuse("from", "must not be more than " + longest.toDays() + " days before to");
        }
    }

    void refuse(String field, String message) {
        errors.add(new FieldError(field, message));
    }

    /** @throws ProblemException if something was refused */
    void check() {
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }
}
