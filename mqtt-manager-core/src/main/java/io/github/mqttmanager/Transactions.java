package io.github.mqttmanager;

import java.util.function.Supplier;

/**
 * The host's transactions, where its repositories have any: the manager acts on a change only after it is committed. This interface
 * is implemented by adapters; called by any thread.
 */
public interface Transactions {
    /** Does the work in the transaction of the calling thread, or in a new one that is committed on return and rolled back on a throw. */
    <T> T run(Supplier<T> work);

    /** Does the action after the transaction of the calling thread is committed, never if it is rolled back; without one, at once. */
    void afterCommit(Runnable action);

    /** Of repositories that have none: everything happens at once. */
    static Transactions none() {
        return new Transactions() {
            @Override
            public <T> T run(Supplier<T> work) {
                return work.get();
            }

            @Override
            public void afterCommit(Runnable action) {
                action.run();
            }
        };
    }
}
