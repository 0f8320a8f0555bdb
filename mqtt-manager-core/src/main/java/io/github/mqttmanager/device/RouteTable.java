package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which devices of one broker a topic belongs to. Topics without wildcard and device level are found by hash, all others by walking a
 * tree of levels, of which one is the device's name: devices with the same template share its levels, and are told apart by name. The
 * cost of a look-up does not grow with the devices, and a change costs what changes.
 *
 * <p>All is immutable behind one reference, which a change replaces: each look-up sees the table as it was before or after a change,
 * and waits for nobody. Changes are made by one thread at a time.
 */
final class RouteTable {
    private volatile Routes routes = Routes.NONE;

    /** Routes to the second as the first was routed to, in one step. */
    void replace(@Nullable Device before, @Nullable Device after) {
        Routes changed = routes;
        if (before != null) {
            for (TopicTemplate template : before.topics()) {
                changed = changed.without(template, before);
            }
        }
        if (after != null) {
            for (TopicTemplate template : after.topics()) {
                changed = changed.with(template, List.of(after));
            }
        }
        routes = changed;
    }

    /** Routes to these, too, in one step; to none of them was routed before. */
    void add(List<Device> devices) {
        Map<TopicTemplate, List<Device>> byTemplate = new HashMap<>();
        for (Device device : devices) {
            for (TopicTemplate template : device.topics()) {
                byTemplate.computeIfAbsent(template, added -> new ArrayList<>()).add(device);
            }
        }
        Routes changed = routes;
        for (Map.Entry<TopicTemplate, List<Device>> group : byTemplate.entrySet()) {
            changed = changed.with(group.getKey(), group.getValue());
        }
        routes = changed;
    }

    /** The devices that a message to the topic comes from, each once. */
    List<Device> match(TopicName topic) {
        return routes.match(topic.value());
    }

    /** What is to be subscribed, as of now. */
    TopicDemand demand() {
        return routes;
    }

    /** All devices, as of now; one with several templates may come several times. */
    Stream<Device> devices() {
        return routes.devices();
    }

    boolean isEmpty() {
        return routes.uses.isEmpty();
    }

    /** One state of the table. */
    private record Routes(HashTrie<Use> uses, HashTrie<HashTrie<Device>> exact, Level tree) implements TopicDemand {
        static final Routes NONE = new Routes(HashTrie.empty(), HashTrie.empty(), Level.EMPTY);

        /** A template, and how many devices have it. */
        private record Use(TopicTemplate template, int devices) {}

        Routes with(TopicTemplate template, List<Device> added) {
            Use use = new Use(template, devices(template) + added.size());
            return changed(template, uses.with(template.value(), use), receivers -> receivers.with(template, added));
        }

        Routes without(TopicTemplate template, Device device) {
            int left = devices(template) - 1;
            String key = template.value();
            return changed(
                    template,
                    left > 0 ? uses.with(key, new Use(template, left)) : uses.without(key),
                    receivers -> receivers.without(template, device));
        }

        private Routes changed(TopicTemplate template, HashTrie<Use> changed, UnaryOperator<Receivers> change) {
            if (isExact(template)) {
                String topic = template.matchedTemplate();
                HashTrie<Device> here =
                        change.apply(Receivers.of(exact.get(topic))).every();
                return new Routes(changed, here.isEmpty() ? exact.without(topic) : exact.with(topic, here), tree);
            }
            return new Routes(changed, exact, tree.changed(template.levels(), 0, change));
        }

        private static boolean isExact(TopicTemplate template) {
            return !template.hasDeviceLevel() && !template.hasWildcard();
        }

        List<Device> match(String topic) {
            Found found = new Found();
            HashTrie<Device> here = exact.get(topic);
            if (here != null) {
                found.add(here);
            }
            if (tree != Level.EMPTY) {
                tree.collect(topic, 0, -1, -1, found);
            }
            return found.devices();
        }

        @Override
        public Stream<TopicTemplate> templates() {
            return uses.values().map(Use::template);
        }

        @Override
        public int devices(TopicTemplate template) {
            Use use = uses.get(template.value());
            return use == null ? 0 : use.devices();
        }

        @Override
        public Stream<String> names(TopicTemplate template) {
            Receivers receivers = isExact(template)
                    ? Receivers.of(exact.get(template.matchedTemplate()))
                    : tree.receivers(template.levels(), 0);
            return receivers
                    .devices()
                    .filter(device -> device.topics().contains(template))
                    .map(Device::topicName);
        }

