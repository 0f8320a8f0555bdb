package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.it.recording.RecordingBroker;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.EmbeddedBrokerExtension;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.topic.QoS;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** QoS 2 into the session of a host that was killed between PUBREC and PUBREL. */
class ExactlyOnceTest {
    @RegisterExtension
    static final EmbeddedBrokerExtension HIVEMQ = new EmbeddedBrokerExtension(EmbeddedBroker.builder());

    private static final BrokerId BROKER = BrokerId.of("b");

    private static String client(MqttVersion version) {
        return "phoenix-" + version;
    }

    private static BrokerDefinition definition(int port, MqttVersion version) {
        return Host.broker("b", port)
                .clientIdentifier(client(version))
                .mqttVersion(version)
                .build();
    }

    private static OutboundPublish message(String payload, QoS qos) {
        return OutboundPublish.builder()
                .topic("orders/new")
                .payload(payload)
                .qos(qos)
                .build();
    }

    /** A host in a process of its own: connects, and publishes when it is told to. */
    static final class Killed {
        public static void main(String[] arguments) throws Exception {
            Host host = new Host();
            host.manager.save(definition(Integer.parseInt(arguments[0]), MqttVersion.valueOf(arguments[1])));
            host.awaitConnected("b");
            host.manager.publishTo(BROKER, message("before", QoS.EXACTLY_ONCE)).get(20, TimeUnit.SECONDS);
            System.out.println("ready");
            if (System.in.read() > 0) {
                host.manager.publishTo(BROKER, message("open", QoS.EXACTLY_ONCE));
                host.manager.publishTo(BROKER, message("behind", QoS.AT_LEAST_ONCE));
            }
            Thread.currentThread().join();
        }
    }

    /** What a subscriber was given, in its order. */
    private static final class Orders implements AutoCloseable {
        final List<String> received = new CopyOnWriteArrayList<>();
        private final Publisher subscriber;

        Orders(int port) {
            subscriber = new Publisher(port);
            subscriber
                    .client()
                    .toAsync()
                    .publishes(
                            MqttGlobalPublishFilter.ALL,
                            publish -> received.add(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8)));
            subscriber
                    .client()
                    .subscribeWith()
                    .topicFilter("orders/#")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .send();
        }

        void await(String... payloads) {
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .untilAsserted(() -> assertThat(received).contains(payloads));
        }

        @Override
        public void close() {
            subscriber.close();
        }
    }

    /** Leaves a session behind in which the first packet identifier is open: PUBREC was sent, PUBREL never came. */
    private static void killBetweenPubrecAndPubrel(int port, MqttVersion version, Orders orders) throws Exception {
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", port)) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Killed.class.getName(),
                            String.valueOf(proxy.port()),
                            version.name())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                awaitReady(process);
                orders.await("before");
                proxy.stall(FaultProxy.Direction.TO_CLIENT);
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
                orders.await("behind"); // so the broker has taken the one before as well, and answered
            } finally {
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private static void awaitReady(Process process) throws IOException {
        BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream()));
        for (String line = said.readLine(); !"ready".equals(line); line = said.readLine()) {
            assertThat(line).as("the host has ended").isNotNull();
        }
    }

    private static void theSuccessorLosesNothing(int port, MqttVersion version) throws Exception {
        try (Orders orders = new Orders(port)) {
            killBetweenPubrecAndPubrel(port, version, orders);
            try (Host host = new Host()) {
                host.manager.save(definition(port, version));
                host.awaitConnected("b");
                assertThat(host.status("b").grants().sessionPresent()).isTrue();
                for (String payload : List.of("1", "2", "3")) {
                    host.manager
                            .publishTo(BROKER, message(payload, QoS.EXACTLY_ONCE))
                            .get(20, TimeUnit.SECONDS);
                }
                orders.await("before", "open", "1", "2", "3");
                assertThat(orders.received).as("exactly once").doesNotHaveDuplicates();
                assertThat(orders.received).containsSubsequence("before", "open", "1", "2", "3");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAtHiveMq(MqttVersion version) throws Exception {
        theSuccessorLosesNothing(HIVEMQ.port(), version);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAtMosquitto(MqttVersion version) throws Exception {
        try (Mosquitto broker = Mosquitto.start()) {
            theSuccessorLosesNothing(broker.port(), version);
        }
    }

    /** This one hands a message on when PUBREL comes, as Mosquitto does, and has all that it accepted on disk. */
    @ParameterizedTest
    @EnumSource
    void nothingIsLostAtTheRecordingBroker(MqttVersion version, @TempDir Path folder) throws Exception {
        try (RecordingBroker broker = RecordingBroker.start(folder)) {
            theSuccessorLosesNothing(broker.port(), version);
        }
    }

    /** What would happen if the open exchanges were not completed first. */
    @Test
    void theBareClientLosesAMessageThere() throws Exception {
        try (Orders orders = new Orders(HIVEMQ.port())) {
            killBetweenPubrecAndPubrel(HIVEMQ.port(), MqttVersion.V5, orders);
            var client = Mqtt5Client.builder()
                    .identifier(client(MqttVersion.V5))
                    .serverHost("127.0.0.1")
                    .serverPort(HIVEMQ.port())
                    .buildBlocking();
            client.connectWith().cleanStart(false).sessionExpiryInterval(3_600).send();
            for (String payload : List.of("1", "2")) {
                client.publishWith()
                        .topic("orders/new")
                        .qos(MqttQos.EXACTLY_ONCE)
                        .payload(payload.getBytes(StandardCharsets.UTF_8))
                        .send();
            }
            client.disconnect();
            orders.await("2");
            assertThat(orders.received).as("confirmed, and lost").doesNotContain("1");
        }
    }

    @Test
    void aBrokerThatClosesTheConnectionInsteadIsRemembered() throws Exception {
        byte[] sessionPresent = {0x20, 3, 1, 0, 0};
        try (ScriptedBroker broker = ScriptedBroker.start()
                        .on(PacketType.CONNECT, Reaction.send(sessionPresent))
                        .on(PacketType.PUBREL, Reaction.close());
                Host host = new Host()) {
            host.manager.save(definition(broker.port(), MqttVersion.V5));
            host.awaitConnected("b");
            CompletableFuture<PublishReceipt> unsafe = host.manager.publishTo(BROKER, message("1", QoS.EXACTLY_ONCE));
            assertThatThrownBy(() -> unsafe.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            failure -> assertThat(failure.failure()).isEqualTo(PublishFailure.UNSAFE_QOS_2))
                    .hasMessageContaining("closed the connection 2 times");
            host.manager.publishTo(BROKER, message("2", QoS.AT_LEAST_ONCE)).get(20, TimeUnit.SECONDS);
            assertThat(broker.received(PacketType.PUBLISH)).hasSize(1);
            await().untilAsserted(
                            () -> assertThat(host.status("b").isConnected()).isTrue());
        }
    }
}
