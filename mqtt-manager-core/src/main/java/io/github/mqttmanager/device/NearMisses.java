package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** What a topic that belongs to no device was perhaps meant to be. Looks at every device; made for people who ask. */
final class NearMisses {
    private static final int MAX = 10;

    private final TopicName topic;
    private final List<String> levels;
    private final Predicate<Device> visible;
    private final Set<String> found = new LinkedHashSet<>();

    /** @param visible which devices are looked at */
    NearMisses(TopicName topic, Predicate<Device> visible) {
        this.topic = topic;
        this.visible = visible;
        this.levels = Arrays.asList(topic.value().split("/", -1));
    }

    List<String> of(RouteTable table) {
        table.devices().filter(visible).takeWhile(device -> found.size() < MAX).forEach(this::look);
        table.devices()
                .filter(visible)
                .takeWhile(device -> found.size() < MAX)
                .flatMap(device -> device.topics().stream())
                .distinct()
                .forEach(this::look);
        return found.stream().limit(MAX).toList();
    }

    private void look(Device device) {
        if (device.topics().stream().allMatch(TopicTemplate::hasDevice)
                && levels.stream().noneMatch(level -> level.equalsIgnoreCase(device.topicName()))) {
            return;
        }
        TopicTemplate command = device.commandTopic();
        if (command != null && command.name(device.topicName()).equals(topic)) {
            found.add("It is the command topic of device " + device.id()
                    + ": what the manager sends, not what it hears.");
        }
        for (TopicTemplate template : device.topics()) {
            TopicFilter filter = template.filter(device.topicName());
            if (matchesInOtherCase(filter)) {
                found.add("Device " + device.id() + " has " + filter + ": topics differ by upper and lower case.");
            } else if (matchesShortened(filter)) {
                found.add("Device " + device.id() + " has " + filter + ": the topic has a level more.");
            }
        }
    }

    private boolean matchesInOtherCase(TopicFilter filter) {
        return TopicFilter.of(filter.matchedFilter().toLowerCase(Locale.ROOT))
                .matches(TopicName.of(topic.value().toLowerCase(Locale.ROOT)));
    }

    private boolean matchesShortened(TopicFilter filter) {
        String shortened = String.join("/", levels.subList(0, levels.size() - 1));
        return !shortened.isEmpty() && filter.matches(TopicName.of(shortened));
    }

    private void look(TopicTemplate template) {
        List<String> pattern = template.levels();
        String first = pattern.get(0);
        if (topic.value().startsWith("$") && (first.equals("+") || first.equals("#"))) {
            found.add("A wildcard in the first level, as in " + template + ", matches no topic that begins with $.");
        } else if (template.hasDeviceLevel()
                && TopicFilter.of(String.join("/", pattern).replace(TopicTemplate.DEVICE_LEVEL, "+"))
                        .matches(topic)) {
            String name = levels.get(pattern.indexOf(TopicTemplate.DEVICE_LEVEL));
            found.add("The template " + template + " matches, but no device that has it is called " + name + ".");
        } else if (pattern.size() == levels.size() + 1 && startsLikeTopic(pattern)) {
            found.add("The template " + template + " goes on: the topic has a level less.");
        }
    }

    private boolean startsLikeTopic(List<String> pattern) {
        String begin = String.join("/", pattern.subList(0, levels.size())).replace(TopicTemplate.DEVICE_LEVEL, "+");
        return !begin.isEmpty() && TopicFilter.of(begin).matches(topic);
    }
}
