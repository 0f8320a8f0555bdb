package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Requests to a device that answers, and to some that do not, or badly. */
class RequestTest {
    private static final BrokerId BROKER = BrokerId.of("b");
    private static final DeviceId DEVICE = DeviceId.of("d");
    private static final Duration LONG = Duration.ofSeconds(30);

    /** A device that does something about each request. */
    private static final class Responder implements AutoCloseable {
        final Queue<Mqtt5Publish> requests = new ConcurrentLinkedQueue<>();
        private final Publisher client;

        Responder(int port, BiConsumer<Responder, Mqtt5Publish> reaction) {
            client = new Publisher(port);
            client.client().toAsync().publishes(MqttGlobalPublishFilter.ALL, request -> {
                requests.add(request);
                reaction.accept(this, request);
            });
            client.client().subscribeWith().topicFilter("devices/d/commands").send();
        }

        void answer(Mqtt5Publish request, ByteBuffer correlation, String payload) {
            client.client()
                    .toAsync()
                    .publishWith()
                    .topic(request.getResponseTopic().orElseThrow())
                    .correlationData(correlation)
                    .payload(payload.getBytes(StandardCharsets.UTF_8))
                    .qos(com.hivemq.client.mqtt.datatypes.MqttQos.AT_LEAST_ONCE)
                    .send();
        }

        void answer(Mqtt5Publish request) {
            answer(
                    request,
                    request.getCorrelationData().orElseThrow(),
                    "re: " + new String(request.getPayloadAsBytes(), StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static void connect(Host host, int port) {
        host.manager.save(Host.broker("b", port).clientIdentifier("asker").build());
        // A device that wants all there is, and must not be given the responses.
        host.manager.save(Device.builder("greedy", "b").telemetryTopics("#").build());
        host.manager.save(Device.builder("d", "b").build());
        host.awaitConnected("b");
    }

    private static void requestsAreAnswered(int port) throws Exception {
        try (Host host = new Host();
                Responder responder = new Responder(port, Responder::answer)) {
            connect(host, port);
            List<CompletableFuture<InboundPublish>> responses = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                responses.add(host.manager.request(DEVICE, OutboundPublish.of("" + i), LONG));
            }
            for (int i = 0; i < 100; i++) {
                InboundPublish response = responses.get(i).get(30, TimeUnit.SECONDS);
                assertThat(response.payloadText()).isEqualTo("re: " + i);
                assertThat(response.topic().value()).isEqualTo("mqtt-manager/responses/asker");
            }
            assertThat(responder.requests)
                    .allSatisfy(request -> assertThat(
                                    request.getMessageExpiryInterval().orElseThrow())
                            .isLessThanOrEqualTo(LONG.toSeconds()));
            assertThat(host.handled).noneMatch(handled -> handled.contains("re: "));
        }
    }

    @Test
    void requestsAreAnsweredAtHiveMq() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            requestsAreAnswered(broker.port());
        }
    }

    @Test
    void requestsAreAnsweredAtMosquitto() throws Exception {
        try (Mosquitto broker = Mosquitto.start()) {
            requestsAreAnswered(broker.port());
        }
    }

    @Test
    void nobodyAndTheWrongOnesAnswer() throws Exception {
        try (Mosquitto broker = Mosquitto.start();
                Host host = new Host();
                Responder hostile = new Responder(broker.port(), (responder, request) -> {
                    responder.answer(request, ByteBuffer.allocate(16), "a guess");
                    responder.answer(request, ByteBuffer.allocate(0), "nothing");
                })) {
            connect(host, broker.port());
            assertFails(
                    PublishFailure.NO_ANSWER,
                    host.manager.request(DEVICE, OutboundPublish.of("x"), Duration.ofMillis(1_500)));
            // One copy of each for the responses, and at this broker one for the device that wants everything.
            await().untilAsserted(() ->
                    assertThat(host.status("b").counters().unrouted()).isEqualTo(4));
            hostile.answer(hostile.requests.remove()); // too late
            await().untilAsserted(() ->
                    assertThat(host.status("b").counters().unrouted()).isEqualTo(6));
            assertThat(host.handled).noneMatch(handled -> handled.contains("guess"));
        }
    }

