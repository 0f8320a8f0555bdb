package io.github.mqttmanager.connection;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Path and query as the client wants them: decoded, for it encodes both again, a percent sign too.
 *
 * @param path decoded
 * @param query decoded, empty if there is none
 */
record WebSocketTarget(String path, String query) {
    // Decoded they would mean something else, and the client does not leave anything encoded.
    private static final Pattern LOST_IN_PATH = Pattern.compile("(?i)%2f");
    private static final Pattern LOST_IN_QUERY = Pattern.compile("(?i)%(26|2b)");

    /** @throws Unsendable if the client would send something else than was asked for */
    static WebSocketTarget of(String asked) {
        int mark = asked.indexOf('?');
        String path = mark < 0 ? asked : asked.substring(0, mark);
        String query = mark < 0 ? "" : asked.substring(mark + 1);
        if (LOST_IN_PATH.matcher(path).find() || LOST_IN_QUERY.matcher(query).find()) {
            throw new Unsendable("holds an encoded slash in its path, or an encoded & or + in its query");
        }
        return new WebSocketTarget(decode(path), decode(query));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Unsendable("holds a percent sign without two hexadecimal digits");
        }
    }

    /** The words say nothing of the path itself: a query can be a secret. */
    static final class Unsendable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Unsendable(String what) {
            super(what);
        }
    }
}
