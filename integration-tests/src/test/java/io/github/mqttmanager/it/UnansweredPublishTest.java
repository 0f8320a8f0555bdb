package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.BrokerEvent;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.OutboundLimits;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ReceivedPacket;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.topic.QoS;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker that answers everything but what it was sent. */
class UnansweredPublishTest {
    private static final BrokerId BROKER = BrokerId.of("b");

    static List<Arguments> swallowed() {
        return List.of(
                Arguments.of(MqttVersion.V5, QoS.AT_LEAST_ONCE, PacketType.PUBLISH),
                Arguments.of(MqttVersion.V3_1_1, QoS.AT_LEAST_ONCE, PacketType.PUBLISH),
                Arguments.of(MqttVersion.V5, QoS.EXACTLY_ONCE, PacketType.PUBREL),
                Arguments.of(MqttVersion.V3_1_1, QoS.EXACTLY_ONCE, PacketType.PUBREL));
    }

    @ParameterizedTest
    @MethodSource("swallowed")
    void theConnectionIsMadeAnewAndTheMessageSentAgain(MqttVersion version, QoS qos, PacketType swallowed)
            throws Exception {
        Duration limit = Duration.ofSeconds(1);
        try (ScriptedBroker broker = ScriptedBroker.start().on(swallowed, Reaction.silence());
                Host host = new Host(
                        (device, publish) -> {},
                        builder -> builder.outboundLimits(OutboundLimits.DEFAULT.withAnswer(limit)))) {
            host.manager.save(
                    Host.broker("b", broker.port()).mqttVersion(version).build());
            host.awaitConnected("b");
            long began = System.nanoTime();
            CompletableFuture<PublishReceipt> receipt = host.manager.publishTo(
                    BROKER,
                    OutboundPublish.builder().topic("t").payload("x").qos(qos).build());
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(host.manager.history(BROKER))
                            .extracting(BrokerEvent::failure)
                            .anySatisfy(failure -> {
                                assertThat(failure).isNotNull();
                                assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
                                assertThat(failure.message()).contains(swallowed.name(), "1 s");
                            }));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(limit);
            broker.behave();
            assertThat(receipt.get(30, TimeUnit.SECONDS).reasonCode()).isZero();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(broker.received(swallowed)).hasSizeGreaterThanOrEqualTo(2));
            // Once in each round of the limit and the delay of the policy, which is no hammering.
            assertThat(broker.received(swallowed)).hasSizeLessThan(10);
            assertThat(broker.received(PacketType.PUBLISH))
                    .extracting(ReceivedPacket::flags)
                    .as("sent again as a duplicate, unless the session was lost")
                    .isNotEmpty();
            var counters = host.status("b").counters();
            assertThat(counters.published()).isEqualTo(1);
            assertThat(counters.accepted()).isEqualTo(1);
        }
    }
}
