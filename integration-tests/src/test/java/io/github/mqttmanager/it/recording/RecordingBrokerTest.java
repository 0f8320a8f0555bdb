package io.github.mqttmanager.it.recording;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge must be right before it judges. */
class RecordingBrokerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private RecordingBroker broker;

    @BeforeEach
    void start() {
        broker = RecordingBroker.start(folder);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Mqtt5BlockingClient client(String id) {
        return Mqtt5Client.builder()
                .identifier(id)
                .serverHost("127.0.0.1")
                .serverPort(broker.port())
                .buildBlocking();
    }

    private static boolean connect(Mqtt5BlockingClient client, int receiveMaximum) {
        return client.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(3_600)
                .restrictions()
                .receiveMaximum(receiveMaximum)
                .applyRestrictions()
                .send()
                .isSessionPresent();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Mqtt5Publish publish) {
        return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
    }

    private static Mqtt5Publish next(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws InterruptedException {
        return publishes.receive(PATIENCE.toSeconds(), TimeUnit.SECONDS).orElseThrow();
    }

    private List<LoggedPacket> log() {
        try (Stream<LoggedPacket> packets = broker.packets()) {
            return packets.toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aMessageGoesFromOneClientToAnother(int qos) throws Exception {
        Mqtt5BlockingClient receiver = client("receiver");
        Mqtt5BlockingClient sender = client("sender");
        try (var publishes = receiver.publishes(MqttGlobalPublishFilter.ALL)) {
            connect(receiver, 10);
            receiver.subscribeWith()
                    .topicFilter("a/+/c")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .send();
            connect(sender, 10);
            sender.publishWith()
                    .topic("a/b/c")
                    .qos(MqttQos.fromCode(qos))
                    .payload(bytes("m-1 and\ttext"))
                    .send();

            Mqtt5Publish received = next(publishes);
            assertThat(text(received)).isEqualTo("m-1 and\ttext");
            assertThat(received.getQos().getCode()).isEqualTo(qos);
            assertThat(log()).anySatisfy(packet -> {
                assertThat(packet.isAccepted()).isTrue();
                assertThat(packet.message()).isEqualTo("m-1");
            });
        }
        receiver.disconnect();
        sender.disconnect();
    }

    @Test
    void sessionsSurviveAKillWithTheirSubscriptionsAndMessages() throws Exception {
        Mqtt5BlockingClient receiver = client("receiver");
        assertThat(connect(receiver, 10)).isFalse();
        receiver.subscribeWith().topicFilter("#").qos(MqttQos.AT_LEAST_ONCE).send();
        receiver.disconnect();
        broker.kill();
        broker.begin();

        Mqtt5BlockingClient sender = client("sender");
        connect(sender, 10);
        for (int i = 0; i < 25; i++) {
            sender.publishWith()
                    .topic("t")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(bytes("m-" + i))
                    .send();
        }
        broker.kill();
        broker.begin();

        try (var publishes = receiver.publishes(MqttGlobalPublishFilter.ALL)) {
            assertThat(connect(receiver, 10)).isTrue();
            for (int i = 0; i < 25; i++) {
                assertThat(text(next(publishes))).isEqualTo("m-" + i);
            }
        }
        broker.awaitNoBacklog("receiver", PATIENCE);
        receiver.disconnect();
    }

    @Test
    void noMoreThanTheReceiveMaximumIsUnacknowledgedAndAllOfItComesAgain() throws Exception {
        for (int i = 0; i < 12; i++) {
            broker.preload("receiver", 1, "t", "m-" + i);
        }
        Mqtt5BlockingClient receiver = client("receiver");
        try (var publishes = receiver.publishes(MqttGlobalPublishFilter.ALL, true)) {
            assertThat(connect(receiver, 5)).isTrue();
            for (int i = 0; i < 5; i++) {
                next(publishes);
            }
            broker.await(Way.TO_CLIENT, "PUBLISH", 5, PATIENCE);
            assertThat(broker.backlog("receiver")).isEqualTo(12);
            assertThat(publishes.receive(200, TimeUnit.MILLISECONDS)).isEmpty();
        }
        broker.kill();
        broker.begin();
        Mqtt5BlockingClient successor = client("receiver");
        try (var publishes = successor.publishes(MqttGlobalPublishFilter.ALL)) {
            assertThat(connect(successor, 5)).isTrue();
            for (int i = 0; i < 12; i++) {
                assertThat(text(next(publishes))).isEqualTo("m-" + i);
            }
        }
        broker.awaitNoBacklog("receiver", PATIENCE);
        assertThat(log().stream().filter(packet -> packet.is(Way.TO_CLIENT, "PUBLISH") && packet.has('d')))
                .hasSize(5);
        successor.disconnect();
    }

    @Test
    void anIdentifierThatAnEarlierProcessLeftOpenSwallowsTheNextMessage() {
        Mqtt5AsyncClient first = client("sender").toAsync();
        connect(first.toBlocking(), 10);
        broker.hold("PUBREC");
        first.publishWith()
                .topic("t")
                .qos(MqttQos.EXACTLY_ONCE)
                .payload(bytes("first"))
                .send();
        broker.await(Way.TO_CLIENT, "PUBREC", 1, PATIENCE);

        // The successor takes over, and knows nothing of the identifier. What is released may be answered at once.
        broker.ignore("PUBREL");
        broker.release("PUBREC");
        Mqtt5AsyncClient second = client("sender").toAsync();
        connect(second.toBlocking(), 10);
        broker.heed("PUBREL");
        second.toBlocking()
                .publishWith()
                .topic("t")
                .qos(MqttQos.EXACTLY_ONCE)
                .payload(bytes("second"))
                .send();

        assertThat(log().stream().filter(LoggedPacket::isAccepted).map(LoggedPacket::message))
                .containsExactly("first");
        second.toBlocking().disconnect();
    }

    @Test
    void mqtt311IsSpokenToo() throws Exception {
        Mqtt3BlockingClient client = Mqtt3Client.builder()
                .identifier("old")
                .serverHost("127.0.0.1")
                .serverPort(broker.port())
                .buildBlocking();
        try (var publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.connectWith().cleanSession(false).send();
            client.subscribeWith().topicFilter("t").qos(MqttQos.EXACTLY_ONCE).send();
            client.publishWith()
                    .topic("t")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .payload(bytes("m"))
                    .send();
            assertThat(publishes.receive(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isPresent();
            client.unsubscribeWith().topicFilter("t").send();
            client.disconnect();
        }
        assertThat(client.connectWith().cleanSession(false).send().isSessionPresent())
                .isTrue();
        client.disconnect();
    }
}
