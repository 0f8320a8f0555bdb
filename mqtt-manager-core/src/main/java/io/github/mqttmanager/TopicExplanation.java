package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.SubscriptionStatus;
import io.github.mqttmanager.device.RouteExplanation;
import io.github.mqttmanager.topic.TopicName;
import java.util.List;

/**
 * What would become of a message that a broker has on a topic.
 *
 * @param broker where
 * @param topic of the message
 * @param connected whether the broker is connected
 * @param subscriptions those that would bring the message, granted, refused or not answered yet
 * @param routes the devices that it would be given to
 * @param nearMisses if there is no device: what is nearly so, at most 10 sentences
 * @param summary all of this in one sentence
 */
public record TopicExplanation(
        BrokerId broker,
        TopicName topic,
        boolean connected,
        List<SubscriptionStatus> subscriptions,
        List<RouteExplanation.Route> routes,
        List<String> nearMisses,
        String summary) {
    static TopicExplanation of(
            BrokerId broker,
            TopicName topic,
            boolean connected,
            List<SubscriptionStatus> subscriptions,
            RouteExplanation explanation) {
        List<RouteExplanation.Route> routes = explanation.routes();
        return new TopicExplanation(
                broker,
                topic,
                connected,
                List.copyOf(subscriptions),
                routes,
                explanation.nearMisses(),
                summary(connected, subscriptions, explanation));
    }

    private static String summary(
            boolean connected, List<SubscriptionStatus> subscriptions, RouteExplanation explanation) {
        List<String> devices = explanation.routes().stream()
                .map(route -> route.device().id().value())
                .distinct()
                .toList();
        if (devices.isEmpty()) {
            return explanation.nearMisses().isEmpty()
                    ? "No device of this broker has a template that matches."
                    : explanation.nearMisses().get(0);
        }
        String reached = devices.size() == 1 ? "device " + devices.get(0) : devices.size() + " devices";
        if (!connected) {
            return "It belongs to " + reached + ", but the broker is not connected.";
        }
        if (subscriptions.stream().anyMatch(subscription -> subscription.granted() != null)) {
            return "It reaches " + reached + ".";
        }
        return subscriptions.stream()
                .filter(SubscriptionStatus::isRefused)
                .findFirst()
                .map(refused -> "It belongs to " + reached + ", but the broker refused " + refused.filter()
                        + " with reason code " + refused.reasonCode() + ".")
                .orElse("It belongs to " + reached + ", but the broker has not answered the subscription yet.");
    }
}
