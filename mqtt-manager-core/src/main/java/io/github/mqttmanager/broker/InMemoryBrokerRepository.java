package io.github.mqttmanager.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps definitions until the process ends, and tells of changes. This class is thread-safe. */
public final class InMemoryBrokerRepository implements BrokerRepository, RepositoryChanges<BrokerId> {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryBrokerRepository.class);

    private final ConcurrentSkipListMap<BrokerId, BrokerDefinition> definitions = new ConcurrentSkipListMap<>();
    private final List<Consumer<? super BrokerId>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public Optional<BrokerDefinition> find(BrokerId id) {
        return Optional.ofNullable(definitions.get(id));
    }

    @Override
    public List<BrokerDefinition> page(@Nullable BrokerId after, int limit) {
        return page(after, limit, definition -> true);
    }

    @Override
    public List<BrokerDefinition> pageOfOwner(String owner, @Nullable BrokerId after, int limit) {
        Objects.requireNonNull(owner);
        return page(after, limit, definition -> owner.equals(definition.owner()));
    }

    private List<BrokerDefinition> page(@Nullable BrokerId after, int limit, Predicate<BrokerDefinition> which) {
        Checks.range(limit, "limit", 1, Integer.MAX_VALUE);
        return (after == null ? definitions : definitions.tailMap(after, false))
                .values().stream().filter(which).limit(limit).toList();
    }

    @Override
    public long countOfOwner(String owner) {
        Objects.requireNonNull(owner);
        return definitions.values().stream()
                .filter(definition -> owner.equals(definition.owner()))
                .count();
    }

    @Override
    public BrokerDefinition save(BrokerDefinition definition) {
        return saveAll(List.of(definition)).get(0);
    }

    @Override
    public List<BrokerDefinition> saveAll(List<BrokerDefinition> all) {
        List<BrokerDefinition> saved = new ArrayList<>();
        synchronized (this) {
            for (BrokerDefinition definition : all) {
                BrokerDefinition stored = definitions.get(definition.id());
                if ((stored == null ? 0 : stored.version()) != definition.version()) {
                    throw new VersionConflictException(
                            definition.id().value(),
                            "broker " + definition.id() + " was changed, deleted or created by somebody else");
                }
                saved.add(
                        definition.toBuilder().version(definition.version() + 1).build());
            }
            if (saved.stream().map(BrokerDefinition::id).distinct().count() < saved.size()) {
                throw new IllegalArgumentException("a broker occurs twice among those to save");
            }
            saved.forEach(definition -> definitions.put(definition.id(), definition));
        }
        saved.forEach(definition -> changed(definition.id()));
        return saved;
    }

    @Override
    public boolean setActive(BrokerId id, boolean active) {
        boolean found;
        synchronized (this) {
            found = definitions.computeIfPresent(
                            id,
                            (key, stored) -> stored.toBuilder().active(active).build())
                    != null;
        }
        if (found) {
            changed(id);
        }
        return found;
    }

    @Override
    public boolean delete(BrokerId id) {
        boolean found;
        synchronized (this) {
            found = definitions.remove(id) != null;
        }
        if (found) {
            changed(id);
        }
        return found;
    }

    @Override
    public Registration onChange(Consumer<? super BrokerId> listener) {
        Consumer<? super BrokerId> registered = Objects.requireNonNull(listener)::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    private void changed(BrokerId id) {
        for (Consumer<? super BrokerId> listener : listeners) {
            try {
                listener.accept(id);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on the change of broker {}", id, e);
            }
        }
    }
}
