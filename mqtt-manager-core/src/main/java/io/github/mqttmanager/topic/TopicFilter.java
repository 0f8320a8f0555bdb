package io.github.mqttmanager.topic;

import java.util.List;

/**
 * A topic filter of a subscription: {@code +} stands for one level, a trailing {@code #} for the rest (MQTT 5 sections
 * 4.7 and 4.8.2). {@code $share/group/filter} is a shared subscription.
 *
 * @param value the filter, 1 to 65,535 bytes of UTF-8
 */
public record TopicFilter(String value) implements Comparable<TopicFilter> {
    private static final String SHARE = "$share/";

    /**
     * @throws IllegalArgumentException if the value is empty, too long, contains a control character, or has a wildcard
     *     where none is allowed
     */
    public TopicFilter {
        TopicText.check(value, "topic filter");
        String matched = value;
        if (value.startsWith(SHARE)) {
            int end = value.indexOf('/', SHARE.length());
            String group = end < 0 ? "" : value.substring(SHARE.length(), end);
            if (group.isEmpty() || group.indexOf('+') >= 0 || group.indexOf('#') >= 0 || end + 1 == value.length()) {
                throw new IllegalArgumentException(
                        "shared topic filter must be $share/{group without wildcards}/{filter}: " + value);
            }
            matched = value.substring(end + 1);
        }
        String[] levels = matched.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            String level = levels[i];
            if (level.indexOf('#') >= 0 && (level.length() > 1 || i < levels.length - 1)) {
                throw new IllegalArgumentException("the wildcard # must be the last level of a topic filter: " + value);
            }
            if (level.indexOf('+') >= 0 && level.length() > 1) {
                throw new IllegalArgumentException("the wildcard + must be a whole level of a topic filter: " + value);
            }
        }
    }

    public static TopicFilter of(String value) {
        return new TopicFilter(value);
    }

    /** Whether this is a shared subscription (MQTT 5 section 4.8.2). */
    public boolean isShared() {
        return isShared(value);
    }

    static boolean isShared(String value) {
        return value.startsWith(SHARE);
    }

    static String matched(String value) {
        return isShared(value) ? value.substring(value.indexOf('/', SHARE.length()) + 1) : value;
    }

    /** The filter that topics are compared with: without {@code $share/group/}. */
    public String matchedFilter() {
        return matched(value);
    }

    /** Whether a wildcard occurs; otherwise the filter matches exactly one topic. */
    public boolean hasWildcard() {
        return value.indexOf('+') >= 0 || value.indexOf('#') >= 0;
    }

    /** The levels that topics are compared with. */
    public List<String> levels() {
        return List.of(matchedFilter().split("/", -1));
    }

    /**
     * Whether a message published to the topic belongs to this filter. A wildcard in the first level never matches a
     * topic that begins with {@code $} (MQTT 5 section 4.7.2).
     */
    public boolean matches(TopicName topic) {
        String filter = matchedFilter();
        String name = topic.value();
        if (name.charAt(0) == '$' && (filter.charAt(0) == '+' || filter.charAt(0) == '#')) {
            return false;
        }
        int f = 0;
        int n = 0;
        while (true) {
            int filterEnd = end(filter, f);
            if (filterEnd - f == 1 && filter.charAt(f) == '#') {
                return true;
            }
            int nameEnd = end(name, n);
            boolean single = filterEnd - f == 1 && filter.charAt(f) == '+';
            if (!single && !(filterEnd - f == nameEnd - n && filter.regionMatches(f, name, n, nameEnd - n))) {
                return false;
            }
            boolean filterDone = filterEnd == filter.length();
            boolean nameDone = nameEnd == name.length();
            if (nameDone) {
                // "a/#" also matches its parent "a" (MQTT 5 section 4.7.1.2)
                return filterDone || (filter.length() == filterEnd + 2 && filter.charAt(filterEnd + 1) == '#');
            }
            if (filterDone) {
                return false;
            }
            f = filterEnd + 1;
            n = nameEnd + 1;
        }
    }

    private static int end(String text, int from) {
        int slash = text.indexOf('/', from);
        return slash < 0 ? text.length() : slash;
    }

    @Override
    public int compareTo(TopicFilter other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
