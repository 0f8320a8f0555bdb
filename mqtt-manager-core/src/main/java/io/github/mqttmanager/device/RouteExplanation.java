package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicTemplate;
import java.util.List;

/**
 * Whom a topic of a broker belongs to, and if nobody, why not.
 *
 * @param routes the devices that it belongs to, by each of their templates that match
 * @param nearMisses what is nearly so, one sentence each, at most 10; empty if there are routes
 */
public record RouteExplanation(List<Route> routes, List<String> nearMisses) {
    /**
     * One way from a topic to a device.
     *
     * @param device that it belongs to
     * @param template of the device that matches the topic
     */
    public record Route(Device device, TopicTemplate template) {}

    public RouteExplanation {
        routes = List.copyOf(routes);
        nearMisses = List.copyOf(nearMisses);
    }
}
