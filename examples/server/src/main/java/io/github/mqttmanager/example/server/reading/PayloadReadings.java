package io.github.mqttmanager.example.server.reading;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * The numbers in a payload, as real devices send them: JSON of any shape, or a plain number. Nested names are joined with a dot,
 * members of arrays are numbered, true and false and the words ON and OFF are 1 and 0.
 *
 * @param values by name, in the payload's order
 * @param omitted why there are no values, or why some were left out; null when everything was read
 */
public record PayloadReadings(
        Map<String, Double> values, @Nullable String omitted) {
    /** The most numbers of one payload. */
    public static final int MAX_NUMBERS = 100;

    /** The longest name of a number. */
    public static final int MAX_NAME = 128;

    /** What a number is called that has no name of its own. */
    public static final String PLAIN = "value";

    private static final int MAX_DEPTH = 32;
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d{1,40}(\\.\\d{0,40})?|\\.\\d{1,40})([eE][+-]?\\d{1,4})?");
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(200)
                    .build())
            .build();

    public PayloadReadings {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    private static PayloadReadings unreadable(String reason) {
        return new PayloadReadings(Map.of(), reason);
    }

    /** Reads a payload; never throws. */
    public static PayloadReadings of(ByteBuffer payload) {
        if (!payload.hasRemaining()) {
            return unreadable("the payload is empty");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(payload.duplicate())
                    .toString();
        } catch (CharacterCodingException e) {
            return unreadable("the payload is no UTF-8 text");
        }
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        text = text.strip();
        if (text.isEmpty()) {
            return unreadable("the payload is blank");
        }
        Double plain = plain(text);
        if (plain != null) {
            return Double.isFinite(plain)
                    ? new PayloadReadings(Map.of(PLAIN, plain), null)
                    : unreadable("the number is too large");
        }
        char first = text.charAt(0);
        if (first != '{' && first != '[' && first != '"') {
            return unreadable("the payload is neither JSON nor a number");
        }
        return new Reader().read(text);
    }

    private static @Nullable Double plain(String text) {
        if (text.length() <= 100 && NUMBER.matcher(text).matches()) {
            return Double.valueOf(text);
        }
        return word(text);
    }

    private static @Nullable Double word(String text) {
        if (text.length() > 5) {
            return null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on", "true" -> 1.0;
            case "off", "false" -> 0.0;
            default -> null;
        };
    }

    /** Reads JSON from its first to its last token, keeping the place in the structure. */
    private static final class Reader {
        /** The name of the next member of each open object or array; null stands for "numbered". */
        private static final class Place {
            @Nullable
            String name;

            int index = -1;
            final boolean array;

            Place(boolean array) {
                this.array = array;
            }
        }

        private final Map<String, Double> values = new LinkedHashMap<>();
        private final Deque<Place> places = new ArrayDeque<>();
        private @Nullable String omitted;

        PayloadReadings read(String text) {
            try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
                for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                    accept(parser, token);
                }
            } catch (JacksonException e) {
                // Half a document is not half the truth: nothing of it is kept.
                boolean tooMuch = e instanceof StreamConstraintsException;
                return unreadable(
                        tooMuch
                                ? "the JSON is nested deeper than " + MAX_DEPTH + " levels or has oversized parts"
                                : "the payload is malformed JSON");
            }
            if (values.isEmpty() && omitted == null) {
                return unreadable("there is no number in the JSON");
            }
            return new PayloadReadings(values, omitted);
        }

        private void accept(JsonParser parser, JsonToken token) {
            switch (token) {
                case START_OBJECT, START_ARRAY -> {
                    countMember();
                    places.addLast(new Place(token == JsonToken.START_ARRAY));
                }
                case END_OBJECT, END_ARRAY -> places.removeLast();
                case PROPERTY_NAME -> places.getLast().name = parser.currentName();
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    countMember();
                    put(parser.getDoubleValue());
                }
                case VALUE_TRUE, VALUE_FALSE -> {
                    countMember();
                    put(token == JsonToken.VALUE_TRUE ? 1 : 0);
                }
                case VALUE_STRING -> {
                    countMember();
                    String text = parser.getString();
                    Double word = text.equalsIgnoreCase("on") || text.equalsIgnoreCase("off") ? word(text) : null;
                    if (word != null) {
                        put(word);
                    }
                }
                default -> countMember();
            }
        }

        private void countMember() {
            Place place = places.peekLast();
            if (place != null && place.array) {
                place.index++;
            }
        }

        /** Such as not every database takes. */
        private static boolean isNoText(int c) {
            return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
        }

        private void put(double value) {
            StringBuilder name = new StringBuilder();
            for (Place place : places) {
                String part = place.array ? Integer.toString(place.index) : String.valueOf(place.name);
                name.append(name.isEmpty() ? "" : ".").append(part);
            }
            if (name.length() > MAX_NAME) {
                omitted = "a name is longer than " + MAX_NAME + " characters";
            } else if (name.codePoints().anyMatch(Reader::isNoText)) {
                omitted = "a name has characters that are no text";
            } else if (!Double.isFinite(value)) {
                omitted = "a number is too large";
            } else {
                String key = name.isEmpty() ? PLAIN : name.toString();
                if (values.size() < MAX_NUMBERS || values.containsKey(key)) {
                    values.put(key, value);
                } else {
                    omitted = "there are more than " + MAX_NUMBERS + " numbers";
                }
            }
        }
    }
}