    @Test
    void theWaitGoesOnWhileTheConnectionIsLost() throws Exception {
        try (Mosquitto broker = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                Host host = new Host();
                Responder responder = new Responder(broker.port(), (self, request) -> {})) {
            connect(host, proxy.port());
            CompletableFuture<InboundPublish> request = host.manager.request(DEVICE, OutboundPublish.of("x"), LONG);
            await().until(() -> !responder.requests.isEmpty());
            proxy.refuse(true);
            proxy.cut();
            await().until(() -> !host.status("b").isConnected());
            responder.answer(responder.requests.remove()); // the broker keeps it for the session
            CompletableFuture<InboundPublish> offline = host.manager.request(DEVICE, OutboundPublish.of("y"), LONG);
            proxy.refuse(false);
            assertThat(request.get(30, TimeUnit.SECONDS).payloadText()).isEqualTo("re: x");
            await().until(() -> !responder.requests.isEmpty());
            responder.answer(responder.requests.remove());
            assertThat(offline.get(30, TimeUnit.SECONDS).payloadText()).isEqualTo("re: y");
        }
    }

    @Test
    void theBrokerMaySayWhereResponsesBelong() {
        byte[] information = "reserved/for-you".getBytes(StandardCharsets.UTF_8);
        ByteBuffer connAck = ByteBuffer.allocate(8 + information.length);
        connAck.put((byte) 0x20).put((byte) (6 + information.length)).putShort((short) 0);
        connAck.put((byte) (3 + information.length)).put((byte) 0x1A);
        connAck.putShort((short) information.length).put(information);
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.CONNECT, Reaction.send(connAck.array()));
                Host host = new Host()) {
            connect(host, broker.port());
            host.manager.request(DEVICE, OutboundPublish.of("x"), LONG);
            await().until(() -> !broker.received(PacketType.PUBLISH).isEmpty());
            assertThat(broker.received(PacketType.PUBLISH))
                    .allMatch(publish -> publish.contains("reserved/for-you/asker"));
            assertThat(broker.received(PacketType.SUBSCRIBE))
                    .anyMatch(subscribe -> subscribe.contains("reserved/for-you/asker"));
        }
    }

    @Test
    void whereRequestsAreImpossibleTheySaySo() throws Exception {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.builder().user("u", "p", "devices/#").start();
                Host host = new Host()) {
            host.manager.save(
                    Host.broker("b", broker.port()).credentials("u", "p").build());
            host.manager.save(Host.broker("old", broker.port())
                    .mqttVersion(MqttVersion.V3_1_1)
                    .credentials("u", "p")
                    .build());
            host.manager.save(Device.builder("d", "b").build());
            host.awaitConnected("b");
            host.awaitConnected("old");
            OutboundPublish question =
                    OutboundPublish.builder().topic("devices/x").payload("x").build();
            assertFails(PublishFailure.REFUSED, host.manager.request(DEVICE, OutboundPublish.of("x"), LONG));
            assertFails(PublishFailure.NOT_SENDABLE, host.manager.request(BrokerId.of("old"), question, LONG));
            assertFails(PublishFailure.UNKNOWN_BROKER, host.manager.request(BrokerId.of("none"), question, LONG));
            assertFails(PublishFailure.UNKNOWN_DEVICE, host.manager.request(DeviceId.of("none"), question, LONG));
            assertFails(PublishFailure.NO_TOPIC, host.manager.request(BROKER, OutboundPublish.of("x"), LONG));
        }
    }

    private static void assertFails(PublishFailure kind, CompletableFuture<?> outcome) {
        assertThatThrownBy(() -> outcome.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PublishException.class,
                        failure -> assertThat(failure.failure()).isEqualTo(kind));
    }
}
