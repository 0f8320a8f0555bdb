package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final BrokerId B = BrokerId.of("b");

    private final EngineHarness harness = new EngineHarness();
    private final Connections connections =
            new Connections(harness.engine(), () -> CompletableFuture.completedFuture(null));
    private final BrokerDefinition definition =
            EngineHarness.definition().version(3).build();

    private void connect() {
        connections.apply(definition);
        harness.settle();
        harness.link().opened();
    }

    private CompletableFuture<?> publish() {
        return connections.publish(B, OutboundPublish.of(TopicName.of("t"), "x"));
    }

    private static PublishFailure failureOf(CompletableFuture<?> outcome) {
        assertThat(outcome).isCompletedExceptionally();
        return ((PublishException) outcome.handle((ok, failure) -> failure).join()).failure();
    }

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    @Test
    void beginsOnceAndAppliesWhatComesLater() {
        connect();
        connections.begin(definition.toBuilder().name("ignored").build());
        assertThat(connections.status(B).orElseThrow().name()).isEqualTo("b");
        connections.apply(definition.toBuilder().name("new").build());
        assertThat(connections.status(B).orElseThrow().name()).isEqualTo("new");
        assertThat(harness.links).hasSize(1);
    }

    @Test
    void knowsNothingOfABrokerThatIsRemoved() {
        connect();
        CompletableFuture<?> waiting = publish();
        connections.remove(B);

        assertThat(connections.status(B)).isEmpty();
        assertThat(connections.brokers()).isEmpty();
        assertThat(failureOf(waiting)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(publish())).isEqualTo(PublishFailure.UNKNOWN_BROKER);
        assertThat(harness.link().endSession).isTrue();
        connections.remove(B);
        connections.connectNow(B);
        connections.demandChanged(B, TopicTemplate.of("a"), "d");
    }

    @Test
    void aBrokerThatIsMadeAnewWaitsForTheEndOfTheOldOne() {
        connect();
        ScriptedLink old = harness.link();
        connections.remove(B);
        connections.begin(definition.toBuilder().version(1).build());
        connections.apply(definition.toBuilder().version(1).name("anew").build());
        connections.connectNow(B);
        harness.time.advance(Duration.ofSeconds(20));

        assertThat(harness.links).as("both would use one client identifier").hasSize(1);
        assertThat(connections.status(B).orElseThrow().state()).isEqualTo(ConnectionState.CONNECTING);
        old.closed();
        harness.settle();
        assertThat(harness.links).hasSize(2);
        harness.link().opened();
        assertThat(connections.status(B).orElseThrow().isConnected()).isTrue();
        assertThat(harness.states())
                .as("nothing of the old one is told once it is removed")
                .containsExactly(
                        ConnectionState.CONNECTING,
                        ConnectionState.CONNECTED,
                        ConnectionState.CONNECTING,
                        ConnectionState.CONNECTED);
        assertThat(harness.removed).containsExactly(B);
    }

    @Test
    void closeWaitsForAllAndForThoseThatAreBeingRemoved() {
        connect();
        BrokerId other = BrokerId.of("other");
        connections.apply(definition.toBuilder().id(other).build());
        harness.settle();
        harness.link().opened();
        connections.remove(B);
        CompletableFuture<Void> closed = connections.close(Duration.ofHours(1));

        assertThat(closed).isNotDone();
        harness.links.get(1).closed();
        assertThat(closed).as("the removed one is not gone").isNotDone();
        harness.links.get(0).closed();
        assertThat(closed).isCompleted();
        assertThat(harness.links.get(0).endSession).isTrue();
        assertThat(harness.links.get(1).endSession).isFalse();
        assertThat(failureOf(publish())).isEqualTo(PublishFailure.CLOSED);
        connections.apply(definition);
        connections.begin(definition);
        assertThat(connections.statuses()).isEmpty();
    }

    @Test
    void expiresWhatWaitsThoughNothingElseHappens() {
        connections.apply(definition.toBuilder().active(false).build());
        CompletableFuture<?> waiting = connections.publish(
                B,
                OutboundPublish.builder()
                        .topic("t")
                        .expiry(Duration.ofSeconds(5))
                        .build());
        harness.time.advance(Duration.ofSeconds(4));
        assertThat(waiting).isNotDone();
        harness.time.advance(Duration.ofSeconds(2));

        assertThat(failureOf(waiting)).isEqualTo(PublishFailure.EXPIRED);
    }

    @Test
    void theTrafficOfAllIncludesThatOfBrokersThatAreGone() {
        harness.router = (publish, acknowledgement) -> acknowledgements.add(acknowledgement);
        connect();
        publish();
        harness.link().acknowledgeAll();
        publish();
        harness.link()
                .observer
                .received(
                        new InboundPublish(
                                B,
                                TopicName.of("t"),
                                ByteBuffer.allocate(0),
                                QoS.AT_LEAST_ONCE,
                                false,
                                harness.time.instant(),
                                PublishProperties.NONE),
                        () -> {});
        ScriptedLink old = harness.link();
        connections.remove(B);
        assertTraffic(2, 1, 1, 1);
        old.closed();
        connections.apply(definition.toBuilder().version(1).build());
        harness.settle();
        harness.link().opened();
        publish();
        harness.link().acknowledgeAll();
        harness.time.advance(Duration.ofSeconds(3));
        assertTraffic(3, 2, 1, 1);

        acknowledgements.get(0).handled();
        assertThat(connections.traffic().acknowledged())
                .as("a handler that returns late")
                .isEqualTo(1);
        harness.time.advance(Duration.ofSeconds(3));
        assertTraffic(3, 2, 1, 0);
        connections.close(Duration.ofSeconds(1));
        harness.link().closed();
        assertTraffic(3, 2, 1, 0);
        harness.time.advance(Duration.ofSeconds(3));
        assertTraffic(3, 2, 1, 0);
    }

    private final List<Acknowledgement> acknowledgements = new ArrayList<>();

    private void assertTraffic(long accepted, long published, long failed, long open) {
        TrafficCounters c = connections.traffic();
        assertThat(c.accepted()).isEqualTo(accepted);
        assertThat(c.published()).isEqualTo(published);
        assertThat(c.failed()).isEqualTo(failed);
        assertThat(c.received()).isEqualTo(1);
        assertThat(c.open()).isEqualTo(open);
        assertThat(c.acknowledged() + c.duplicates() + c.unrouted() + c.dropped() + c.released() + c.open())
                .isEqualTo(c.received());
    }

    @Test
    void showsAllInTheOrderOfTheirIds() {
        for (String id : new String[] {"c", "a", "b"}) {
            connections.apply(
                    definition.toBuilder().id(BrokerId.of(id)).active(false).build());
        }
        assertThat(connections.statuses())
                .extracting(status -> status.broker().value())
                .containsExactly("a", "b", "c");
    }
}
