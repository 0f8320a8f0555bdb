package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerEvent.Type;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceRouter;
import io.github.mqttmanager.device.HandlerSettings;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a broker's connection does about handlers that are slow, hang or fail. */
class InboundConnectionTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineHarness harness = new EngineHarness();
    private final List<Acknowledgement> routed = new ArrayList<>();
    private final List<String> acknowledged = new ArrayList<>();
    private BrokerConnection connection;
    /** Whether the broker answers probes. */
    private boolean answering;

    private ScriptedLink connected() {
        harness.inboundLimits = InboundLimits.DEFAULT.withPerBroker(3, 1_000);
        return connected((publish, acknowledgement) -> routed.add(acknowledgement));
    }

    private ScriptedLink connected(InboundRouter router) {
        harness.router = router;
        harness.reconnectPolicy = (outage, settings, random) -> SECOND;
        connection = new BrokerConnection(EngineHarness.definition().build(), harness.engine(), null);
        connection.apply(EngineHarness.definition().build());
        harness.settle();
        harness.link().opened();
        return harness.link();
    }

    private void receive(String text, int bytes) {
        harness.link()
                .observer
                .received(
                        new InboundPublish(
                                BrokerId.of("b"),
                                TopicName.of("t"),
                                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8), 0, bytes),
                                QoS.AT_LEAST_ONCE,
                                false,
                                harness.time.instant(),
                                PublishProperties.NONE),
                        () -> acknowledged.add(text));
    }

    private void receive(String text) {
        receive(text, text.length());
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            harness.time.advance(SECOND);
            connection.sweep();
            if (answering) {
                harness.link().probes.forEach(probe -> probe.complete(null));
            }
        }
    }

    private List<Type> events() {
        return connection.history().stream().map(BrokerEvent::type).toList();
    }

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    @Test
    void aLinkThatIsNotReadFromIsNotCalledUnresponsive() {
        ScriptedLink link = connected();
        for (int i = 0; i < 3; i++) {
            receive("" + i);
        }
        assertThat(link.onHold).isTrue();
        assertThat(connection.status().handling().paused()).isTrue();
        pass(300);
        assertThat(link.drops).isZero();
        assertThat(connection.status().responsive()).isTrue();
        assertThat(connection.status().isConnected()).isTrue();

        routed.forEach(Acknowledgement::handled);
        assertThat(link.onHold).isFalse();
        int probes = link.probes.size();
        pass(5);
        assertThat(link.probes).as("it is asked again").hasSizeGreaterThan(probes);
        pass(12);
        assertThat(link.drops).as("and now its silence counts").isEqualTo(1);
    }

    @Test
    void anAnswerToSubscribeThatIsNotReadIsWaitedFor() {
        harness.answering = false;
        harness.want("a");
        ScriptedLink link = connected();
        for (int i = 0; i < 3; i++) {
            receive("" + i);
        }
        pass(60);
        assertThat(link.drops).isZero();
        link.answer(link.subscribes.get(0));
        assertThat(connection.status().isConnected()).isTrue();
    }

    @Test
    void aConnectionThatBringsTwiceTheBoundIsGivenUpWithAWord() {
        ScriptedLink link = connected();
        String large = "x".repeat(900);
        receive(large);
        receive(large);
        assertThat(link.drops).isZero();
        receive(large);
        assertThat(link.drops).isEqualTo(1);
        link.down(null);
        ConnectionFailure failure = connection.status().failure();
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(FailureKind.HANDLERS_BEHIND);
        assertThat(failure.message()).contains("2 messages");
        assertThat(failure.retryable()).isTrue();
        assertThat(connection.history().get(0).initiator()).isEqualTo(BrokerEvent.Initiator.MANAGER);
        assertThat(connection.status().counters().released()).isEqualTo(1);
    }

    @Test
    void handlersThatFailForAWhileAreTold() {
        connected();
        answering = true;
        receive("a");
        routed.get(0).failing(new IllegalStateException("no room"));
        pass(4);
        assertThat(events()).doesNotContain(Type.HANDLERS_TROUBLED);
        pass(2);
        assertThat(events()).startsWith(Type.HANDLERS_TROUBLED);
        assertThat(connection.history().get(0).failure().message()).contains("fail on 1 messages", "no room");
        assertThat(harness.told.get(harness.told.size() - 1).handling().failing())
                .isEqualTo(1);
        assertThat(connection.status().isConnected()).isTrue();
        pass(60);
        routed.get(0).handled();
        pass(29);
        assertThat(events()).as("once").containsOnlyOnce(Type.HANDLERS_TROUBLED);
        pass(3);
        assertThat(events()).startsWith(Type.HANDLERS_RECOVERED, Type.HANDLERS_TROUBLED);
        assertThat(harness.told.get(harness.told.size() - 1).handling().isTroubled())
                .isFalse();
    }

    @Test
    void aSessionThatTheBrokerHasForgottenIsTold() {
        ScriptedLink link = connected();
        link.down(null);
        pass(1);
        harness.settle();
        link.opened(true);
        assertThat(events()).doesNotContain(Type.SESSION_LOST);
        link.down(null);
        pass(1);
        harness.settle();
        link.opened(false);
        assertThat(events()).contains(Type.SESSION_LOST);
    }

    @Test
    void aLateAcknowledgementIsNotSent() {
        ScriptedLink link = connected();
        receive("a");
        link.down(null);
        routed.get(0).handled();
        pass(1);
        harness.settle();
        link.opened(true);
        receive("a");
        assertThat(acknowledged).isEmpty();
        routed.get(1).handled();
        assertThat(acknowledged).containsExactly("a");
    }

    /** One handler hangs, another fails; all messages come again on each of a thousand connections. */
    @Test
    void aFlappingLinkGathersNoCopies() {
        CompletableFuture<Void> hangs = new CompletableFuture<>();
        boolean[] broken = {true};
        List<String> handled = new ArrayList<>();
        DeviceRouter devices = new DeviceRouter(
                new InMemoryDeviceRepository(),
                HandlerSettings.of((device, publish) -> {
                            if (publish.payloadText().startsWith("hangs")) {
                                return hangs;
                            }
                            if (broken[0]) {
                                throw new IllegalStateException("on purpose");
                            }
                            handled.add(publish.payloadText());
                            return null;
                        })
                        .withRetries(SECOND, SECOND),
                harness.time,
                harness.time,
                harness.time,
                harness.time,
                harness.time);
        devices.put(Device.builder("hangs", "b").telemetryTopics("hangs").build());
        devices.put(Device.builder("fails", "b").telemetryTopics("fails").build());
        connected(devices);
        for (int flap = 0; flap < 1_000; flap++) {
            for (int i = 0; i < 20; i++) {
                for (String device : List.of("hangs", "fails")) {
                    String text = device + i;
                    harness.link()
                            .observer
                            .received(
                                    new InboundPublish(
                                            BrokerId.of("b"),
                                            TopicName.of(device),
                                            ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                                            QoS.AT_LEAST_ONCE,
                                            false,
                                            harness.time.instant(),
                                            PublishProperties.NONE),
                                    () -> acknowledged.add(text));
                }
            }
            harness.time.runDue();
            assertThat(devices.waiting()).as("one begun and one copy each").isLessThanOrEqualTo(42);
            if (flap < 999) {
                harness.link().down(null);
                pass(1);
                harness.settle();
                harness.link().opened(true);
            }
        }
        TrafficCounters counters = connection.status().counters();
        assertThat(counters.received()).isEqualTo(40_000);
        assertThat(counters.open()).isLessThanOrEqualTo(42);
        assertThat(counters.released() + counters.open()).isEqualTo(40_000);
        assertThat(connection.status().handling().failing()).isEqualTo(1);

        hangs.complete(null);
        broken[0] = false;
        pass(3);
        assertThat(acknowledged).hasSize(40).doesNotHaveDuplicates();
        assertThat(connection.status().counters().open()).isZero();
        assertThat(devices.waiting()).isZero();
        assertThat(handled).hasSize(21);
    }
}
