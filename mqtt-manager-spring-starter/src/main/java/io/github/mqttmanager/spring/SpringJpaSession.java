package io.github.mqttmanager.spring;

import io.github.mqttmanager.jpa.JpaSession;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The repositories' share in Spring's transactions. */
final class SpringJpaSession implements JpaSession {
    private static final Logger LOG = LoggerFactory.getLogger(SpringJpaSession.class);

    private final EntityManager shared;
    private final TransactionTemplate transactions;

    SpringJpaSession(EntityManagerFactory factory, PlatformTransactionManager transactions) {
        this.shared = SharedEntityManagerCreator.createSharedEntityManager(factory);
        this.transactions = new TransactionTemplate(transactions);
    }

    @Override
    @SuppressWarnings("NullAway") // the template returns what the work returned
    public <T> T inTransaction(Function<EntityManager, T> work) {
        return transactions.execute(status -> work.apply(shared));
    }

    @Override
    public void afterCommit(Runnable action) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !TransactionSynchronizationManager.isSynchronizationActive()) {
            action.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    // It is committed: the caller and other synchronizations must not hear that it failed.
                    LOG.error("an action after a commit failed", e);
                }
            }
        });
    }
}
