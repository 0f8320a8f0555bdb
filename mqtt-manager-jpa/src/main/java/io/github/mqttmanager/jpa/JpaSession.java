package io.github.mqttmanager.jpa;

import io.github.mqttmanager.Transactions;
import jakarta.persistence.EntityManager;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where the repositories get entity managers and transactions from. {@link PlainJpaSession} makes its own; an adapter joins those of
 * a framework. Called by any thread.
 */
public interface JpaSession extends Transactions {
    /**
     * Does the work in the transaction of the calling thread, or in a new one that is committed on return and rolled back on a
     * throw. Where a work that joined throws, the whole transaction is rolled back, for it may be half done.
     *
     * @param work is given an entity manager of that transaction, for use in the call only
     */
    <T> T inTransaction(Function<EntityManager, T> work);

    @Override
    default <T> T run(Supplier<T> work) {
        return inTransaction(manager -> work.get());
    }
}
