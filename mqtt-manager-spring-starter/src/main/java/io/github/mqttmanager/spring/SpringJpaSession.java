package io.github.mqttmanager.spring;

import io.github.mqttmanager.jpa.JpaSession;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Function;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The repositories' share in Spring's transactions. */
final class SpringJpaSession implements JpaSession {
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
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            action.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }
}
