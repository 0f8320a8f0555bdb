package io.github.mqttmanager.connection;

import io.github.mqttmanager.topic.TopicFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Filters with wildcards, to find one that covers another: every topic that the other matches is matched by it. The cost does not grow
 * with the number of filters.
 */
final class CoverTree {
    private static final class Node {
        Map<String, Node> next = Map.of();

        @Nullable
        TopicFilter here;

        @Nullable
        TopicFilter rest;
    }

    private final Node root = new Node();

    void add(TopicFilter filter) {
        Node node = root;
        for (String level : filter.levels()) {
            if (level.equals("#")) {
                node.rest = filter;
                return;
            }
            if (node.next.isEmpty()) {
                node.next = new HashMap<>();
            }
            node = node.next.computeIfAbsent(level, key -> new Node());
        }
        node.here = filter;
    }

    /** One that covers this filter and is not the same; shared ones are neither. */
    @Nullable
    TopicFilter over(TopicFilter filter) {
        return filter.isShared() ? null : over(root, filter, filter.levels(), 0);
    }

    private static @Nullable TopicFilter over(Node node, TopicFilter filter, List<String> levels, int at) {
        // A wildcard in the first level does not match topics that begin with $ (MQTT 5 section 4.7.2).
        boolean wildcards = at > 0 || !levels.get(0).startsWith("$");
        if (wildcards && node.rest != null && !node.rest.equals(filter)) {
            return node.rest;
        }
        if (at == levels.size()) {
            return node.here == null || node.here.equals(filter) ? null : node.here;
        }
        String level = levels.get(at);
        if (level.equals("#")) {
            return null;
        }
        TopicFilter found = below(node.next.get(level), filter, levels, at);
        return found == null && wildcards && !level.equals("+") ? below(node.next.get("+"), filter, levels, at) : found;
    }

    private static @Nullable TopicFilter below(@Nullable Node next, TopicFilter filter, List<String> levels, int at) {
        return next == null ? null : over(next, filter, levels, at + 1);
    }
}
