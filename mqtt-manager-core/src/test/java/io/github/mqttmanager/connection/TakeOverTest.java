package io.github.mqttmanager.connection;

import static io.github.mqttmanager.connection.ConnectionState.CONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.FAILED;
import static io.github.mqttmanager.connection.ConnectionState.RECONNECTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two clients with one identifier throw each other out for ever, unless one of them notices. */
class TakeOverTest {
    /** As the client tells it. */
    private static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Closed() {
            super("Server closed connection without DISCONNECT.");
        }
    }

    private final EngineHarness harness = new EngineHarness();
    private final BrokerDefinition definition = EngineHarness.definition()
            .endpoints(List.of(Endpoint.of("one.example", 1883), Endpoint.of("two.example", 1883)))
            .build();
    private final BrokerConnection connection = new BrokerConnection(definition, harness.engine(), null);

    @BeforeEach
    void connect() {
        harness.want("a");
        connection.apply(definition);
        harness.settle();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    private ConnectionState state() {
        return connection.status().state();
    }

    private ConnectionFailure failure() {
        return Objects.requireNonNull(connection.status().failure());
    }

    private void lose(@Nullable Throwable cause) {
        harness.link().down(cause);
    }

    private void comeBack() {
        harness.time.advance(Duration.between(
                harness.time.instant(),
                Objects.requireNonNull(connection.status().nextAttemptAt())));
        harness.settle();
        harness.link().opened(true);
        assertThat(state()).isEqualTo(CONNECTED);
    }

    private List<BrokerEvent.Type> events() {
        return connection.history().stream().map(BrokerEvent::type).toList();
    }

    @Test
    void theThirdLossWithoutAWordEndsTheBattleWithAWordOnWhatToDo() {
        lose(new Closed());
        assertThat(state()).isEqualTo(RECONNECTING);
        comeBack();
        lose(new Closed());
        assertThat(state()).isEqualTo(RECONNECTING);
        comeBack();
        lose(new Closed());

        assertThat(state()).isEqualTo(FAILED);
        assertThat(failure().kind()).isEqualTo(FailureKind.MQTT_SESSION_TAKEN_OVER);
        assertThat(failure().retryable()).isFalse();
        assertThat(failure().message()).contains("most likely").contains("client");
        assertThat(failure().remedy()).contains("identifier of its own");
        assertThat(events().subList(0, 2))
                .containsExactly(BrokerEvent.Type.QUARANTINED, BrokerEvent.Type.CONNECTION_LOST);
        Duration wait = Duration.between(
                harness.time.instant(),
                Objects.requireNonNull(connection.status().nextAttemptAt()));
        assertThat(wait).isGreaterThan(Duration.ofSeconds(50));
    }

    @Test
    void afterTheNextLookOneLossIsEnough() {
        for (int i = 0; i < 3; i++) {
            lose(new Closed());
            comeBack();
        }
        lose(new Closed());
        assertThat(state()).isEqualTo(FAILED);
    }

    @Test
    void aUserWhoConnectsBeginsAnew() {
        for (int i = 0; i < 2; i++) {
            lose(new Closed());
            comeBack();
        }
        lose(new Closed());
        assertThat(state()).isEqualTo(FAILED);

        connection.connectNow();
        harness.settle();
        harness.link().opened(true);
        lose(new Closed());
        assertThat(state()).isEqualTo(RECONNECTING);
    }

    @Test
    void aConnectionThatLastedIsNoPartOfABattle() {
        for (int i = 0; i < 6; i++) {
            answerProbesFor(Duration.ofSeconds(40));
            lose(new Closed());
            assertThat(state()).isEqualTo(RECONNECTING);
            comeBack();
        }
    }

    private void answerProbesFor(Duration time) {
        for (long s = 0; s < time.toSeconds(); s++) {
            harness.time.advance(Duration.ofSeconds(1));
            connection.sweep();
            List.copyOf(harness.link().probes).forEach(probe -> probe.complete(null));
        }
    }

    @Test
    void aBrokerThatIsDownInBetweenIsNoBattle() {
        for (int i = 0; i < 6; i++) {
            lose(new Closed());
            harness.time.advance(Duration.between(
                    harness.time.instant(),
                    Objects.requireNonNull(connection.status().nextAttemptAt())));
            harness.settle();
            lose(new ConnectException("Connection refused"));
            assertThat(state()).isEqualTo(RECONNECTING);
            comeBack();
        }
    }

    @Test
    void aNetworkThatBreaksIsNoBattle() {
        for (int i = 0; i < 6; i++) {
            lose(new IOException("Connection reset by peer"));
            assertThat(state()).isEqualTo(RECONNECTING);
            comeBack();
        }
    }

    @Test
    void aConnectionThatIsClosedBeforeTheFiltersAreAnsweredIsNoBattle() {
        harness.link().answering = false;
        for (int i = 0; i < 6; i++) {
            lose(new Closed());
            harness.time.advance(Duration.between(
                    harness.time.instant(),
                    Objects.requireNonNull(connection.status().nextAttemptAt())));
            harness.settle();
            harness.link().opened(true);
        }
        assertThat(Arrays.asList(state())).isNotEqualTo(FAILED);
        assertThat(events()).doesNotContain(BrokerEvent.Type.QUARANTINED);
    }
}
