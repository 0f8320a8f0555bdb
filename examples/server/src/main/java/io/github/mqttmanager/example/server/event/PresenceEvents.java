package io.github.mqttmanager.example.server.event;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.device.PresenceListener;
import io.github.mqttmanager.example.server.stream.EventHub;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Tells the streams of every change of a device's presence. */
@Component
class PresenceEvents implements PresenceListener {
    record PresenceEvent(long deviceId, Presence presence, Instant at) {}

    private final EventHub events;

    PresenceEvents(EventHub events) {
        this.events = events;
    }

    @Override
    public void presenceChanged(Device device, Presence before, Presence now, Instant at) {
        if (!events.isIdle()) {
            String id = device.id().value();
            events.presence(device.owner(), id, new PresenceEvent(Long.parseLong(id), now, at));
        }
    }
}
