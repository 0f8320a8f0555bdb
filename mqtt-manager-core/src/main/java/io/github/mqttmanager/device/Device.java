package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A device and the broker that it is reached through. Immutable; made by a {@linkplain #builder builder}.
 *
 * @param id identifies it within the manager
 * @param name for people, 1 to 100 characters
 * @param owner a label of the host's tenant, or null; it filters and never identifies
 * @param broker that the device is linked to
 * @param topicName what the device is called in topics, unique per broker: 1 to 64 of {@code A-Z a-z 0-9 . _ ~ : -}
 * @param type a label of the host's, up to 50 characters, or null
 * @param telemetryTopics what the device publishes to, 1 to 16
 * @param commandTopic what the device listens to, without wildcards, or null
 * @param availability where the device says that it has come or gone, or null; none of its telemetry topics
 * @param expectedInterval how often the device should be heard of, 1 s to 7 days
 * @param version raised by each save; 0 is new
 */
public record Device(
        DeviceId id,
        String name,
        @Nullable String owner,
        BrokerId broker,
        String topicName,
        @Nullable String type,
        List<TopicTemplate> telemetryTopics,
        @Nullable TopicTemplate commandTopic,
        @Nullable Availability availability,
        Duration expectedInterval,
        long version) {
    /** {@code devices/{device_id}/telemetry}. */
    public static final TopicTemplate DEFAULT_TELEMETRY_TOPIC = TopicTemplate.of("devices/{device_id}/telemetry");

    /** {@code devices/{device_id}/commands}. */
    public static final TopicTemplate DEFAULT_COMMAND_TOPIC = TopicTemplate.of("devices/{device_id}/commands");

    /** A template that is no longer can be expanded by any name. */
    private static final int SHORT_TEMPLATE = 1_000;

    /** @throws IllegalArgumentException naming what is wrong */
    public Device {
        text(name, "device name", 100);
        if (owner != null) {
            text(owner, "owner", 100);
        }
        if (!isTopicName(topicName)) {
            throw new IllegalArgumentException(
                    "name in topics must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ : - and no others");
        }
        if (type != null) {
            text(type, "device type", 50);
        }
        telemetryTopics = distinct(telemetryTopics);
        if (telemetryTopics.isEmpty() || telemetryTopics.size() > 16) {
            throw new IllegalArgumentException("telemetry topics must be 1 to 16");
        }
        // The name has no character with a meaning in topics, so a template of ordinary length need not be tried.
        for (TopicTemplate topic : telemetryTopics) {
            if (topic.value().length() > SHORT_TEMPLATE) {
                topic.filter(topicName);
            }
        }
        if (commandTopic != null
                && (commandTopic.hasWildcard() || commandTopic.value().length() > SHORT_TEMPLATE)) {
            commandTopic.name(topicName);
        }
        if (availability != null) {
            check(availability.topic(), topicName, telemetryTopics);
        }
        if (expectedInterval.compareTo(Duration.ofSeconds(1)) < 0
                || expectedInterval.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException(
                    "expected interval must be between 1 s and 7 days, not " + expectedInterval);
        }
        if (version < 0) {
            throw new IllegalArgumentException("version must not be negative");
        }
    }

    private static void check(TopicTemplate availability, String topicName, List<TopicTemplate> telemetryTopics) {
        TopicName topic = availability.name(topicName);
        if (availability.filter(topicName).isShared()) {
            throw new IllegalArgumentException("availability topic must not be a shared subscription");
        }
        for (TopicTemplate telemetry : telemetryTopics) {
            if (telemetry.filter(topicName).matchedFilter().equals(topic.value())) {
                throw new IllegalArgumentException("availability topic must not be a telemetry topic too");
            }
        }
    }

    private static boolean isTopicName(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean fine = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "._~:-".indexOf(c) >= 0;
            if (!fine) {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= 64;
    }

    /** The same list where nothing has to be left out, so that many devices can share one. */
    private static List<TopicTemplate> distinct(List<TopicTemplate> topics) {
        return topics.size() < 2 || Set.copyOf(topics).size() == topics.size()
                ? List.copyOf(topics)
                : List.copyOf(new LinkedHashSet<>(topics));
    }

    private static void text(String value, String what, int max) {
        boolean fine = !value.isBlank() && value.length() <= max;
        for (int i = 0; i < value.length() && fine; i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else {
                fine = !Character.isISOControl(c) && !Character.isSurrogate(c);
            }
        }
        if (!fine) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + max + " characters, not only blanks and no control characters");
        }
    }

    /** What is subscribed for the device: its telemetry topics and, where it has one, its availability topic. */
    public List<TopicTemplate> topics() {
        return availability == null
                ? telemetryTopics
                : Stream.concat(telemetryTopics.stream(), Stream.of(availability.topic()))
                        .toList();
    }

    /**
     * Begins a device with the default topics.
     *
     * @param topicName what the device is called in topics
     */
    public static Builder builder(DeviceId id, BrokerId broker, String topicName) {
        return new Builder(id, broker, topicName);
    }

    /** A device that is called in topics what its id says. */
    public static Builder builder(String id, String broker) {
        return builder(DeviceId.of(id), BrokerId.of(broker), id);
    }

    /** A builder that holds what this device holds. */
    public Builder toBuilder() {
        Builder builder = new Builder(id, broker, topicName);
        builder.name = name;
        builder.owner = owner;
        builder.type = type;
        builder.telemetryTopics = telemetryTopics;
        builder.commandTopic = commandTopic;
        builder.availability = availability;
        builder.expectedInterval = expectedInterval;
        builder.version = version;
        return builder;
    }

    /** Collects what a device holds. Not thread-safe. */
    public static final class Builder {
        private DeviceId id;
        private BrokerId broker;
        private String topicName;
        private String name;
        private @Nullable String owner;
        private @Nullable String type;
        private List<TopicTemplate> telemetryTopics = List.of(DEFAULT_TELEMETRY_TOPIC);
        private @Nullable TopicTemplate commandTopic = DEFAULT_COMMAND_TOPIC;
        private @Nullable Availability availability;
        private Duration expectedInterval = Duration.ofMinutes(1);
        private long version;

        private Builder(DeviceId id, BrokerId broker, String topicName) {
            this.id = id;
            this.broker = broker;
            this.topicName = topicName;
            this.name = topicName;
        }

        public Builder id(DeviceId value) {
            id = value;
            return this;
        }

        public Builder broker(BrokerId value) {
            broker = value;
            return this;
        }

        public Builder topicName(String value) {
            topicName = value;
            return this;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder owner(@Nullable String value) {
            owner = value;
            return this;
        }

        public Builder type(@Nullable String value) {
            type = value;
            return this;
        }

        public Builder telemetryTopics(List<TopicTemplate> value) {
            telemetryTopics = value;
            return this;
        }

        public Builder telemetryTopics(String... values) {
            return telemetryTopics(Arrays.stream(values).map(TopicTemplate::of).toList());
        }

        public Builder commandTopic(@Nullable TopicTemplate value) {
            commandTopic = value;
            return this;
        }

        public Builder availability(@Nullable Availability value) {
            availability = value;
            return this;
        }

        public Builder expectedInterval(Duration value) {
            expectedInterval = value;
            return this;
        }

        public Builder version(long value) {
            version = value;
            return this;
        }

        /** @throws IllegalArgumentException naming what is wrong */
        public Device build() {
            return new Device(
                    id,
                    name,
                    owner,
                    broker,
                    topicName,
                    type,
                    telemetryTopics,
                    commandTopic,
                    availability,
                    expectedInterval,
                    version);
        }
    }
}
