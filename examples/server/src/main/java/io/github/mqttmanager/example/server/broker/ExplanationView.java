package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.TopicExplanation;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.RouteExplanation;
import io.github.mqttmanager.example.server.broker.StatusView.SubscriptionView;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** What would become of a message on a topic, as the API shows it. */
@Schema(name = "TopicExplanation")
record ExplanationView(
        String topic,
        boolean isConnected,
        String summary,
        List<SubscriptionView> subscriptions,
        List<RouteView> routes,
        List<String> nearMisses) {

    /** A device that gets it, and the template by which it does. */
    @Schema(name = "Route")
    record RouteView(long id, String deviceName, String deviceId, String template) {
        static RouteView of(RouteExplanation.Route route) {
            Device device = route.device();
            return new RouteView(
                    Long.parseLong(device.id().value()),
                    device.name(),
                    device.topicName(),
                    route.template().value());
        }
    }

    static ExplanationView of(TopicExplanation explanation) {
        return new ExplanationView(
                explanation.topic().value(),
                explanation.connected(),
                explanation.summary(),
                explanation.subscriptions().stream().map(SubscriptionView::of).toList(),
                explanation.routes().stream().map(RouteView::of).toList(),
                explanation.nearMisses());
    }
}
