package io.github.mqttmanager.example.server.event;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.example.server.stream.EventHub;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks every two seconds whose counters moved, while somebody listens: traffic alone is no change that the library tells. */
@Component
class TrafficTicker {
    private final MqttManager manager;
    private final EventHub events;
    private final StatusEvents statusEvents;

    TrafficTicker(MqttManager manager, EventHub events, StatusEvents statusEvents) {
        this.manager = manager;
        this.events = events;
        this.statusEvents = statusEvents;
    }

    @Scheduled(fixedDelay = 2000)
    void look() {
        if (events.isIdle()) {
            statusEvents.forget();
        } else {
            manager.statuses().forEach(statusEvents::trafficSeen);
        }
    }
}
