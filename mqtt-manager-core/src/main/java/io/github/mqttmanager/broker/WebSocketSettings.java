package io.github.mqttmanager.broker;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The HTTP side of a WebSocket link. Header values and the query can be secrets: {@code toString} shows neither.
 *
 * @param path path and query, such as {@code /mqtt}
 * @param headers further request headers
 */
public record WebSocketSettings(String path, Map<String, String> headers) {
    /** {@code /mqtt} without further headers. */
    public static final WebSocketSettings DEFAULT = new WebSocketSettings("/mqtt", Map.of());

    /** @throws IllegalArgumentException if the path has control characters or a header is not allowed by HTTP */
    public WebSocketSettings {
        Checks.text(path, "WebSocket path", 2_000);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("WebSocket path must begin with /");
        }
        headers.forEach((name, value) -> {
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")) {
                throw new IllegalArgumentException("WebSocket header name is not allowed by HTTP");
            }
            if (value.length() > 8_000
                    || value.chars().anyMatch(Character::isISOControl)
                    || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
                throw new IllegalArgumentException(
                        "WebSocket header " + name + " has a value that HTTP does not allow");
            }
        });
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        int query = path.indexOf('?');
        return "WebSocketSettings[path=" + (query < 0 ? path : path.substring(0, query) + "?hidden") + ", headers="
                + new TreeMap<>(headers).keySet() + "]";
    }
}
