package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Which devices of one broker a topic belongs to. Filters without wildcards are found by hash, the others by walking a tree of levels;
 * the cost does not grow with the number of devices, and a change costs what changes. Each look-up sees one consistent state. This
 * class is thread-safe.
 */
final class RouteTable {
    private static final class Node {
        final Map<String, Node> children = new HashMap<>();
        final Set<Device> here = new LinkedHashSet<>();
        final Set<Device> rest = new LinkedHashSet<>();

        boolean isEmpty() {
            return children.isEmpty() && here.isEmpty() && rest.isEmpty();
        }
    }

    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    // guarded by the lock
    private final Map<String, Set<Device>> exact = new HashMap<>();
    private final Node root = new Node();
    private final Map<TopicFilter, Integer> filters = new HashMap<>();

    /** @return whether a filter is wanted now that was not before */
    boolean add(Device device) {
        lock.writeLock().lock();
        try {
            boolean news = false;
            for (TopicFilter filter : filters(device)) {
                news |= filters.merge(filter, 1, Integer::sum) == 1;
                if (!filter.hasWildcard()) {
                    exact.computeIfAbsent(filter.matchedFilter(), key -> new LinkedHashSet<>(2))
                            .add(device);
                } else {
                    Node node = root;
                    Set<Device> at = null;
                    for (String level : filter.levels()) {
                        if (level.equals("#")) {
                            at = node.rest;
                        } else {
                            node = node.children.computeIfAbsent(level, key -> new Node());
                        }
                    }
                    (at == null ? node.here : at).add(device);
                }
            }
            return news;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** @return whether a filter is no longer wanted */
    boolean remove(Device device) {
        lock.writeLock().lock();
        try {
            boolean gone = false;
            for (TopicFilter filter : filters(device)) {
                gone |= filters.computeIfPresent(filter, (key, n) -> n == 1 ? null : n - 1) == null;
                if (!filter.hasWildcard()) {
                    exact.computeIfPresent(filter.matchedFilter(), (key, devices) -> {
                        devices.remove(device);
                        return devices.isEmpty() ? null : devices;
                    });
                } else {
                    remove(root, filter.levels(), 0, device);
                }
            }
            return gone;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static void remove(Node node, List<String> levels, int at, Device device) {
        if (at == levels.size()) {
            node.here.remove(device);
        } else if (levels.get(at).equals("#")) {
            node.rest.remove(device);
        } else {
            Node child = node.children.get(levels.get(at));
            if (child != null) {
                remove(child, levels, at + 1, device);
                if (child.isEmpty()) {
                    node.children.remove(levels.get(at));
                }
            }
        }
    }

    /** The devices that a message to the topic comes from, each once. */
    List<Device> match(TopicName topic) {
        lock.readLock().lock();
        try {
            Set<Device> found = exact.get(topic.value());
            if (root.isEmpty()) {
                return found == null ? List.of() : List.copyOf(found);
            }
            Set<Device> all = new LinkedHashSet<>();
            if (found != null) {
                all.addAll(found);
            }
            collect(root, topic.value(), 0, all);
            return new ArrayList<>(all);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static void collect(Node node, String topic, int from, Set<Device> all) {
        // A wildcard in the first level does not match topics that begin with $ (MQTT 5 section 4.7.2).
        boolean wildcards = from > 0 || topic.charAt(0) != '$';
        if (wildcards) {
            all.addAll(node.rest);
        }
        if (from > topic.length()) {
            all.addAll(node.here);
            return;
        }
        int slash = topic.indexOf('/', from);
        int end = slash < 0 ? topic.length() : slash;
        descend(node.children.get(topic.substring(from, end)), topic, end + 1, all);
        if (wildcards) {
            descend(node.children.get("+"), topic, end + 1, all);
        }
    }

    private static void descend(@Nullable Node node, String topic, int from, Set<Device> all) {
        if (node != null) {
            collect(node, topic, from, all);
        }
    }

    /** What is to be subscribed. */
    Set<TopicFilter> filters() {
        lock.readLock().lock();
        try {
            return Set.copyOf(filters.keySet());
        } finally {
            lock.readLock().unlock();
        }
    }

    boolean isEmpty() {
        lock.readLock().lock();
        try {
            return filters.isEmpty();
        } finally {
            lock.readLock().unlock();
        }
    }

    private static Set<TopicFilter> filters(Device device) {
        Set<TopicFilter> filters = new LinkedHashSet<>();
        device.topics().forEach(topic -> filters.add(topic.filter(device.topicName())));
        return filters;
    }
}
