package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.RepositoryChanges;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who want to know of changes. One that throws hinders no other. This class is thread-safe. */
final class ChangeListeners<I> {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeListeners.class);

    private final List<Consumer<? super I>> listeners = new CopyOnWriteArrayList<>();

    RepositoryChanges.Registration add(Consumer<? super I> listener) {
        Consumer<? super I> registered = Objects.requireNonNull(listener)::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    void tell(Collection<I> ids) {
        for (Consumer<? super I> listener : listeners) {
            for (I id : ids) {
                try {
                    listener.accept(id);
                } catch (RuntimeException e) {
                    LOG.error("A listener failed on the change of {}", id, e);
                }
            }
        }
    }
}
