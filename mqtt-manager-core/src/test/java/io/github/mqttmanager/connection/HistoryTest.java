package io.github.mqttmanager.connection;

import static io.github.mqttmanager.connection.BrokerEvent.Initiator.BROKER;
import static io.github.mqttmanager.connection.BrokerEvent.Initiator.DEFINITION;
import static io.github.mqttmanager.connection.BrokerEvent.Initiator.MANAGER;
import static io.github.mqttmanager.connection.BrokerEvent.Initiator.NETWORK;
import static io.github.mqttmanager.connection.BrokerEvent.Initiator.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.connection.BrokerEvent.Type;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What happened to a broker, why and by whom. */
class HistoryTest {
    private final EngineHarness harness = new EngineHarness();
    private BrokerDefinition definition = EngineHarness.definition().build();
    private final BrokerConnection connection = new BrokerConnection(definition, harness.engine(), null);

    private void apply(UnaryOperator<BrokerDefinition.Builder> change) {
        definition = change.apply(definition.toBuilder().version(definition.version() + 1))
                .build();
        connection.apply(definition);
    }

    private void connect() {
        connection.apply(definition);
        harness.settle();
        harness.link().opened();
    }

    private void nextAttempt() {
        harness.time.advance(Duration.between(
                harness.time.instant(),
                Objects.requireNonNull(connection.status().nextAttemptAt())));
        harness.settle();
    }

    /** The first first. */
    private List<String> told() {
        List<BrokerEvent> events = new ArrayList<>(connection.history());
        Collections.reverse(events);
        return events.stream()
                .map(event -> event.type() + " by " + event.initiator()
                        + (event.actor() == null ? "" : " " + event.actor())
                        + (event.repeated() == 1 ? "" : " x" + event.repeated()))
                .toList();
    }

    @Test
    void aLossAndItsRepairAreTold() {
        connect();
        harness.link().down(new IOException("Connection reset by peer"));
        nextAttempt();
        harness.link().opened(true);

        assertThat(told())
                .containsExactly("CONNECTED by MANAGER", "CONNECTION_LOST by NETWORK", "CONNECTED by MANAGER");
        BrokerEvent lost = connection.history().get(1);
        assertThat(Objects.requireNonNull(lost.failure()).kind()).isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(lost.endpoint()).isEqualTo(Endpoint.of("broker.example", 1883));
        assertThat(lost.at()).isBefore(harness.time.instant());
        assertThat(connection.history()).extracting(BrokerEvent::sequence).containsExactly(3L, 2L, 1L);
    }

    @Test
    void attemptsThatFailInTheSameWayAreOneEvent() {
        connection.apply(definition);
        harness.settle();
        for (int i = 0; i < 50; i++) {
            harness.link().down(new ConnectException("Connection refused"));
            nextAttempt();
        }
        harness.link().opened();

        assertThat(told()).containsExactly("ATTEMPT_FAILED by NETWORK x50", "CONNECTED by MANAGER");
        BrokerEvent failed = connection.history().get(1);
        assertThat(failed.firstAt()).isBefore(failed.at());
    }

    @Test
    void theEndpointsOfARoundAreOneEventEach() {
        definition = definition.toBuilder()
                .endpoints(List.of(Endpoint.of("one.example", 1), Endpoint.of("two.example", 2)))
                .build();
        connection.apply(definition);
        harness.settle();
        for (int i = 0; i < 10; i++) {
            harness.link().down(new ConnectException("Connection refused"));
            nextAttempt();
        }

        assertThat(told())
                .containsExactly(
                        "DEFINITION_CHANGED by DEFINITION",
                        "ATTEMPT_FAILED by NETWORK x5",
                        "ATTEMPT_FAILED by NETWORK x5");
    }

    @Test
    void theEndpointThatWasLostIsNamedNotTheOneThatComesNext() {
        Endpoint two = Endpoint.of("two.example", 2);
        definition = definition.toBuilder()
                .endpoints(List.of(Endpoint.of("one.example", 1), two))
                .build();
        connection.apply(definition);
        harness.settle();
        harness.link().down(new ConnectException("Connection refused"));
        nextAttempt();
        harness.link().opened();
        assertThat(connection.status().endpoint()).isEqualTo(two);
        harness.time.advance(Duration.ofMinutes(1));
        harness.link().down(new IOException("Connection reset by peer"));

        assertThat(connection.status().endpoint()).isEqualTo(two);
        assertThat(connection.history().get(0).endpoint()).isEqualTo(two);
    }

    @Test
    void thePersonWhoAskedIsNamedWithWhatTheyAskedForAndWithWhatCameOfIt() {
        connect();
        connection.requested(false, "anna");
        apply(d -> d.active(false));
        harness.link().closed();
        connection.requested(true, "bert");
        apply(d -> d.active(true));
        harness.settle();
        harness.link().opened(true);

        assertThat(told())
                .containsExactly(
                        "CONNECTED by MANAGER",
                        "DISCONNECT_REQUESTED by USER anna",
                        "DISCONNECTED by USER anna",
                        "CONNECT_REQUESTED by USER bert",
                        "CONNECTED by USER bert");
    }

    @Test
    void aWishThatWasStoredByOthersIsTheDefinitions() {
        connect();
        apply(d -> d.active(false));
        harness.link().closed();

        assertThat(told())
                .containsExactly(
                        "CONNECTED by MANAGER", "DISCONNECT_REQUESTED by DEFINITION", "DISCONNECTED by DEFINITION");
    }

    @Test
    void aChangedDefinitionReplacesTheLink() {
        connect();
        apply(d -> d.clientIdentifier("another"));
        harness.link().closed();
        harness.settle();
        harness.link().opened();

        assertThat(told())
                .containsExactly(
                        "CONNECTED by MANAGER",
                        "DEFINITION_CHANGED by DEFINITION",
                        "DISCONNECTED by DEFINITION",
                        "CONNECTED by DEFINITION");
    }

    @Test
    void aNewNameIsNoEvent() {
        connect();
        apply(d -> d.name("another name"));
        assertThat(told()).containsExactly("CONNECTED by MANAGER");
    }

    @Test
    void aRefusedFilterIsToldOnceAndNotWithEveryProbe() {
        harness.want("a", "b");
        harness.refusing = Set.of("b");
        connect();
        for (int i = 0; i < 60; i++) {
            harness.time.advance(Duration.ofSeconds(1));
            connection.sweep();
            List.copyOf(harness.link().probes).forEach(probe -> probe.complete(null));
        }
        assertThat(told()).containsExactly("CONNECTED by MANAGER", "SUBSCRIPTION_REFUSED by BROKER");
    }

    @Test
    void aBrokerThatDoesNotAnswerForAWhileIsTold() {
        connect();
        for (int i = 0; i < 11; i++) {
            harness.time.advance(Duration.ofSeconds(1));
            connection.sweep();
        }
        List.copyOf(harness.link().probes).forEach(probe -> probe.complete(null));
        assertThat(told()).containsExactly("CONNECTED by MANAGER", "UNRESPONSIVE by MANAGER", "RESPONSIVE by BROKER");
    }

    @Test
    void onlyTheLatestHundredAreKept() {
        History history = new History(harness.time);
        for (int i = 0; i < 250; i++) {
            history.add(
                    Type.CONNECTED,
                    List.of(USER, DEFINITION, BROKER, NETWORK, MANAGER).get(i % 5));
        }
        assertThat(history.latest()).hasSize(100);
        assertThat(history.latest().get(0).sequence()).isEqualTo(250);
        assertThat(history.latest().get(99).sequence()).isEqualTo(151);
    }
}
