package io.github.mqttmanager.example.server.device;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.reading.ReadingView;
import io.github.mqttmanager.example.server.reading.SensorData;
import io.github.mqttmanager.example.server.reading.UnreadablePayloads;
import io.github.mqttmanager.example.server.store.Catalogue;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.Users;
import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.TopicTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The devices of one user. What is somebody else's does not exist here. */
@Service
public class DeviceService {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceService.class);
    private static final int PAGE = 200;
    private static final Duration COMMAND_TIME = Duration.ofSeconds(10);
    /** For one broker; about, for the outbox is not counted at every command. */
    private static final long MOST_STORED = 10_000;

    private final MqttManager manager;
    private final Catalogue catalogue;
    private final Users users;
    private final SensorData sensorData;
    private final UnreadablePayloads unreadable;
    private final EventHub events;
    private final TransactionTemplate transactions;
    private final int limit;

    DeviceService(
            MqttManager manager,
            Catalogue catalogue,
            Users users,
            SensorData sensorData,
            UnreadablePayloads unreadable,
            EventHub events,
            TransactionTemplate transactions,
            ServerProperties properties) {
        this.manager = manager;
        this.catalogue = catalogue;
        this.users = users;
        this.sensorData = sensorData;
        this.unreadable = unreadable;
        this.events = events;
        this.transactions = transactions;
        this.limit = properties.limits().devices();
    }

    /** @throws ProblemException if the device does not exist or is somebody else's */
    Device get(String owner, long id) {
        return manager.devices()
                .find(idOf(id))
                .filter(device -> owner.equals(device.owner()))
                .orElseThrow(() -> ProblemException.notFound("device"));
    }

    /** All devices of the user, by id. */
    public List<Device> all(String owner) {
        List<Device> all = new ArrayList<>();
        DeviceId last = null;
        List<Device> page;
        do {
            page = manager.devices().pageOfOwner(owner, last, PAGE);
            all.addAll(page);
            last = page.isEmpty() ? null : page.get(page.size() - 1).id();
        } while (page.size() == PAGE);
        all.sort((one, other) -> Long.compare(number(one), number(other)));
        return all;
    }

    Device create(User user, RequestFields fields) {
        Device saved = Objects.requireNonNull(transactions.execute(status -> {
            // One request of a user at a time, or two could pass the limit together.
            users.lockOwn(user.id());
            Device.Builder form = DeviceForm.create(fields, broker -> isOwn(user, broker));
            if (manager.devices().countOfOwner(user.owner()) >= limit) {
                throw ProblemException.of(
                        ProblemCode.LIMIT_REACHED, "you have " + limit + " devices, more are not allowed");
            }
            return manager.save(
                    form.id(catalogue.nextDevice()).owner(user.owner()).build());
        }));
        events.devicesChanged(user.owner());
        return saved;
    }

    Device update(User user, long id, RequestFields fields) {
        Device saved;
        try {
            saved = Objects.requireNonNull(transactions.execute(status -> {
                users.lockOwn(user.id());
                return manager.save(DeviceForm.update(fields, get(user.owner(), id), broker -> isOwn(user, broker)));
            }));
        } catch (VersionConflictException e) {
            // by another process, between our look and our write
            throw ProblemException.stale("device", get(user.owner(), id).version());
        }
        events.devicesChanged(user.owner());
        return saved;
    }

    void delete(User user, long id) {
        transactions.executeWithoutResult(status -> {
            users.lockOwn(user.id());
            get(user.owner(), id);
            if (!manager.delete(idOf(id))) {
                throw ProblemException.notFound("device");
            }
        });
        unreadable.forget(idOf(id));
        events.devicesChanged(user.owner());
    }

    private boolean isOwn(User user, long broker) {
        try {
            return manager.brokers()
                    .find(BrokerId.of(Long.toString(broker)))
                    .map(definition -> user.owner().equals(definition.owner()))
                    .orElse(false);
        } catch (UnreadableDefinitionException e) {
            return user.owner().equals(e.definition().owner());
        }
    }

    /** Sends a command and says what became of it, in the end or after ten seconds. */
    CompletableFuture<CommandView> command(Device device, String payload) {
        String topic = topic(device);
        if (topic == null) {
            return CompletableFuture.completedFuture(
                    CommandView.failed(null, "NO_TOPIC", "the device has no command topic"));
        }
        CompletableFuture<PublishReceipt> sent = manager.publish(
                device.id(),
                OutboundPublish.builder()
                        .payload(payload)
                        .whenDisconnected(WhenDisconnected.FAIL)
                        .expiry(COMMAND_TIME)
                        .build());
        return sent.thenApply(CommandView::of)
                .orTimeout(COMMAND_TIME.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(e -> failed(topic, e));
    }

    /** Keeps a command until the broker has taken it or it has expired. */
    CommandView store(Device device, String payload, Duration expiry) {
        String topic = topic(device);
        if (topic == null) {
            return CommandView.failed(null, "NO_TOPIC", "the device has no command topic");
        }
        if (manager.outboxDepth(device.broker()).count() >= MOST_STORED) {
            return CommandView.failed(topic, "QUEUE_FULL", MOST_STORED + " commands already wait for the broker");
        }
        try {
            manager.enqueue(
                    device.id(),
                    OutboundPublish.builder().payload(payload).expiry(expiry).build());
            return CommandView.stored(topic);
        } catch (PublishException e) {
            return CommandView.failed(topic, e);
        }
    }

    private static CommandView failed(String topic, Throwable thrown) {
        Throwable e = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (e instanceof PublishException refused) {
            return CommandView.failed(topic, refused);
        }
        if (e instanceof TimeoutException) {
            return CommandView.failed(
                    topic,
                    "NO_ANSWER",
                    "the broker has not answered within " + COMMAND_TIME.toSeconds() + " s; it may have the command");
        }
        LOG.error("A command failed", e);
        return CommandView.failed(topic, "INTERNAL", "the server failed; its log says why");
    }

    private static @Nullable String topic(Device device) {
        TopicTemplate template = device.commandTopic();
        return template == null ? null : template.name(device.topicName()).value();
    }

    DeviceView view(Device device) {
        return views(List.of(device)).get(0);
    }

    /** The devices as the API shows them. */
    public List<DeviceView> views(List<Device> devices) {
        List<DeviceId> ids = devices.stream().map(Device::id).toList();
        Map<DeviceId, Catalogue.Times> times = catalogue.ofDevices(ids);
        Map<DeviceId, ReadingView> latest = sensorData.latest(ids);
        return devices.stream()
                .map(device -> view(
                        device,
                        times.getOrDefault(device.id(), new Catalogue.Times(Instant.EPOCH, Instant.EPOCH)),
                        latest.get(device.id())))
                .toList();
    }

    private DeviceView view(Device device, Catalogue.Times times, @Nullable ReadingView latest) {
        return new DeviceView(
                number(device),
                device.name(),
                device.topicName(),
                Long.parseLong(device.broker().value()),
                device.type(),
                device.telemetryTopics().stream().map(TopicTemplate::value).toList(),
                device.commandTopic() == null ? null : device.commandTopic().value(),
                device.availability() == null
                        ? null
                        : device.availability().topic().value(),
                device.expectedInterval().toSeconds(),
                manager.lastSeen(device.id()).orElse(null),
                manager.presence(device.id()),
                latest,
                unreadable.of(device.id()).orElse(null),
                device.version(),
                times.createdAt(),
                times.updatedAt());
    }

    private static DeviceId idOf(long id) {
        return DeviceId.of(Long.toString(id));
    }

    private static long number(Device device) {
        return Long.parseLong(device.id().value());
    }
}
