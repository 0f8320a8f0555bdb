package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.test.TransactionalOutboxContract;
import io.github.mqttmanager.topic.TopicName;
import org.junit.jupiter.api.Test;

@OnEveryDatabase
class JpaOutboxTest extends TransactionalOutboxContract {
    private final TestDatabase database;

    JpaOutboxTest(TestDatabase database) {
        this.database = database;
    }

    @Override
    protected Outbox outbox() {
        return new JpaOutbox(database.session());
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

    /** H2 takes 1 MiB, the others as much as may wait for a broker. */
    @Test
    void aPayloadThatIsTooLargeForTheDatabaseIsRefusedAtOnce() {
        Outbox outbox = outbox();
        OutboxEntry large = OutboxEntry.of(
                BrokerId.of("b"),
                null,
                OutboundPublish.builder()
                        .topic(TopicName.of("t"))
                        .payload(new byte[1_048_577])
                        .build(),
                NOON);
        if (database.kind().isH2()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> outbox.add(large))
                    .withMessageContaining("1048576");
        } else {
            OutboxEntry added = outbox.add(large);
            assertThat(outbox.next(BrokerId.of("b"), 1, ALL)).containsExactly(added);
        }
    }
}
