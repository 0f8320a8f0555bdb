package io.github.mqttmanager.broker;

import java.util.function.Consumer;

/**
 * A repository's optional ability to tell of changes, whoever made them.
 *
 * @param <I> the type of ids
 */
public interface RepositoryChanges<I> {
    /**
     * Calls the listener with the id of each definition that was saved or deleted, after the change can be read. Ids may come
     * more often than needed, on any thread; the listener returns at once.
     *
     * @return ends the calls
     */
    Registration onChange(Consumer<? super I> listener);

    /** Ends what was registered; a second time it does nothing. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
