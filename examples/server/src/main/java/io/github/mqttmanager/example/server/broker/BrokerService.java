package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.DuplicateDeviceException;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.reading.UnreadablePayloads;
import io.github.mqttmanager.example.server.store.Catalogue;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.UserDeletion;
import io.github.mqttmanager.example.server.user.Users;
import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.github.mqttmanager.topic.TopicName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The brokers of one user. What is somebody else's does not exist here. */
@Service
public class BrokerService implements UserDeletion {
    private static final int PAGE = 100;
    private static final int MAX_TOPIC = 1_000;
    private static final String PASSWORD = "credentials.password";

    private final MqttManager manager;
    private final Catalogue catalogue;
    private final Users users;
    private final UnreadablePayloads unreadable;
    private final EventHub events;
    private final TransactionTemplate transactions;
    private final int limit;

    BrokerService(
            MqttManager manager,
            Catalogue catalogue,
            Users users,
            UnreadablePayloads unreadable,
            EventHub events,
            TransactionTemplate transactions,
            ServerProperties properties) {
        this.manager = manager;
        this.catalogue = catalogue;
        this.users = users;
        this.unreadable = unreadable;
        this.events = events;
        this.transactions = transactions;
        this.limit = properties.limits().brokers();
    }

    /**
     * The broker; of one whose secrets cannot be read, the rest.
     *
     * @throws ProblemException if it does not exist or is somebody else's
     */
    public BrokerDefinition get(String owner, long id) {
        try {
            return manager.brokers()
                    .find(idOf(id))
                    .filter(definition -> owner.equals(definition.owner()))
                    .orElseThrow(() -> ProblemException.notFound("broker"));
        } catch (UnreadableDefinitionException e) {
            requireOwn(owner, e.definition());
            return catalogue.readablePart(idOf(id)).orElseThrow(() -> ProblemException.notFound("broker"));
        }
    }

    /** What cannot be read of a broker; nothing of one that can be. */
    private Set<String> unreadableSecrets(String owner, long id) {
        try {
            manager.brokers().find(idOf(id));
            return Set.of();
        } catch (UnreadableDefinitionException e) {
            requireOwn(owner, e.definition());
            return Set.copyOf(e.definition().secrets());
        }
    }

    private void requireOwn(String owner, long id) {
        try {
            get(owner, id);
        } catch (UnreadableDefinitionException e) {
            requireOwn(owner, e.definition());
        }
    }

    private static void requireOwn(String owner, UnreadableDefinition definition) {
        if (!owner.equals(definition.owner())) {
            throw ProblemException.notFound("broker");
        }
    }

    /** All brokers of the user, by id; of those whose secrets cannot be read, the rest. */
    public List<BrokerDefinition> all(String owner) {
        Map<Long, BrokerDefinition> all = new TreeMap<>();
        BrokerId last = null;
        List<BrokerDefinition> page;
        do {
            page = manager.brokers().pageOfOwner(owner, last, PAGE);
            page.forEach(definition -> all.put(number(definition), definition));
            last = page.isEmpty() ? null : page.get(page.size() - 1).id();
        } while (page.size() == PAGE);
        for (UnreadableDefinition left : leftOut(owner)) {
            if (!left.secrets().isEmpty()) {
                catalogue
                        .readablePart(left.broker())
                        .ifPresent(definition -> all.putIfAbsent(number(definition), definition));
            }
        }
        return List.copyOf(all.values());
    }

    private List<UnreadableDefinition> leftOut(String owner) {
        return catalogue.unreadable().stream()
                .filter(left -> owner.equals(left.owner()))
                .toList();
    }

    BrokerDefinition create(User user, RequestFields fields) {
        BrokerDefinition.Builder form = BrokerForm.create(fields).owner(user.owner());
        BrokerDefinition saved = Objects.requireNonNull(transactions.execute(status -> {
            // One request of a user at a time, or two could pass the limit together.
            users.lockOwn(user.id());
            if (manager.brokers().countOfOwner(user.owner()) >= limit) {
                throw ProblemException.of(
                        ProblemCode.LIMIT_REACHED, "you have " + limit + " brokers, more are not allowed");
            }
            return manager.save(form.id(catalogue.nextBroker()).build());
        }));
        events.devicesChanged(user.owner());
        return saved;
    }

    BrokerDefinition update(User user, long id, RequestFields fields) {
        BrokerDefinition saved;
        try {
            saved = Objects.requireNonNull(transactions.execute(status -> {
                users.lockOwn(user.id());
                BrokerDefinition changed = BrokerForm.update(fields, get(user.owner(), id));
                requireSecrets(user, id, fields);
                return manager.save(changed);
            }));
        } catch (VersionConflictException e) {
            // by another process, between our look and our write
            throw ProblemException.stale("broker", get(user.owner(), id).version());
        }
        events.devicesChanged(user.owner());
        return saved;
    }

