package io.github.mqttmanager.connection;

import io.github.mqttmanager.topic.TopicFilter;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Filters in their order. Weighs next to nothing while it is empty, as most are for most of the time. Not thread-safe. */
final class FilterSet implements Iterable<TopicFilter> {
    private Set<TopicFilter> filters = Set.of();

    /** @return whether it was not there */
    boolean add(TopicFilter filter) {
        if (filters.isEmpty()) {
            filters = new TreeSet<>();
        }
        return filters.add(filter);
    }

    void addAll(Collection<TopicFilter> more) {
        more.forEach(this::add);
    }

    /** @return whether it was there */
    boolean remove(TopicFilter filter) {
        if (!contains(filter)) {
            return false;
        }
        filters.remove(filter);
        if (filters.isEmpty()) {
            clear();
        }
        return true;
    }

    void clear() {
        filters = Set.of();
    }

    boolean contains(TopicFilter filter) {
        return filters.contains(filter);
    }

    boolean isEmpty() {
        return filters.isEmpty();
    }

    int size() {
        return filters.size();
    }

    Stream<TopicFilter> stream() {
        return filters.stream();
    }

    @Override
    public Iterator<TopicFilter> iterator() {
        return Collections.unmodifiableSet(filters).iterator();
    }
}
