package io.github.mqttmanager.jpa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.RollbackException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions of an {@link EntityManagerFactory} without any framework: one entity manager per transaction, bound to the thread.
 *
 * <pre>{@code
 * PlainJpaSession session = new PlainJpaSession(factory);
 * JpaBrokerRepository brokers = new JpaBrokerRepository(session, cipher);
 * session.run(() -> {
 *     brokers.save(one);
 *     return brokers.save(two);      // both or none
 * });
 * }</pre>
 *
 * <p>This class is thread-safe. It does not close the factory.
 */
public final class PlainJpaSession implements JpaSession {
    private static final Logger LOG = LoggerFactory.getLogger(PlainJpaSession.class);

    private final EntityManagerFactory factory;
    private final ThreadLocal<@Nullable Unit> current = new ThreadLocal<>();

    /** @param factory with local transactions (RESOURCE_LOCAL) that knows the entities of {@link MqttManagerEntities} */
    public PlainJpaSession(EntityManagerFactory factory) {
        this.factory = factory;
    }

    @Override
    public <T> T inTransaction(Function<EntityManager, T> work) {
        Unit joined = current.get();
        if (joined != null) {
            try {
                return work.apply(joined.manager);
            } catch (RuntimeException | Error e) {
                joined.manager.getTransaction().setRollbackOnly();
                throw e;
            }
        }
        Unit unit = new Unit(factory.createEntityManager());
        T result;
        current.set(unit);
        try {
            result = unit.complete(work);
        } finally {
            current.remove();
            unit.manager.close();
        }
        unit.runAfterCommit();
        return result;
    }

    /** {@inheritDoc} An action that throws is logged and hinders no other; what it does itself is in transactions of its own. */
    @Override
    public void afterCommit(Runnable action) {
        Unit unit = current.get();
        if (unit == null) {
            action.run();
        } else {
            unit.afterCommit.add(action);
        }
    }

    /** A transaction and what is to be done after it. Used by one thread. */
    private static final class Unit {
        private final EntityManager manager;
        private final List<Runnable> afterCommit = new ArrayList<>();

        Unit(EntityManager manager) {
            this.manager = manager;
        }

        <T> T complete(Function<EntityManager, T> work) {
            EntityTransaction transaction = manager.getTransaction();
            transaction.begin();
            try {
                T result = work.apply(manager);
                if (transaction.getRollbackOnly()) {
                    // some providers would roll back here without a word
                    throw new RollbackException("a part of the transaction failed, so all of it was rolled back");
                }
                transaction.commit();
                return result;
            } catch (RuntimeException | Error e) {
                try {
                    if (transaction.isActive()) {
                        transaction.rollback();
                    }
                } catch (RuntimeException suppressed) {
                    e.addSuppressed(suppressed);
                }
                throw e;
            }
        }

        void runAfterCommit() {
            for (Runnable action : afterCommit) {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    LOG.error("An action after a commit failed", e);
                }
            }
        }
    }
}
