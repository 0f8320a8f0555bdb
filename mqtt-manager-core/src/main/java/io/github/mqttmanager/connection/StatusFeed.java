package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners of changes, one after the other on the event thread. */
final class StatusFeed {
    private static final Logger LOG = LoggerFactory.getLogger(StatusFeed.class);

    private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<? super BrokerStatus>> watchers = new CopyOnWriteArrayList<>();
    private final Executor events;

    StatusFeed(Executor events) {
        this.events = events;
    }

    /** Told before {@link #changed} returns: what must not lag behind the status. Neither blocks nor throws. */
    void watch(Consumer<? super BrokerStatus> watcher) {
        watchers.add(watcher);
    }

    void add(ConnectionListener listener) {
        listeners.add(listener);
    }

    void remove(ConnectionListener listener) {
        listeners.remove(listener);
    }

    void changed(BrokerStatus status) {
        watchers.forEach(watcher -> watcher.accept(status));
        tell(listener -> listener.statusChanged(status));
    }

    void removed(BrokerId broker) {
        tell(listener -> listener.brokerRemoved(broker));
    }

    private void tell(Consumer<ConnectionListener> news) {
        try {
            events.execute(() -> listeners.forEach(listener -> {
                try {
                    news.accept(listener);
                } catch (Throwable e) {
                    LOG.error("listener {} failed", listener.getClass().getName(), e);
                }
            }));
        } catch (RejectedExecutionException e) {
            // closed: nothing is told any more
        }
    }
}
