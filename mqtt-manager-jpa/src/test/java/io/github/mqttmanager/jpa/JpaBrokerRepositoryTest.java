package io.github.mqttmanager.jpa;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.RepositoryChanges;
import io.github.mqttmanager.test.BrokerRepositoryContract;
import io.github.mqttmanager.test.SampleDefinitions;
import io.github.mqttmanager.test.TransactionalChangesContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

class JpaBrokerRepositoryTest {
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract extends BrokerRepositoryContract {
        private TestDatabase database;

        abstract TestDatabase open();

        @BeforeAll
        void openDatabase() {
            database = open();
        }

        @AfterAll
        void closeDatabase() {
            database.close();
        }

        @Override
        protected BrokerRepository repository() {
            return new JpaBrokerRepository(database.cleared().session(), TestKeys.cipher());
        }
    }

    @Nested
    class OnH2InMemory extends Contract {
        @Override
        TestDatabase open() {
            return TestDatabase.h2Memory();
        }
    }

    @Nested
    class OnH2InAFile extends Contract {
        @TempDir
        static Path directory;

        @Override
        TestDatabase open() {
            return TestDatabase.h2File(directory.resolve("brokers"));
        }
    }

    @Nested
    class OnPostgresql extends Contract {
        @Override
        TestDatabase open() {
            return TestDatabase.postgresql();
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Changes extends TransactionalChangesContract<BrokerId> {
        private final SampleDefinitions samples = new SampleDefinitions(1);
        private final TestDatabase database = TestDatabase.h2Memory();
        private final JpaBrokerRepository repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());

        @AfterAll
        void closeDatabase() {
            database.close();
        }

        @Override
        protected Transactions transactions() {
            return database.session();
        }

        @Override
        protected RepositoryChanges<BrokerId> changes() {
            return repository;
        }

        @Override
        protected BrokerId save() {
            return repository.save(samples.broker()).id();
        }

        @Override
        protected void change(BrokerId id) {
            repository.setActive(id, true);
        }

        @Override
        protected void delete(BrokerId id) {
            repository.delete(id);
        }

        @Override
        protected boolean exists(BrokerId id) {
            return repository.find(id).isPresent();
        }
    }
}
