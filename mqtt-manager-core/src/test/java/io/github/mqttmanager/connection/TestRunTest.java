package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestRunTest {
    private static final Exception REFUSED = new ConnectException("Connection refused: broker.example/10.0.0.1:1883");

    private final EngineHarness harness = new EngineHarness();
    private final Connections connections =
            new Connections(harness.engine(), () -> CompletableFuture.completedFuture(null));
    private final BrokerDefinition definition = EngineHarness.definition()
            .will(new Will(TopicName.of("gone"), new byte[] {1}, QoS.AT_LEAST_ONCE, false, Duration.ZERO))
            .build();

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    private CompletableFuture<ConnectionTest> begun(BrokerDefinition tested) {
        CompletableFuture<ConnectionTest> test = connections.test(tested);
        harness.settle();
        return test;
    }

    private static List<String> steps(ConnectionTest test) {
        return test.steps().stream()
                .map(step -> step.stage() + " " + step.outcome())
                .toList();
    }

    @Test
    void everyStepIsTakenAndTimedAndTheLinkIsClosed() {
        harness.want("a", "b");
        CompletableFuture<ConnectionTest> test = begun(definition);
        ScriptedLink link = harness.link();
        harness.time.advance(Duration.ofMillis(30));
        link.observer.passed(ConnectionStage.TCP);
        harness.time.advance(Duration.ofMillis(70));
        link.opened();

        ConnectionTest result = test.join();
        assertThat(result.succeeded()).isTrue();
        assertThat(steps(result)).containsExactly("DNS PASSED", "TCP PASSED", "MQTT PASSED", "SUBSCRIBE PASSED");
        assertThat(result.steps().get(1).took()).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        assertThat(result.steps().get(2).took()).isEqualTo(Duration.ofMillis(70));
        assertThat(result.subscriptions()).hasSize(2);
        assertThat(result.grants()).isNotNull();
        assertThat(link.endSession).isTrue();
        link.closed();
        assertNothingLeft();
    }

    @Test
    void anIdentifierIsThrownAwayAndThereIsNoWill() {
        begun(definition);
        begun(definition);
        assertThat(harness.links).hasSize(2).allSatisfy(link -> {
            assertThat(link.definition.clientIdentifier())
                    .isNotEqualTo("client")
                    .startsWith("mm-test-");
            assertThat(link.definition.will()).isNull();
            assertThat(link.definition.session().cleanStart()).isTrue();
            assertThat(link.definition.session().expiry()).isZero();
        });
        assertThat(harness.links.get(0).definition.clientIdentifier())
                .isNotEqualTo(harness.links.get(1).definition.clientIdentifier());
        harness.violations.clear(); // two links of one broker are what this is about
    }

    @Test
    void aFailedStepSaysWhyAndTheLaterOnesAreSkipped() {
        CompletableFuture<ConnectionTest> test = begun(definition);
        harness.link().down(REFUSED);

        ConnectionTest result = test.join();
        assertThat(steps(result)).containsExactly("DNS PASSED", "TCP FAILED", "MQTT SKIPPED", "SUBSCRIBE SKIPPED");
        assertThat(result.failure().kind()).isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(result.steps().get(1).detail()).isEqualTo(result.failure().message());
        harness.link().closed();
        assertNothingLeft();
    }

    @Test
    void anUnknownNameAndAForbiddenAddressEndItBeforeAnythingIsConnected() {
        harness.unknownHosts.put("broker.example", "");
        ConnectionTest unknown = begun(definition).join();
        assertThat(unknown.failure().kind()).isEqualTo(FailureKind.DNS_UNKNOWN_HOST);
        assertThat(steps(unknown)).startsWith("DNS FAILED");

        harness.unknownHosts.clear();
        harness.policy = (d, address, port) -> false;
        ConnectionTest forbidden = begun(definition).join();
        assertThat(forbidden.failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        assertThat(harness.links).isEmpty();
        assertNothingLeft();
    }

    @Test
    void theNextEndpointIsTriedIfOneDoesNotWork() {
        CompletableFuture<ConnectionTest> test = begun(definition.toBuilder()
                .endpoints(List.of(Endpoint.of("one.example", 1), Endpoint.of("two.example", 2)))
                .build());
        ScriptedLink first = harness.link();
        first.down(REFUSED);
        first.closed();
        harness.settle();
        harness.link().observer.passed(ConnectionStage.TCP);
        harness.link().opened();

        ConnectionTest result = test.join();
        assertThat(result.succeeded()).isTrue();
        assertThat(result.endpoint()).isEqualTo(Endpoint.of("two.example", 2));
        harness.link().closed();
        assertNothingLeft();
    }

    @Test
    void sharedSubscriptionsAreNotJoined() {
        harness.want("$share/group/a");
        CompletableFuture<ConnectionTest> test = begun(definition);
        harness.link().observer.passed(ConnectionStage.TCP);
        harness.link().opened();

        assertThat(steps(test.join())).endsWith("SUBSCRIBE SKIPPED");
        assertThat(harness.link().subscribes).isEmpty();
    }

    @Test
    void aRefusedFilterIsShown() {
        harness.want("a", "b");
        harness.refusing = Set.of("b");
        CompletableFuture<ConnectionTest> test = begun(definition);
        harness.link().observer.passed(ConnectionStage.TCP);
        harness.link().opened();

        ConnectionTest result = test.join();
        assertThat(steps(result)).endsWith("MQTT PASSED", "SUBSCRIBE FAILED");
        assertThat(result.failure().kind()).isEqualTo(FailureKind.SUBSCRIBE_DENIED);
        assertThat(result.subscriptions())
                .filteredOn(SubscriptionStatus::isRefused)
                .hasSize(1);
    }

    @Test
    void whoCancelsEndsTheAttemptAtOnce() {
        CompletableFuture<ConnectionTest> test = begun(definition);
        test.cancel(true);
        assertThat(harness.link().endSession).isTrue();
        harness.link().closed();
        assertNothingLeft();
    }

    @Test
    void anAttemptThatNothingEndsIsEndedAfterHalfAMinute() {
        CompletableFuture<ConnectionTest> test = begun(definition);
        harness.link().observer.passed(ConnectionStage.TCP);
        harness.time.advance(Duration.ofSeconds(29));
        assertThat(test).isNotDone();
        harness.time.advance(Duration.ofSeconds(1));

        assertThat(test.join().failure().kind()).isEqualTo(FailureKind.MQTT_CONNACK_TIMEOUT);
        assertThat(steps(test.join())).contains("MQTT FAILED");
        harness.link().closed();
        assertNothingLeft();
    }

    @Test
    void onlySoManyRunAtOnce() {
        List<CompletableFuture<ConnectionTest>> tests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tests.add(begun(EngineHarness.definition().build()));
        }
        assertThat(harness.links).hasSize(16);
        tests.get(19).cancel(true);
        harness.links.get(0).down(REFUSED);
        harness.links.get(0).closed();
        harness.settle();
        assertThat(harness.links).hasSize(17);
        harness.violations.clear(); // many links of one broker are what this is about
    }

    @Test
    void whoClosesTheManagerEndsAllTestsAndNoNewOneBegins() {
        CompletableFuture<ConnectionTest> test = begun(definition);
        CompletableFuture<Void> closed = connections.close(Duration.ofSeconds(10));
        assertThat(test).isCancelled();
        assertThat(closed).isNotDone();
        harness.link().closed();
        assertThat(closed).isDone();
        assertThatThrownBy(() -> connections.test(definition)).isInstanceOf(IllegalStateException.class);
    }

    private void assertNothingLeft() {
        connections.close(Duration.ofSeconds(10)).join();
        harness.time.advance(Duration.ofSeconds(31));
        assertThat(harness.links).allMatch(link -> link.phase == ScriptedLink.Phase.CLOSED);
    }
}
