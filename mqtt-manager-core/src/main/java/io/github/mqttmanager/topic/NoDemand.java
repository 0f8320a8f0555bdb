package io.github.mqttmanager.topic;

import java.util.stream.Stream;

/** Nobody wants anything. */
enum NoDemand implements TopicDemand {
    INSTANCE;

    @Override
    public Stream<TopicTemplate> templates() {
        return Stream.empty();
    }

    @Override
    public int devices(TopicTemplate template) {
        return 0;
    }

    @Override
    public Stream<String> names(TopicTemplate template) {
        return Stream.empty();
    }

    @Override
    public boolean wants(TopicFilter filter) {
        return false;
    }
}