    /** The definition that a request wants tested; of a stored one, what the request leaves out. */
    BrokerDefinition trial(User user, RequestFields fields) {
        long id = fields.number("id", 0L, 0, Long.MAX_VALUE);
        BrokerDefinition stored = id == 0 ? null : get(user.owner(), id);
        BrokerDefinition wanted =
                BrokerForm.trial(fields, stored).owner(user.owner()).build();
        if (stored != null) {
            requireSecrets(user, id, fields);
        }
        return wanted;
    }

    /** What cannot be read must be sent: leaving it out means to keep it, and it would be lost. */
    private void requireSecrets(User user, long id, RequestFields fields) {
        Set<String> missing = new TreeSet<>(unreadableSecrets(user.owner(), id));
        if (fields.has("password")) {
            missing.remove(PASSWORD);
        }
        if (!missing.isEmpty()) {
            manager.brokers().find(idOf(id)); // says what is wrong
        }
    }

    void delete(User user, long id, WhenDevicesExist devices) {
        delete(user, id, () -> manager.delete(idOf(id), devices));
    }

    /** Deletes the broker after another one of the user got its devices, both or nothing. */
    void deleteMoving(User user, long id, long to) {
        if (id == to) {
            throw ProblemException.invalid("to", "must be another broker");
        }
        try {
            delete(user, id, () -> {
                try {
                    requireOwn(user.owner(), to);
                } catch (ProblemException e) {
                    throw ProblemException.invalid("to", "must be the id of a broker of yours");
                }
                return manager.delete(idOf(id), idOf(to));
            });
        } catch (DuplicateDeviceException e) {
            throw ProblemException.of(
                    ProblemCode.CONFLICT,
                    "both brokers have a device with the device_id " + e.topicName() + "; nothing was moved");
        }
    }

    private void delete(User user, long id, BooleanSupplier deletion) {
        transactions.executeWithoutResult(status -> {
            users.lockOwn(user.id());
            requireOwn(user.owner(), id);
            if (!deletion.getAsBoolean()) {
                throw ProblemException.notFound("broker");
            }
        });
        unreadable.forget(idOf(id));
        events.brokerRemoved(user.owner(), id);
        events.devicesChanged(user.owner());
    }

    /** @return whether that started a change */
    boolean control(User user, long id, boolean connect) {
        get(user.owner(), id);
        return connect ? manager.connect(idOf(id), user.username()) : manager.disconnect(idOf(id), user.username());
    }

    /** What happened to the broker's connection, newest first. */
    List<EventView> events(String owner, long id, int limit) {
        get(owner, id);
        return manager.history(idOf(id)).stream()
                .limit(limit)
                .map(EventView::of)
                .toList();
    }

    /** What would become of a message that the broker has on the topic. */
    ExplanationView explain(String owner, long id, String topic) {
        get(owner, id);
        return ExplanationView.of(manager.explain(idOf(id), topicName(topic), owner));
    }

    private static TopicName topicName(String text) {
        try {
            if (text.length() <= MAX_TOPIC) {
                return TopicName.of(text);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw ProblemException.invalid(
                "topic",
                "must be a topic name: 1 to " + MAX_TOPIC + " characters, without + and # and control characters");
    }

    /** What is known of a broker now. */
    public StatusView status(BrokerDefinition definition) {
        return manager.status(definition.id())
                .map(status -> StatusView.of(status).with(definition))
                .orElseGet(() -> StatusView.notYet(definition, Instant.now()));
    }

    /** What is known of all brokers of the user now, by id. */
    public List<StatusView> statuses(String owner) {
        return all(owner).stream().map(this::status).toList();
    }

    BrokerView view(BrokerDefinition definition) {
        return views(List.of(definition)).get(0);
    }

    List<BrokerView> views(List<BrokerDefinition> definitions) {
        Map<BrokerId, Catalogue.Times> times = catalogue.ofBrokers(
                definitions.stream().map(BrokerDefinition::id).toList());
        Set<BrokerId> sealed = catalogue.unreadable().stream()
                .filter(left -> left.secrets().contains(PASSWORD))
                .map(UnreadableDefinition::broker)
                .collect(Collectors.toSet());
        return definitions.stream()
                .map(definition -> BrokerView.of(
                        definition,
                        sealed.contains(definition.id()),
                        status(definition),
                        manager.devices().countOfBroker(definition.id()),
                        times.getOrDefault(definition.id(), new Catalogue.Times(Instant.EPOCH, Instant.EPOCH))))
                .toList();
    }

    @Override
    public void deleting(User user) {
        Set<BrokerId> ids = new TreeSet<>();
        all(user.owner()).forEach(definition -> ids.add(definition.id()));
        leftOut(user.owner()).forEach(left -> ids.add(left.broker()));
        for (BrokerId id : ids) {
            manager.delete(id, WhenDevicesExist.DELETE);
            unreadable.forget(id);
        }
    }

    private static BrokerId idOf(long id) {
        return BrokerId.of(Long.toString(id));
    }

    private static long number(BrokerDefinition definition) {
        return Long.parseLong(definition.id().value());
    }
}