        @Override
        public boolean wants(TopicFilter filter) {
            HashTrie<Device> here = exact.get(filter.matchedFilter());
            return (here != null && here.values().anyMatch(device -> wants(device, filter)))
                    || tree.wants(filter, filter.levels(), 0, null);
        }

        static boolean wants(Device device, TopicFilter filter) {
            return device.topics().stream()
                    .anyMatch(template -> template.filter(device.topicName()).equals(filter));
        }

        Stream<Device> devices() {
            return Stream.concat(exact.values().flatMap(HashTrie::values), tree.devices());
        }
    }

    /**
     * Whom a place in the tree belongs to: every one of some, and of others the one whose name was in the topic.
     *
     * @param namesakes further devices by their name, while the news of a renamed device is not here yet; nearly always nobody
     */
    private record Receivers(HashTrie<Device> every, HashTrie<Device> named, HashTrie<List<Device>> namesakes) {
        static final Receivers NOBODY = new Receivers(HashTrie.empty(), HashTrie.empty(), HashTrie.empty());

        static Receivers of(@Nullable HashTrie<Device> every) {
            return every == null ? NOBODY : new Receivers(every, HashTrie.empty(), HashTrie.empty());
        }

        boolean isEmpty() {
            return every.isEmpty() && named.isEmpty();
        }

        Receivers with(TopicTemplate template, List<Device> devices) {
            Map<String, Device> added = new HashMap<>();
            if (!template.hasDeviceLevel()) {
                devices.forEach(device -> added.put(device.id().value(), device));
                return new Receivers(every.withAll(added), named, namesakes);
            }
            boolean known = false;
            for (Device device : devices) {
                known |= named.get(device.topicName()) != null;
                added.put(device.topicName(), device);
            }
            if (!known && added.size() == devices.size()) {
                return new Receivers(every, named.withAll(added), namesakes);
            }
            Receivers all = this;
            for (Device device : devices) {
                all = all.withNamed(device.topicName(), Stream.concat(all.others(device), Stream.of(device)));
            }
            return all;
        }

        Receivers without(TopicTemplate template, Device device) {
            Receivers left = template.hasDeviceLevel()
                    ? withNamed(device.topicName(), others(device))
                    : new Receivers(every.without(device.id().value()), named, namesakes);
            return left.isEmpty() ? NOBODY : left;
        }

        private Receivers withNamed(String name, Stream<Device> devices) {
            List<Device> all = devices.toList();
            return new Receivers(
                    every,
                    all.isEmpty() ? named.without(name) : named.with(name, all.get(0)),
                    all.size() < 2 ? namesakes.without(name) : namesakes.with(name, all.subList(1, all.size())));
        }

        private Stream<Device> others(Device device) {
            return named(device.topicName()).filter(other -> !other.id().equals(device.id()));
        }

        Stream<Device> named(String name) {
            List<Device> more = namesakes.get(name);
            return Stream.concat(Stream.ofNullable(named.get(name)), more == null ? Stream.empty() : more.stream());
        }

        Stream<Device> devices() {
            return Stream.of(every.values(), named.values(), namesakes.values().flatMap(List::stream))
                    .flatMap(all -> all);
        }

        void collect(String topic, int nameFrom, int nameTo, Found found) {
            if (!every.isEmpty()) {
                found.add(every);
            }
            if (nameFrom >= 0 && !named.isEmpty()) {
                found.add(named.list(topic, nameFrom, nameTo));
                if (!namesakes.isEmpty()) {
                    List<Device> more = namesakes.get(topic, nameFrom, nameTo);
                    found.add(more == null ? List.of() : more);
                }
            }
        }
    }

