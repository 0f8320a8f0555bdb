package io.github.mqttmanager.connection;

import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicTemplate;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What devices want that exist in the test only. */
final class ScriptedDemand implements TopicDemand {
    private final Map<TopicTemplate, Set<String>> names = new TreeMap<>();
    private final Map<TopicTemplate, Set<String>> untold = new TreeMap<>();

    /** One device, and these filters and no others. */
    void want(String... filters) {
        names.forEach((template, all) -> all.forEach(name -> note(template, name)));
        names.clear();
        List.of(filters).forEach(filter -> add(filter, "device"));
    }

    void add(String template, String name) {
        TopicTemplate of = TopicTemplate.of(template);
        names.computeIfAbsent(of, key -> new TreeSet<>()).add(name);
        note(of, name);
    }

    /** Devices d0, d1 and so on. */
    void add(String template, int from, int to) {
        IntStream.range(from, to).forEach(i -> add(template, "d" + i));
    }

    void remove(String template, String name) {
        TopicTemplate of = TopicTemplate.of(template);
        names.computeIfPresent(of, (key, all) -> all.remove(name) && all.isEmpty() ? null : all);
        note(of, name);
    }

    void remove(String template, int from, int to) {
        IntStream.range(from, to).forEach(i -> remove(template, "d" + i));
    }

    private void note(TopicTemplate template, String name) {
        untold.computeIfAbsent(template, key -> new LinkedHashSet<>()).add(name);
    }

    /** Tells of what changed since the last time. */
    void told(BiConsumer<TopicTemplate, String> to) {
        Map<TopicTemplate, Set<String>> all = new TreeMap<>(untold);
        untold.clear();
        all.forEach((template, changed) -> changed.forEach(name -> to.accept(template, name)));
    }

    /** Each device's own filters. */
    Set<TopicFilter> filters() {
        Set<TopicFilter> filters = new HashSet<>();
        names.forEach((template, all) -> all.forEach(name -> filters.add(template.filter(name))));
        return filters;
    }

    Set<String> texts() {
        return filters().stream().map(TopicFilter::value).collect(Collectors.toSet());
    }

    @Override
    public Stream<TopicTemplate> templates() {
        return names.keySet().stream();
    }

    @Override
    public int devices(TopicTemplate template) {
        return names.getOrDefault(template, Set.of()).size();
    }

    @Override
    public Stream<String> names(TopicTemplate template) {
        return names.getOrDefault(template, Set.of()).stream();
    }

    @Override
    public boolean wants(TopicFilter filter) {
        return filters().contains(filter);
    }
}
