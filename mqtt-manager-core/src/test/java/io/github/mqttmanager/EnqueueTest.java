package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.InMemoryOutbox;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the manager puts into the outbox; what becomes of it is said by {@link OutboxDrainTest}. */
@Timeout(30)
class EnqueueTest {
    private static final BrokerId B = BrokerId.of("b");
    private static final DeviceId D = DeviceId.of("d");
    private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

    private final InMemoryOutbox outbox = new InMemoryOutbox();
    private final BlockingQueue<PublishException> failures = new LinkedBlockingQueue<>();
    private final MqttManager manager = MqttManager.builder()
            .handler((device, publish) -> {})
            .clock(InstantSource.fixed(NOON))
            .outbox(outbox)
            .outboxListener(new OutboxListener() {
                @Override
                public void failed(OutboxEntry entry, PublishException failure) {
                    failures.add(failure);
                }
            })
            .build();

    @AfterEach
    void close() {
        manager.close();
    }

    private void store() {
        manager.save(BrokerDefinition.builder("b", "127.0.0.1", 1).active(false).build());
        manager.save(Device.builder("d", "b").build());
    }

    private List<OutboxEntry> kept() {
        return outbox.next(B, 100, Long.MAX_VALUE);
    }

    private static PublishFailure refusal(Runnable what) {
        try {
            what.run();
        } catch (PublishException e) {
            return e.failure();
        }
        throw new AssertionError("should have been refused");
    }

    @Test
    void aPublishToADeviceGoesToItsTopicAtItsBrokerInItsOrder() {
        store();
        long id = manager.enqueue(
                D,
                OutboundPublish.builder()
                        .payload("on")
                        .expiry(Duration.ofMinutes(5))
                        .build());
        long other = manager.enqueueTo(B, OutboundPublish.of(TopicName.of("t"), "all"));
        assertThat(kept()).extracting(OutboxEntry::id).containsExactly(id, other);
        assertThat(kept()).extracting(OutboxEntry::orderingKey).containsExactly("d", null);
        assertThat(kept().get(0).publish().topic()).isEqualTo(TopicName.of("devices/d/commands"));
        assertThat(kept().get(0).createdAt()).isEqualTo(NOON);
        assertThat(kept().get(0).expiresAt()).isEqualTo(NOON.plusSeconds(300));
    }

    @Test
    void whatCannotBeSentIsRefusedAtOnce() {
        store();
        OutboundPublish publish = OutboundPublish.of("on");
        assertThat(refusal(() -> manager.enqueue(DeviceId.of("nobody"), publish)))
                .isEqualTo(PublishFailure.UNKNOWN_DEVICE);
        assertThat(refusal(() -> manager.enqueueTo(B, publish))).isEqualTo(PublishFailure.NO_TOPIC);
        manager.save(Device.builder("mute", "b").commandTopic(null).build());
        assertThat(refusal(() -> manager.enqueue(DeviceId.of("mute"), publish))).isEqualTo(PublishFailure.NO_TOPIC);
        OutboundPublish huge =
                OutboundPublish.builder().payload(new byte[17 * 1024 * 1024]).build();
        assertThat(refusal(() -> manager.enqueue(D, huge))).isEqualTo(PublishFailure.NOT_SENDABLE);
        assertThat(kept()).isEmpty();
    }

    @Test
    void withoutAnOutboxItSaysSo() {
        try (MqttManager without =
                MqttManager.builder().handler((device, publish) -> {}).build()) {
            assertThatThrownBy(() -> without.enqueueTo(B, OutboundPublish.of(TopicName.of("t"), "on")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outbox");
            assertThat(without.outboxDepth()).isEqualTo(OutboxDepth.EMPTY);
        }
    }

    @Test
    void aDeviceThatIsOnlyStoredYetIsKnown() {
        store();
        // not started: the manager routes nothing yet, and asks the store
        assertThat(manager.enqueue(D, OutboundPublish.of("on"))).isPositive();
    }

    @Test
    void depthsAreTold() throws InterruptedException {
        store();
        manager.start();
        manager.enqueue(D, OutboundPublish.of("on"));
        manager.enqueueTo(B, OutboundPublish.of(TopicName.of("t"), "all"));
        for (int i = 0; i < 2_000 && manager.outboxDepth().count() < 2; i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(manager.outboxDepth()).isEqualTo(new OutboxDepth(2, NOON));
        assertThat(manager.outboxDepth(B)).isEqualTo(new OutboxDepth(2, NOON));
        assertThat(manager.outboxDepth(BrokerId.of("c"))).isEqualTo(OutboxDepth.EMPTY);
    }

    @Test
    void aBrokersEntriesAreDeletedWithIt() {
        store();
        manager.enqueue(D, OutboundPublish.of("on"));
        assertThatExceptionOfType(BrokerInUseException.class)
                .isThrownBy(() -> manager.delete(B, WhenDevicesExist.REFUSE));
        assertThat(kept()).hasSize(1);
        assertThat(manager.delete(B, WhenDevicesExist.DELETE)).isTrue();
        assertThat(kept()).isEmpty();
    }

    @Test
    void anEntryOfABrokerThatNeverWasFails() throws InterruptedException {
        manager.enqueueTo(BrokerId.of("nowhere"), OutboundPublish.of(TopicName.of("t"), "on"));
        manager.start();
        PublishException failure = failures.poll(20, TimeUnit.SECONDS);
        assertThat(failure).isNotNull();
        assertThat(failure.failure()).isEqualTo(PublishFailure.UNKNOWN_BROKER);
    }
}
