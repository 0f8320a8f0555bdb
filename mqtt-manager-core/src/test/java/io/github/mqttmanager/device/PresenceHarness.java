package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Devices that publish, a repository that can fail, listeners that are told, a wall clock that can jump; time is moved by hand. */
final class PresenceHarness {
    static final BrokerId BROKER = BrokerId.of("b");

    record Told(DeviceId device, Presence before, Presence now, Instant at) {
        @Override
        public String toString() {
            return device + " " + before + "-" + now;
        }
    }

    final ManualTime time = new ManualTime();
    final List<Told> told = new ArrayList<>();
    final List<Map<DeviceId, Instant>> written = new ArrayList<>();
    final Map<DeviceId, Instant> stored = new HashMap<>();
    boolean broken;
    int asked;
    int tasks;
    Duration wallIsOff = Duration.ZERO;

    final PresenceFeed feed = new PresenceFeed(
            task -> {
                tasks++;
                time.execute(task);
            },
            time,
            this::wall,
            time);
    final Presences presences = new Presences(repository(), this::wall, time, feed);

    PresenceHarness() {
        feed.add((device, before, now, at) -> told.add(new Told(device.id(), before, now, at)));
    }

    Instant wall() {
        return time.instant().plus(wallIsOff);
    }

    /** A repository of which nothing is used but the two methods for last-seen times. */
    private DeviceRepository repository() {
        InvocationHandler calls = (proxy, method, arguments) -> switch (method.getName()) {
            case "saveLastSeen" -> {
                if (broken) {
                    throw new IllegalStateException("the store is away");
                }
                @SuppressWarnings("unchecked")
                Map<DeviceId, Instant> batch = (Map<DeviceId, Instant>) arguments[0];
                written.add(Map.copyOf(batch));
                batch.forEach((id, at) -> stored.merge(id, at, (a, b) -> a.isAfter(b) ? a : b));
                yield null;
            }
            case "lastSeen" -> {
                asked++;
                Map<DeviceId, Instant> found = new HashMap<>();
                for (Object id : (Collection<?>) arguments[0]) {
                    if (stored.containsKey(id)) {
                        found.put((DeviceId) id, stored.get(id));
                    }
                }
                yield found;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (DeviceRepository)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DeviceRepository.class}, calls);
    }

    /** One that is expected every minute, and says on {@code <id>/up} whether it is there. */
    Device device(String id) {
        Device device = Device.builder(id, BROKER.value())
                .telemetryTopics("{device_id}/t")
                .availability(Availability.of("{device_id}/up"))
                .version(1)
                .build();
        presences.put(device);
        return device;
    }

    boolean receive(DeviceId device, String topic, String payload, boolean retained) {
        return presences.take(
                device,
                new InboundPublish(
                        BROKER,
                        TopicName.of(topic),
                        StandardCharsets.UTF_8.encode(payload),
                        QoS.AT_LEAST_ONCE,
                        retained,
                        wall(),
                        PublishProperties.NONE));
    }

    void publishes(Device device) {
        receive(device.id(), device.topicName() + "/t", "1", false);
        time.runDue();
    }

    void says(Device device, String payload, boolean retained) {
        receive(device.id(), device.topicName() + "/up", payload, retained);
        time.runDue();
    }

    void broker(boolean up) {
        presences.reached(BROKER, up);
        time.runDue();
    }

    void passes(int seconds) {
        time.advance(Duration.ofSeconds(seconds));
    }

    Presence of(Device device) {
        return presences.presence(device.id());
    }

    /** A whole round. */
    void write() {
        while (presences.write()) {
            // until it is over
        }
    }
}
