package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A link that is up and says nothing. */
class LivenessTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineHarness harness = new EngineHarness();
    private final BrokerConnection connection =
            new BrokerConnection(EngineHarness.definition().build(), harness.engine(), null);

    private ScriptedLink connected() {
        connection.apply(EngineHarness.definition().build());
        harness.settle();
        harness.link().opened();
        return harness.link();
    }

    /** Lets time pass as the sweep of all connections sees it. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            harness.time.advance(SECOND);
            connection.sweep();
        }
    }

    private void receive() {
        harness.link()
                .observer
                .received(
                        new InboundPublish(
                                BrokerId.of("b"),
                                TopicName.of("t"),
                                ByteBuffer.allocate(0),
                                QoS.AT_LEAST_ONCE,
                                false,
                                Instant.EPOCH,
                                PublishProperties.NONE),
                        () -> {});
    }

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    @Test
    void aSilentLinkIsAskedForAnAnswerAndTheRoundTripIsShown() {
        ScriptedLink link = connected();
        pass(4);
        assertThat(link.probes).isEmpty();
        pass(1);
        assertThat(link.probes).hasSize(1);
        harness.time.advance(Duration.ofMillis(12));
        link.probes.get(0).complete(null);
        assertThat(connection.status().roundTrip()).isEqualTo(Duration.ofMillis(12));
        assertThat(connection.status().responsive()).isTrue();
        pass(5);
        assertThat(link.probes).hasSize(2);
    }

    @Test
    void aLinkOnWhichMessagesComeIsNotAsked() {
        ScriptedLink link = connected();
        for (int i = 0; i < 20; i++) {
            pass(1);
            receive();
        }
        assertThat(link.probes).isEmpty();
        assertThat(connection.status().isConnected()).isTrue();
    }

    @Test
    void noAnswerIsShownWithinElevenSecondsAndEndsTheLinkSoonAfter() {
        ScriptedLink link = connected();
        pass(8);
        assertThat(connection.status().responsive()).isTrue();
        pass(1);
        assertThat(connection.status().responsive()).isFalse();
        assertThat(connection.status().isConnected()).isTrue();
        assertThat(connection.status().failure()).isNotNull();
        assertThat(connection.status().failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
        assertThat(harness.told.get(harness.told.size() - 1).responsive()).isFalse();
        assertThat(link.drops).isZero();
        pass(4);
        assertThat(link.drops).isEqualTo(1);
        link.down(null);
        assertThat(connection.status().state()).isEqualTo(ConnectionState.RECONNECTING);
        assertThat(connection.status().failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
    }

    @Test
    void aLateAnswerMakesTheLinkGoodAgain() {
        ScriptedLink link = connected();
        pass(9);
        assertThat(connection.status().responsive()).isFalse();
        link.probes.get(0).complete(null);
        assertThat(connection.status().responsive()).isTrue();
        assertThat(connection.status().failure()).isNull();
        pass(4);
        assertThat(link.drops).isZero();
    }

    @Test
    void messagesThatStillComeKeepADoubtedLinkAlive() {
        ScriptedLink link = connected();
        pass(5);
        for (int i = 0; i < 30; i++) {
            receive();
            pass(1);
        }
        assertThat(link.drops).isZero();
        assertThat(connection.status().responsive()).isTrue();
    }

    @Test
    void theAnswerToAnEarlierConnectionDoesNotCount() {
        ScriptedLink link = connected();
        pass(5);
        link.down(null);
        harness.time.advance(Duration.ofMinutes(1));
        harness.settle();
        link.opened();
        pass(9);
        link.probes.get(0).complete(null);
        assertThat(connection.status().responsive()).isFalse();
    }
}