    /**
     * A place between two levels.
     *
     * @param literals what comes next where the next level is spelled out
     * @param any what comes next where it is {@code +}
     * @param name what comes next where it is the device's name
     * @param here whom a topic belongs to that ends here
     * @param rest whom it belongs to however it goes on, because of {@code #}
     */
    private record Level(
            HashTrie<Level> literals,
            @Nullable Level any,
            @Nullable Level name,
            Receivers here,
            Receivers rest) {
        static final Level EMPTY = new Level(HashTrie.empty(), null, null, Receivers.NOBODY, Receivers.NOBODY);

        Level changed(List<String> levels, int at, UnaryOperator<Receivers> change) {
            Level changed;
            if (at == levels.size()) {
                changed = new Level(literals, any, name, change.apply(here), rest);
            } else {
                changed = switch (levels.get(at)) {
                    case "#" -> new Level(literals, any, name, here, change.apply(rest));
                    case "+" -> new Level(literals, below(any, levels, at, change), name, here, rest);
                    case TopicTemplate.DEVICE_LEVEL ->
                        new Level(literals, any, below(name, levels, at, change), here, rest);
                    default -> {
                        String level = levels.get(at);
                        Level next = below(literals.get(level), levels, at, change);
                        yield new Level(
                                next == null ? literals.without(level) : literals.with(level, next),
                                any,
                                name,
                                here,
                                rest);
                    }
                };
            }
            return changed.isEmpty() ? EMPTY : changed;
        }

        private static @Nullable Level below(
                @Nullable Level next, List<String> levels, int at, UnaryOperator<Receivers> change) {
            Level changed = (next == null ? EMPTY : next).changed(levels, at + 1, change);
            return changed == EMPTY ? null : changed;
        }

        private boolean isEmpty() {
            return literals.isEmpty() && any == null && name == null && here.isEmpty() && rest.isEmpty();
        }

        /**
         * @param from where the next level begins; beyond the end if there is none
         * @param nameFrom where the name of a device is in the topic, or -1 if no level was taken for one yet
         */
        void collect(String topic, int from, int nameFrom, int nameTo, Found found) {
            // A wildcard in the first level does not match topics that begin with $ (MQTT 5 section 4.7.2).
            boolean wildcards = from > 0 || topic.charAt(0) != '$';
            if (wildcards && rest != Receivers.NOBODY) {
                rest.collect(topic, nameFrom, nameTo, found);
            }
            if (from > topic.length()) {
                here.collect(topic, nameFrom, nameTo, found);
                return;
            }
            int slash = topic.indexOf('/', from);
            int end = slash < 0 ? topic.length() : slash;
            Level literal = literals.get(topic, from, end);
            if (literal != null) {
                literal.collect(topic, end + 1, nameFrom, nameTo, found);
            }
            if (wildcards && any != null) {
                any.collect(topic, end + 1, nameFrom, nameTo, found);
            }
            if (name != null) {
                if (nameFrom < 0) {
                    name.collect(topic, end + 1, from, end, found);
                } else if (end - from == nameTo - nameFrom && topic.regionMatches(nameFrom, topic, from, end - from)) {
                    name.collect(topic, end + 1, nameFrom, nameTo, found);
                }
            }
        }

        Receivers receivers(List<String> levels, int at) {
            if (at == levels.size()) {
                return here;
            }
            Level next;
            switch (levels.get(at)) {
                case "#" -> {
                    return rest;
                }
                case "+" -> next = any;
                case TopicTemplate.DEVICE_LEVEL -> next = name;
                default -> next = literals.get(levels.get(at));
            }
            return next == null ? Receivers.NOBODY : next.receivers(levels, at + 1);
        }

        boolean wants(TopicFilter filter, List<String> levels, int at, @Nullable String deviceName) {
            boolean end = at == levels.size();
            if (end || levels.get(at).equals("#")) {
                Receivers receivers = end ? here : rest;
                Stream<Device> named = deviceName == null ? Stream.empty() : receivers.named(deviceName);
                return Stream.concat(named, receivers.every().values())
                        .anyMatch(device -> Routes.wants(device, filter));
            }
            String level = levels.get(at);
            Level literal = literals.get(level);
            boolean isAny = level.equals("+");
            return (literal != null && literal.wants(filter, levels, at + 1, deviceName))
                    || (isAny && any != null && any.wants(filter, levels, at + 1, deviceName))
                    || (!isAny
                            && name != null
                            && (deviceName == null || deviceName.equals(level))
                            && name.wants(filter, levels, at + 1, level));
        }

        Stream<Device> devices() {
            Stream<Device> below = literals.values().flatMap(Level::devices);
            if (any != null) {
                below = Stream.concat(below, any.devices());
            }
            if (name != null) {
                below = Stream.concat(below, name.devices());
            }
            return Stream.concat(Stream.concat(here.devices(), rest.devices()), below);
        }
    }

    /** What a look-up comes across; nearly always nothing, or one list. */
    private static final class Found {
        private List<Device> first = List.of();
        private @Nullable Map<DeviceId, Device> several;

        void add(List<Device> devices) {
            if (first.isEmpty()) {
                first = devices;
            } else {
                devices.forEach(this::add);
            }
        }

        void add(HashTrie<Device> devices) {
            devices.values().forEach(this::add);
        }

        private void add(Device device) {
            if (first.isEmpty()) {
                first = List.of(device);
                return;
            }
            if (several == null) {
                several = new HashMap<>();
                for (Device other : first) {
                    several.put(other.id(), other);
                }
            }
            several.put(device.id(), device);
        }

        List<Device> devices() {
            return several == null ? first : List.copyOf(several.values());
        }
    }
}
