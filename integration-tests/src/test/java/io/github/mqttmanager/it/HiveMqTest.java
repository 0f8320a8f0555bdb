package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.SubscriptionStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.EmbeddedBrokerExtension;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against HiveMQ CE, which demands credentials and gives each user a namespace. */
class HiveMqTest {
    @RegisterExtension
    static final EmbeddedBrokerExtension BROKER = new EmbeddedBrokerExtension(
            EmbeddedBroker.builder().user("ann", "secret", "devices/#").user("ben", "other", "ben/#"));

    private static BrokerDefinition.Builder ann() {
        return Host.broker("h", BROKER.port()).credentials("ann", "secret");
    }

    @ParameterizedTest
    @EnumSource
    void telemetryComesAndCommandsGo(MqttVersion version) throws Exception {
        try (Host host = new Host();
                Publisher device = new Publisher(BROKER.port(), "ann", "secret")) {
            host.manager.save(ann().mqttVersion(version).build());
            host.manager.save(Device.builder("d", "h").build());
            host.awaitConnected("h");
            assertThat(host.status("h").subscriptions())
                    .singleElement()
                    .satisfies(
                            subscription -> assertThat(subscription.granted()).isNotNull());
            device.publish("devices/d/telemetry", "21.5");
            host.awaitHandled("d=21.5");
            assertThat(host.manager.lastSeen(DeviceId.of("d"))).isPresent();

            try (var commands = device.client().publishes(MqttGlobalPublishFilter.ALL)) {
                device.client()
                        .subscribeWith()
                        .topicFilter("devices/+/commands")
                        .send();
                host.manager.publish(DeviceId.of("d"), OutboundPublish.of("on")).get(10, TimeUnit.SECONDS);
                assertThat(new String(commands.receive().getPayloadAsBytes())).isEqualTo("on");
            }
            assertThat(host.status("h").counters().published()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWrongPasswordIsAFailureThatARetryCannotMend(MqttVersion version) {
        try (Host host = new Host()) {
            host.manager.save(Host.broker("h", BROKER.port())
                    .mqttVersion(version)
                    .credentials("ann", "wrong")
                    .build());
            host.awaitState("h", ConnectionState.FAILED);
            assertThat(host.status("h").failure()).isNotNull();
            assertThat(host.status("h").failure().kind())
                    .isIn(FailureKind.MQTT_BAD_CREDENTIALS, FailureKind.MQTT_NOT_AUTHORIZED);

            host.manager.save(host.manager.brokers().find(BrokerId.of("h")).orElseThrow().toBuilder()
                    .credentials("ann", "secret")
                    .build());
            host.awaitConnected("h");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedFilterIsVisibleWhileTheOthersWork(MqttVersion version) {
        try (Host host = new Host();
                Publisher device = new Publisher(BROKER.port(), "ann", "secret")) {
            host.manager.save(ann().mqttVersion(version).build());
            host.manager.save(Device.builder("d", "h")
                    .telemetryTopics("ben/{device_id}/telemetry", "devices/{device_id}/telemetry")
                    .build());
            host.awaitConnected("h");
            await().untilAsserted(() -> assertThat(host.status("h").refusedSubscriptions())
                    .extracting(SubscriptionStatus::filter)
                    .extracting(Object::toString)
                    .containsExactly("ben/d/telemetry"));
            assertThat(host.status("h").failure()).isNotNull();
            assertThat(host.status("h").failure().kind()).isEqualTo(FailureKind.SUBSCRIBE_DENIED);
            device.publish("devices/d/telemetry", "works");
            host.awaitHandled("d=works");
        }
    }

    @Test
    void aRefusedPublishIsATypedFailure() {
        try (Host host = new Host()) {
            host.manager.save(ann().build());
            host.awaitConnected("h");
            assertThatThrownBy(() -> host.manager
                            .publishTo(
                                    BrokerId.of("h"),
                                    OutboundPublish.builder()
                                            .topic("ben/forbidden")
                                            .payload("x")
                                            .build())
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            failure -> assertThat(failure.failure()).isEqualTo(PublishFailure.REFUSED));
            Accounts.areBalanced(host.status("h").counters());
        }
    }

    @Test
    void noConnectionIsLeftBehindByQuickCommands() {
        int before = BROKER.broker().connectedClients();
        try (Host host = new Host()) {
            host.manager.save(ann().build());
            for (int i = 0; i < 20; i++) {
                host.manager.disconnect(BrokerId.of("h"));
                host.manager.connect(BrokerId.of("h"));
            }
            host.awaitConnected("h");
            await().untilAsserted(
                            () -> assertThat(BROKER.broker().connectedClients()).isEqualTo(before + 1));
        }
        await().untilAsserted(
                        () -> assertThat(BROKER.broker().connectedClients()).isEqualTo(before));
    }
}
