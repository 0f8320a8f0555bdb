package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String RESPONSES = "answers/client";

    private final EngineHarness harness = new EngineHarness();
    private final List<String> routed = new ArrayList<>();
    private int acknowledged;
    private BrokerDefinition definition = EngineHarness.definition().build();
    private @Nullable BrokerConnection made;

    @BeforeEach
    void routeWhatIsNoResponse() {
        harness.router = (publish, acknowledgement) -> {
            routed.add(publish.topic().value());
            acknowledgement.handled();
        };
    }

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    private BrokerConnection connection() {
        BrokerConnection known = made;
        if (known == null) {
            known = new BrokerConnection(definition, harness.engine(), null);
            made = known;
            known.apply(definition);
            harness.settle();
        }
        return known;
    }

    private void connect() {
        connection();
        harness.link().opened();
    }

    private CompletableFuture<InboundPublish> ask(String payload) {
        return connection().request(OutboundPublish.of(TopicName.of("ask"), payload), TIMEOUT);
    }

    private OutboundPublish sent(int index) {
        return harness.link().publishes.get(index).message();
    }

    private static ByteBuffer correlation(OutboundPublish sent) {
        return Objects.requireNonNull(sent.properties().correlationData());
    }

    private void receive(String topic, @Nullable ByteBuffer correlation, String payload) {
        harness.link()
                .observer
                .received(
                        new InboundPublish(
                                BrokerId.of("b"),
                                TopicName.of(topic),
                                ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)),
                                QoS.AT_LEAST_ONCE,
                                false,
                                harness.time.instant(),
                                new PublishProperties(null, false, null, null, correlation, List.of())),
                        () -> acknowledged++);
    }

    private static String response(CompletableFuture<InboundPublish> outcome) {
        assertThat(outcome).isCompleted();
        return outcome.join().payloadText();
    }

    private static @Nullable PublishFailure failureOf(CompletableFuture<?> outcome) {
        assertThat(outcome).isDone();
        return outcome.handle((ok, failure) -> failure instanceof PublishException e ? e.failure() : null)
                .join();
    }

    @Test
    void aResponseComesToItsRequest() {
        connect();
        assertThat(harness.link().subscribed()).as("nobody has asked").isEmpty();
        CompletableFuture<InboundPublish> first = ask("1");
        CompletableFuture<InboundPublish> second = ask("2");
        assertThat(harness.link().subscribed()).containsExactly(RESPONSES);
        assertThat(harness.link().published()).containsExactly("ask", "ask");
        assertThat(sent(0).properties().responseTopic()).isEqualTo(TopicName.of(RESPONSES));
        assertThat(correlation(sent(0)).remaining()).isEqualTo(16);
        assertThat(correlation(sent(0))).isNotEqualTo(correlation(sent(1)));
        assertThat(sent(0).properties().expiry()).isEqualTo(TIMEOUT);

        receive(RESPONSES, correlation(sent(1)), "two");
        receive(RESPONSES, correlation(sent(0)), "one");
        assertThat(response(first)).isEqualTo("one");
        assertThat(response(second)).isEqualTo("two");
        assertThat(acknowledged).isEqualTo(2);
        assertThat(routed).isEmpty();
        assertThat(connection().status().counters().acknowledged()).isEqualTo(2);
        assertThat(harness.time.scheduled()).as("no limit is left").isZero();
    }

    @Test
    void aRequestIsSentWhenItsResponseCanComeIn() {
        harness.answering = false;
        connect();
        ask("1");
        assertThat(harness.link().publishes).isEmpty();
        harness.link().answer(harness.link().subscribes.get(0));
        assertThat(harness.link().published()).containsExactly("ask");
        ask("2");
        assertThat(harness.link().published()).hasSize(2);
        assertThat(harness.link().subscribes).hasSize(1);
    }

    @Test
    void aRequestWaitsForTheConnection() {
        connection();
        CompletableFuture<InboundPublish> waiting = ask("1");
        CompletableFuture<InboundPublish> impatient = connection()
                .request(
                        OutboundPublish.builder()
                                .topic("ask")
                                .whenDisconnected(WhenDisconnected.FAIL)
                                .build(),
                        TIMEOUT);
        assertThat(failureOf(impatient)).isEqualTo(PublishFailure.NOT_CONNECTED);
        harness.time.advance(Duration.ofSeconds(4));
        harness.link().opened();
        assertThat(sent(0).properties().expiry()).as("nobody waits any longer").isEqualTo(Duration.ofSeconds(6));
        receive(RESPONSES, correlation(sent(0)), "one");
        assertThat(waiting).isCompleted();
    }

    @Test
    void whatNobodyAsksForIsAcknowledgedAndGoesNowhere() {
        connect();
        CompletableFuture<InboundPublish> request = ask("1");
        receive(RESPONSES, null, "no correlation data");
        receive(RESPONSES, ByteBuffer.allocate(16), "a guess");
        receive(RESPONSES, ByteBuffer.allocate(0), "nothing");
        receive("devices/d/telemetry", correlation(sent(0)), "on another topic");
        receive(RESPONSES + "/more", correlation(sent(0)), "below");
        assertThat(request).isNotDone();
        assertThat(routed).containsExactly("devices/d/telemetry", RESPONSES + "/more");
        assertThat(connection().status().counters().unrouted()).isEqualTo(3);

        harness.time.advance(TIMEOUT);
        assertThat(failureOf(request)).isEqualTo(PublishFailure.NO_ANSWER);
        receive(RESPONSES, correlation(sent(0)), "too late");
        assertThat(connection().status().counters().unrouted()).isEqualTo(4);
        assertThat(acknowledged).isEqualTo(6);
    }

    @Test
    void aSecondResponseIsOneTooMany() {
        connect();
        CompletableFuture<InboundPublish> request = ask("1");
        receive(RESPONSES, correlation(sent(0)), "one");
        receive(RESPONSES, correlation(sent(0)), "again");
        assertThat(response(request)).isEqualTo("one");
        assertThat(connection().status().counters().unrouted()).isEqualTo(1);
    }

    @Test
    void theTimeOutSaysIfNobodyListens() {
        connect();
        CompletableFuture<InboundPublish> request = ask("1");
        harness.link().publishes.get(0).answer().complete(0x10);
        assertThat(request).isNotDone();
        harness.time.advance(TIMEOUT);
        assertThat(failureOf(request)).isEqualTo(PublishFailure.NO_ANSWER);
        assertThat(request).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("nobody subscribes");
    }

    @Test
    void aRequestThatTheBrokerRefusesFailsAtOnce() {
        connect();
        CompletableFuture<InboundPublish> request = ask("1");
        harness.link().publishes.get(0).answer().completeExceptionally(new MqttLink.RefusedPublish(0x87, "refused"));
        assertThat(failureOf(request)).isEqualTo(PublishFailure.REFUSED);
        assertThat(harness.time.scheduled()).isZero();
    }

    @Test
    void withoutASubscriptionOfTheResponsesNothingIsAsked() {
        harness.refusing = Set.of(RESPONSES);
        connect();
        assertThat(failureOf(ask("1"))).isEqualTo(PublishFailure.REFUSED);
        assertThat(failureOf(ask("2"))).isEqualTo(PublishFailure.REFUSED);
        assertThat(harness.link().publishes).isEmpty();
        assertThat(harness.link().subscribes).hasSize(1);
        assertThat(connection().status().failure()).isNotNull();
    }

    @Test
    void theWaitSurvivesALostConnection() {
        connect();
        CompletableFuture<InboundPublish> request =
                connection().request(OutboundPublish.of(TopicName.of("ask"), "1"), Duration.ofMinutes(5));
        ByteBuffer correlation = correlation(sent(0));
        harness.link().down(new java.io.IOException("reset"));
        assertThat(request).isNotDone();
        harness.time.advance(Duration.ofSeconds(20));
        harness.settle();
        harness.link().opened(false);
        assertThat(harness.link().subscribed()).as("again").containsExactly(RESPONSES, RESPONSES);
        receive(RESPONSES, correlation, "one");
        assertThat(request).isCompleted();
    }

    @Test
    void cancellingFreesWhatTheRequestTook() {
        connection();
        List<CompletableFuture<InboundPublish>> requests = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            requests.add(ask("x"));
        }
        assertThat(failureOf(ask("one too many"))).isEqualTo(PublishFailure.QUEUE_FULL);
        int scheduled = harness.time.scheduled();
        requests.get(0).cancel(true);
        assertThat(harness.time.scheduled()).isEqualTo(scheduled - 1);
        assertThat(ask("fits")).isNotDone();
        harness.link().opened();
        assertThat(harness.link().published())
                .as("what was cancelled is not sent")
                .hasSize(100);
        assertThat(connection().status().counters().accepted()).isEqualTo(1_000);
    }

    @Test
    void theOlderProtocolKnowsNoRequests() {
        definition = EngineHarness.definition().mqttVersion(MqttVersion.V3_1_1).build();
        connect();
        assertThat(failureOf(ask("1"))).isEqualTo(PublishFailure.NOT_SENDABLE);
        receive(RESPONSES, null, "an ordinary message here");
        assertThat(routed).containsExactly(RESPONSES);
    }

    @Test
    void aStrangeClientIdentifierIsOneLevel() {
        definition = EngineHarness.definition().clientIdentifier("a/b+c# d").build();
        connect();
        ask("1");
        assertThat(harness.link().subscribed()).containsExactly("answers/a%2Fb%2Bc%23%20d");
    }

    @Test
    void whoeverWaitsIsToldOfTheEnd() {
        connect();
        CompletableFuture<InboundPublish> request = ask("1");
        connection().stop();
        assertThat(failureOf(request)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(ask("2"))).isEqualTo(PublishFailure.CLOSED);
        harness.link().closed();
        harness.assertNothingLeft();
    }
}
