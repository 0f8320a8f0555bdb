package io.github.mqttmanager.example.server.web;

import io.github.mqttmanager.example.server.web.Problem.FieldError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of the JSON object that a request carries. Tells absent from null, takes no text for a number, and collects all that is
 * wrong, so that {@link #check} can say everything at once. Until then a getter returns something harmless for a wrong field.
 */
public final class RequestFields {
    private static final int SHOWN = 64;

    private final ObjectNode json;
    private final String prefix;
    private final List<FieldError> errors;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<RequestFields> inner = new ArrayList<>();

    RequestFields(ObjectNode json) {
        this(json, "", new ArrayList<>());
    }

    private RequestFields(ObjectNode json, String prefix, List<FieldError> errors) {
        this.json = json;
        this.prefix = prefix;
        this.errors = errors;
    }

    /** Whether the field is there, be it null. */
    public boolean has(String name) {
        known.add(name);
        return json.has(name);
    }

    /** Whether the field is there and null. */
    public boolean isNull(String name) {
        return has(name) && json.get(name).isNull();
    }

    /** The members of a field that is an object; null if it is absent or null. What is wrong with them is told with the rest. */
    public @Nullable RequestFields object(String name) {
        if (!has(name) || isNull(name)) {
            return null;
        }
        if (!(json.get(name) instanceof ObjectNode object)) {
            refuse(name, "must be an object");
            return null;
        }
        RequestFields members = new RequestFields(object, prefix + name + ".", errors);
        inner.add(members);
        return members;
    }

    /** The field as it is; absent is an error. */
    public JsonNode any(String name) {
        if (!has(name)) {
            refuse(name, "is needed");
        }
        return json.path(name);
    }

    /** A text of 1 to {@code max} characters, not only blanks; absent is an error unless there is a current value, which then stays. */
    public String text(String name, @Nullable String current, int max) {
        String text = required(name, current, node -> textOf(name, node, max, true));
        return text == null ? "" : text;
    }

    /** As {@link #text}, but null clears it and absent is none. */
    public @Nullable String optionalText(String name, @Nullable String current, int max) {
        if (!has(name)) {
            return current;
        }
        return isNull(name) ? null : textOf(name, json.get(name), max, true);
    }

    /** A text whose characters are nobody's business: blanks and line ends are allowed; absent or null is null. */
    public @Nullable String rawText(String name, int max) {
        if (!has(name) || isNull(name)) {
            return null;
        }
        return textOf(name, json.get(name), max, false);
    }

    /** A whole number in the range, written as a number; absent is an error unless there is a current value. */
    public long number(String name, @Nullable Long current, long min, long max) {
        Long number = required(name, current, node -> {
            if (!node.isIntegralNumber()) {
                refuse(name, node.isNumber() ? "must be a whole number" : "must be a number");
                return null;
            }
            if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
                refuse(name, "must be between " + min + " and " + max);
                return null;
            }
            return node.longValue();
        });
        return number == null ? min : number;
    }

    /** True or false; absent is the current value. */
    public boolean flag(String name, boolean current) {
        Boolean flag = required(name, current, node -> {
            if (!node.isBoolean()) {
                refuse(name, "must be true or false");
                return null;
            }
            return node.booleanValue();
        });
        return flag == null ? current : flag;
    }

    /** Texts; absent is the current value. */
    public List<String> texts(String name, List<String> current, int maxSize, int maxLength) {
        List<String> texts = required(name, current, node -> {
            if (!node.isArray()) {
                refuse(name, "must be an array of texts");
                return null;
            }
            if (node.isEmpty() || node.size() > maxSize) {
                refuse(name, "must have 1 to " + maxSize + " members");
                return null;
            }
            List<String> read = new ArrayList<>();
            for (int i = 0; i < node.size(); i++) {
                String text = textOf(name, node.get(i), maxLength, true);
                if (text != null) {
                    read.add(text);
                }
            }
            return read;
        });
        return texts == null ? current : texts;
    }

    /**
     * What the library makes of a value, or null when it refuses it.
     *
     * @param what the library's name of the field, left out of the message
     */
    public <T> @Nullable T accept(String name, String what, Supplier<T> use) {
        try {
            return use.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            refuse(name, message.startsWith(what + " ") ? message.substring(what.length() + 1) : message);
            return null;
        }
    }

    /** Notes that a field is wrong; only the first reason is told. */
    public void refuse(String name, String message) {
        if (isFine(name)) {
            errors.add(new FieldError(prefix + name, message));
        }
    }

    /** Whether nothing was wrong with the field so far. */
    public boolean isFine(String name) {
        return errors.stream().noneMatch(error -> error.field().equals(prefix + name));
    }

    /** @throws ProblemException if a field was wrong, or one was sent that nobody asked for */
    public void check() {
        refuseUnknown();
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }

    private void refuseUnknown() {
        for (String name : json.propertyNames()) {
            if (!known.contains(name)) {
                refuse(shown(name), "is not known here; known are " + String.join(", ", known));
            }
        }
        inner.forEach(RequestFields::refuseUnknown);
    }

    private <T> @Nullable T required(String name, @Nullable T current, Function<JsonNode, @Nullable T> read) {
        if (!has(name)) {
            if (current == null) {
                refuse(name, "is needed");
            }
            return current;
        }
        if (isNull(name)) {
            refuse(name, "must not be null");
            return current;
        }
        return read.apply(json.get(name));
    }

    private @Nullable String textOf(String name, JsonNode node, int max, boolean line) {
        if (!node.isString()) {
            refuse(name, "must be a text");
            return null;
        }
        String text = node.stringValue();
        if (line && text.isBlank()) {
            refuse(name, "must not be blank");
            return null;
        }
        if (text.length() > max) {
            refuse(name, "must not be longer than " + max + " characters");
            return null;
        }
        if (line && text.chars().anyMatch(Character::isISOControl)) {
            refuse(name, "must not contain control characters");
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                refuse(name, "must be well-formed Unicode");
                return null;
            }
        }
        return text;
    }

    private static String shown(String name) {
        return name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
    }

    /** Names only: values can be secrets. */
    @Override
    public String toString() {
        return "RequestFields" + known;
    }
}
