package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishReceipt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the page {@code docs/testing.md} shows, as it stands there. */
class TestingYourApplicationTest {
    private static final BrokerId PLANT = BrokerId.of("plant-7");

    private final List<String> readings = new CopyOnWriteArrayList<>();
    private MqttManager manager;

    /** Your application: what it does with what devices say. */
    @BeforeEach
    void startApplication() {
        manager = MqttManager.builder()
                .handler((device, publish) -> readings.add(device.id() + "=" + publish.payloadText()))
                .build();
        manager.start();
    }

    @AfterEach
    void stopApplication() {
        manager.close();
    }

    private BrokerStatus status() {
        return manager.status(PLANT).orElseThrow();
    }

    @Test
    void aReadingReachesTheApplication() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            manager.save(BrokerDefinition.builder("plant-7", broker.host(), broker.port())
                    .build());
            manager.save(Device.builder("boiler", "plant-7").build());
            await().until(() ->
                    status().isConnected() && !status().subscriptions().isEmpty());

            manager.publishTo(
                            PLANT,
                            OutboundPublish.builder()
                                    .topic("devices/boiler/telemetry")
                                    .payload("21.5")
                                    .build())
                    .get(10, TimeUnit.SECONDS);

            await().until(() -> readings.contains("boiler=21.5"));
        }
    }

    @Test
    void nothingIsLostWhenTheLinkIsCut() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                FaultProxy proxy = FaultProxy.to(broker.host(), broker.port())) {
            manager.save(BrokerDefinition.builder("plant-7", proxy.host(), proxy.port())
                    .build());
            manager.save(Device.builder("boiler", "plant-7").build());
            await().until(() -> status().isConnected());

            proxy.refuse(true); // nobody listens any more,
            proxy.cut(); // and the link is reset
            await().until(() -> !status().isConnected());
            CompletableFuture<PublishReceipt> receipt =
                    manager.publish(DeviceId.of("boiler"), OutboundPublish.of("on"));
            assertThat(receipt).isNotDone();

            proxy.refuse(false);
            receipt.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aBusyBrokerIsExplainedAndTriedAgain() {
        try (ScriptedBroker broker =
                ScriptedBroker.start().on(PacketType.CONNECT, Reaction.connAck(0x89, "too many clients", null))) {
            manager.save(BrokerDefinition.builder("plant-7", broker.host(), broker.port())
                    .build());
            await().until(() -> status().failure() != null);
            assertThat(status().failure().kind()).isEqualTo(FailureKind.MQTT_SERVER_UNAVAILABLE);
            assertThat(status().failure().message()).contains("too many clients");

            broker.behave();
            await().atMost(Duration.ofSeconds(30)).until(() -> status().isConnected());
            assertThat(broker.received(PacketType.CONNECT)).hasSizeGreaterThan(1);
        }
    }

    @Test
    void thePageShowsWhatIsTestedHere() throws Exception {
        Path page = Path.of("..", "docs", "testing.md");
        String source = Files.readString(
                Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java"), StandardCharsets.UTF_8);
        Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(page));
        int shown = 0;
        while (blocks.find()) {
            assertThat(source).contains(blocks.group(1));
            shown++;
        }
        assertThat(shown).isEqualTo(4);
    }
}
