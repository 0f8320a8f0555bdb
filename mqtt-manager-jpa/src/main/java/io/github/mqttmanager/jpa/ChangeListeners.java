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

    /** Not a record: each is another one. */
    private static final class Registered<I> {
        private final Consumer<? super I> listener;
        private final Runnable missed;

        Registered(Consumer<? super I> listener, Runnable missed) {
            this.listener = Objects.requireNonNull(listener);
            this.missed = Objects.requireNonNull(missed);
        }
    }

    private final List<Registered<I>> listeners = new CopyOnWriteArrayList<>();

    RepositoryChanges.Registration add(Consumer<? super I> listener, Runnable missed) {
        Registered<I> registered = new Registered<>(listener, missed);
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    void tell(Collection<I> ids) {
        for (Registered<I> registered : listeners) {
            for (I id : ids) {
                try {
                    registered.listener.accept(id);
                } catch (RuntimeException e) {
                    LOG.error("A listener failed on the change of {}", id, e);
                }
            }
        }
    }

    /** Changes may have gone by untold. */
    void tellMissed() {
        for (Registered<I> registered : listeners) {
            try {
                registered.missed.run();
            } catch (RuntimeException e) {
                LOG.error("A listener failed on missed changes", e);
            }
        }
    }
}
