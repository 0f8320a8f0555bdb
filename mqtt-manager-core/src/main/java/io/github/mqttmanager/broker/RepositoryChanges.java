package io.github.mqttmanager.broker;

import java.util.function.Consumer;

/**
 * A repository's optional ability to tell of changes, whoever made them.
 *
 * @param <I> the type of ids
 */
public interface RepositoryChanges<I> {
    /**
     * Calls the listener with the id of each definition that was saved or deleted, after the change is committed and can be read. Ids may
     * come more often than needed, on any thread; the listener returns at once. One that throws hinders neither the change nor the other
     * listeners.
     *
     * @return ends the calls
     */
    Registration onChange(Consumer<? super I> listener);

    /**
     * As {@link #onChange(Consumer)}; and runs {@code missed} when changes may have gone by untold, or are so many that it is quicker to
     * compare everything. Who knows of each change never does.
     *
     * @return ends the calls of both
     */
    default Registration onChange(Consumer<? super I> listener, Runnable missed) {
        return onChange(listener);
    }

    /** Ends what was registered; a second time it does nothing. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
