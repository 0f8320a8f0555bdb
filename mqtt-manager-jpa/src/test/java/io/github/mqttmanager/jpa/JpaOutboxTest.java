package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.UserProperty;
import io.github.mqttmanager.test.TransactionalOutboxContract;
import io.github.mqttmanager.topic.TopicName;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

class JpaOutboxTest {
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Contract extends TransactionalOutboxContract {
        TestDatabase database;

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
        protected Outbox outbox() {
            return new JpaOutbox(database.cleared().session());
        }

        @Override
        protected Transactions transactions() {
            return database.session();
        }

        @Test
        void aDamagedRowIsPassedOver() {
            Outbox outbox = outbox();
            OutboxEntry damaged = outbox.add(entry(BrokerId.of("b"), "d", "1"));
            OutboxEntry good = outbox.add(entry(BrokerId.of("b"), "d", "2"));
            database.execute("update mqtt_manager_outbox set topic = 'a/#' where id = " + damaged.id());
            assertThat(outbox.next(BrokerId.of("b"), 10, ALL)).containsExactly(good);
        }

        /** Another instance has blocks of its own; who adds later has the higher id all the same. */
        @Test
        void idsRiseAcrossInstances() {
            Outbox here = outbox();
            Outbox there = new JpaOutbox(database.session());
            long last = 0;
            for (int i = 0; i < 20; i++) {
                long id = (i % 2 == 0 ? here : there)
                        .add(entry(BrokerId.of("b"), "d", String.valueOf(i)))
                        .id();
                assertThat(id).isGreaterThan(last);
                last = id;
            }
        }
    }

    @Nested
    class OnH2InMemory extends Contract {
        @Override
        TestDatabase open() {
            return TestDatabase.h2Memory();
        }

        @Test
        void aPayloadThatH2DoesNotTakeIsRefusedAtOnce() {
            Outbox outbox = outbox();
            OutboxEntry tooLarge = OutboxEntry.of(
                    BrokerId.of("b"),
                    null,
                    OutboundPublish.builder()
                            .topic(TopicName.of("t"))
                            .payload(new byte[1_048_577])
                            .build(),
                    NOON);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> outbox.add(tooLarge))
                    .withMessageContaining("1048576");
        }
    }

    @Nested
    class OnH2InAFile extends Contract {
        @TempDir
        static Path directory;

        @Override
        TestDatabase open() {
            return TestDatabase.h2File(directory.resolve("outbox"));
        }
    }

    @Nested
    class OnPostgresql extends Contract {
        @Override
        TestDatabase open() {
            return TestDatabase.postgresql();
        }
    }

    @Test
    void userPropertiesAreLinesThatCanBeRead() {
        assertThat(OutboxRows.lines(List.of(new UserProperty("unit", "°C"), new UserProperty("a=b", "1\\2\n3"))))
                .isEqualTo("unit=°C\na\\=b=1\\\\2\\n3\n");
    }
}
