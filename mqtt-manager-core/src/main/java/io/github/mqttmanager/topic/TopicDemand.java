package io.github.mqttmanager.topic;

import java.util.stream.Stream;

/**
 * What the devices of one broker want to hear, as it was at one moment: templates, and the names that each stands for. Immutable; a
 * million devices are not written out.
 */
public interface TopicDemand {
    /** Each template that a device has, once. */
    Stream<TopicTemplate> templates();

    /** How many devices have the template. */
    int devices(TopicTemplate template);

    /** What the devices that have the template are called in topics. */
    Stream<String> names(TopicTemplate template);

    /** Whether a device has a template that stands for exactly this filter. */
    boolean wants(TopicFilter filter);

    /** Of a broker without devices. */
    static TopicDemand none() {
        return NoDemand.INSTANCE;
    }
}
