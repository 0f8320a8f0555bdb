package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way the client must be used so that nothing that came in is lost; each test stands for a defect of the plain use. */
class InboundRecipeTest {
    @ParameterizedTest
    @EnumSource
    void aThrowingHandlerNeverStopsTheFlow(MqttVersion version) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host(
                        (device, publish) -> {
                            int call = calls.incrementAndGet();
                            if (call % 5 == 1) {
                                throw new IllegalStateException("on purpose");
                            }
                            if (call % 5 == 3) {
                                throw new StackOverflowError("on purpose");
                            }
                        },
                        builder -> builder);
                Publisher device = new Publisher(mosquitto.port())) {
            host.manager.save(
                    Host.broker("m", mosquitto.port()).mqttVersion(version).build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitConnected("m");
            for (int i = 0; i < 100; i++) {
                device.publish("devices/d/telemetry", "" + i);
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(host.handled)
                            .containsExactlyElementsOf(IntStream.range(0, 100)
                                    .mapToObj(i -> "d=" + i)
                                    .toList()));
            assertThat(host.status("m").counters().acknowledged()).isEqualTo(100);
            assertThat(host.status("m").counters().open()).isZero();
        }
    }

    /** Unreleased, the seven would count against the receive maximum for ever: the client would end each connection itself (0x93). */
    @ParameterizedTest
    @EnumSource
    void linksCutWithOpenAcknowledgementsLoseNothingAndDoNotDisconnectThemselves(MqttVersion version) throws Exception {
        Set<String> done = ConcurrentHashMap.newKeySet();
        AtomicBoolean hold = new AtomicBoolean(true);
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port());
                Host host = new Host(
                        (device, publish) -> {
                            while (hold.get()) {
                                Thread.onSpinWait();
                            }
                            done.add(publish.payloadText());
                        },
                        builder -> builder.handlerThreads(16)
                                .reconnectPolicy((outage, settings, random) -> Duration.ofMillis(100)));
                Publisher device = new Publisher(mosquitto.port())) {
            host.manager.save(Host.broker("m", proxy.port())
                    .mqttVersion(version)
                    .session(SessionSettings.DEFAULT.withReceiveMaximum(10))
                    .build());
            for (int i = 0; i < 7; i++) {
                host.manager.save(Device.builder("d" + i, "m").build());
            }
            host.awaitConnected("m");
            List<String> sent = new ArrayList<>();
            for (int cut = 0; cut < 5; cut++) {
                hold.set(true);
                long received = host.status("m").counters().received();
                for (int i = 0; i < 7; i++) {
                    String text = cut + "-" + i;
                    device.publish("devices/d" + i + "/telemetry", text);
                    sent.add(text);
                }
                await().untilAsserted(() ->
                        assertThat(host.status("m").counters().received()).isGreaterThanOrEqualTo(received + 7));
                long links = proxy.acceptedLinks();
                proxy.cut();
                hold.set(false);
                await().untilAsserted(() -> assertThat(proxy.acceptedLinks()).isGreaterThan(links));
                host.awaitConnected("m");
                await().untilAsserted(() -> assertThat(done).containsAll(sent));
            }
            long links = proxy.acceptedLinks();
            device.publish("devices/d0/telemetry", "last");
            await().untilAsserted(() -> assertThat(done).contains("last"));
            assertThat(proxy.acceptedLinks()).as("no link ended by itself").isEqualTo(links);
            await().untilAsserted(
                            () -> assertThat(host.status("m").counters().open()).isZero());
        }
    }

    /** The end of a session kills even the flow of all publishes; what comes then would be acknowledged and lost. */
    @ParameterizedTest
    @EnumSource
    void messagesArriveAfterTheBrokerHasForgottenTheSession(MqttVersion version) throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host()) {
            host.manager.save(
                    Host.broker("m", mosquitto.port()).mqttVersion(version).build());
            host.manager.save(Device.builder("d", "m").build());
            host.awaitConnected("m");
            for (int restart = 0; restart < 3; restart++) {
                mosquitto.kill();
                host.awaitState("m", ConnectionState.RECONNECTING);
                mosquitto.begin();
                host.awaitConnected("m");
                assertThat(host.status("m").grants().sessionPresent()).isFalse();
                try (Publisher device = new Publisher(mosquitto.port())) {
                    device.publish("devices/d/telemetry", "restart " + restart);
                }
                host.awaitHandled("d=restart " + restart);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesThatWaitInAResumedSessionAreHandledAndNotLost(MqttVersion version) throws Exception {
        try (Mosquitto mosquitto = Mosquitto.start();
                Publisher device = new Publisher(mosquitto.port())) {
            var definition =
                    Host.broker("m", mosquitto.port()).mqttVersion(version).build();
            try (Host first = new Host()) {
                first.manager.save(definition);
                first.manager.save(Device.builder("d", "m").build());
                first.awaitConnected("m");
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                device.publish("devices/d/telemetry", "" + i);
                expected.add("d=" + i);
            }
            try (Host second = new Host()) {
                // The device first, as when both are loaded from a store.
                second.manager
                        .brokers()
                        .save(definition.toBuilder().active(false).build());
                second.manager.save(Device.builder("d", "m").build());
                second.manager.connect(BrokerId.of("m"));
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(second.handled).containsAll(expected));
                // Mosquitto before 2.0.13 exceeds the receive maximum; what was open then comes twice.
                assertThat(new LinkedHashSet<>(second.handled)).containsExactlyElementsOf(expected);
                assertThat(second.status("m").grants().sessionPresent()).isTrue();
                assertThat(second.status("m").counters().unrouted()).isZero();
            }
        }
    }

    @Test
    void aMessageThatWasNotHandledWhenTheHostStoppedComesAgain() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (Mosquitto mosquitto = Mosquitto.start();
                Publisher device = new Publisher(mosquitto.port())) {
            var definition = Host.broker("m", mosquitto.port()).build();
            try (Host first = new Host(
                    (d, publish) -> {
                        entered.countDown();
                        never.await();
                    },
                    builder -> builder)) {
                first.manager.save(definition);
                first.manager.save(Device.builder("d", "m").build());
                first.awaitConnected("m");
                device.publish("devices/d/telemetry", "precious");
                entered.await();
            }
            try (Host second = new Host()) {
                second.manager
                        .brokers()
                        .save(definition.toBuilder().active(false).build());
                second.manager.save(Device.builder("d", "m").build());
                second.manager.connect(BrokerId.of("m"));
                second.awaitHandled("d=precious");
            }
        }
    }

    @Test
    void oneDeviceThatIsSlowDoesNotStopTheOthers() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Mosquitto mosquitto = Mosquitto.start();
                Publisher device = new Publisher(mosquitto.port());
                Host host = new Host(
                        (d, publish) -> {
                            if (d.id().value().equals("slow")) {
                                release.await();
                            }
                        },
                        builder -> builder)) {
            host.manager.save(Host.broker("m", mosquitto.port()).build());
            host.manager.save(Device.builder("slow", "m").build());
            host.manager.save(Device.builder("fast", "m").build());
            host.awaitConnected("m");
            device.publish("devices/slow/telemetry", "0");
            for (int i = 0; i < 10; i++) {
                device.publish("devices/fast/telemetry", "" + i);
            }
            host.awaitHandled("fast=9");
            assertThat(host.handled).doesNotContain("slow=0");
            release.countDown();
            host.awaitHandled("slow=0");
        }
    }
}
