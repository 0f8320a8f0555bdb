package io.github.mqttmanager.example.server.event;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.example.server.broker.StatusView;
import io.github.mqttmanager.example.server.stream.EventHub;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the streams of every change of a connection, at once, and of traffic now and then. */
@Component
class StatusEvents implements ConnectionListener {
    private record Traffic(
            TrafficCounters counters, @Nullable Instant lastInboundAt) {}

    private final EventHub events;
    private final Map<BrokerId, Traffic> told = new ConcurrentHashMap<>();

    StatusEvents(EventHub events) {
        this.events = events;
    }

    @Override
    public void statusChanged(BrokerStatus current) {
        if (!events.isIdle()) {
            tell(current);
        }
    }

    @Override
    public void brokerRemoved(BrokerId broker) {
        told.remove(broker);
    }

    /** Tells the status if something went through since it was told last. */
    void trafficSeen(BrokerStatus current) {
        if (!traffic(current).equals(told.get(current.broker()))) {
            tell(current);
        }
    }

    /** What was told to nobody is not told. */
    void forget() {
        told.clear();
    }

    private void tell(BrokerStatus current) {
        told.put(current.broker(), traffic(current));
        events.status(current.owner(), current.broker().value(), StatusView.of(current));
    }

    private static Traffic traffic(BrokerStatus status) {
        return new Traffic(status.counters(), status.lastInboundAt());
    }
}
