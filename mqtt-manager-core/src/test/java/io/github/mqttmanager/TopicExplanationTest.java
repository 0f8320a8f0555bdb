package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.SubscriptionStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.RouteExplanation;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a topic, of whom and to whom. */
@Timeout(30)
class TopicExplanationTest {
    private static final BrokerId B = BrokerId.of("b");
    private static final TopicName TOPIC = TopicName.of("devices/boiler/telemetry");
    private static final Device BOILER = Device.builder("boiler", "b").build();

    private final MqttManager manager =
            MqttManager.builder().handler((device, publish) -> {}).build();

    @AfterEach
    void close() {
        manager.close();
    }

    private static SubscriptionStatus subscription(@Nullable QoS granted, @Nullable Integer reasonCode) {
        return new SubscriptionStatus(
                TopicFilter.of("devices/boiler/telemetry"), QoS.AT_LEAST_ONCE, granted, reasonCode);
    }

    private static String summary(boolean connected, SubscriptionStatus... subscriptions) {
        RouteExplanation.Route route =
                new RouteExplanation.Route(BOILER, BOILER.topics().get(0));
        return TopicExplanation.of(
                        B, TOPIC, connected, List.of(subscriptions), new RouteExplanation(List.of(route), List.of()))
                .summary();
    }

    @Test
    void sumsUpWhatTheBrokerSaid() {
        assertThat(summary(true, subscription(QoS.AT_LEAST_ONCE, 1))).isEqualTo("It reaches device boiler.");
        assertThat(summary(true, subscription(null, 0x87), subscription(QoS.AT_LEAST_ONCE, 1)))
                .as("one is enough")
                .isEqualTo("It reaches device boiler.");
        assertThat(summary(true, subscription(null, 0x87)))
                .isEqualTo(
                        "It belongs to device boiler, but the broker refused devices/boiler/telemetry with reason code 135.");
        assertThat(summary(true, subscription(null, null)))
                .endsWith("the broker has not answered the subscription yet.");
        assertThat(summary(true)).endsWith("the broker has not answered the subscription yet.");
        assertThat(summary(false)).isEqualTo("It belongs to device boiler, but the broker is not connected.");
    }

    /** Returns when messages are routed to all of them. */
    private void save(Device... devices) throws InterruptedException {
        manager.start();
        for (String broker : List.of("b", "other")) {
            manager.save(BrokerDefinition.builder(broker, "127.0.0.1", 1)
                    .active(false)
                    .build());
        }
        Stream.of(devices).forEach(manager::save);
        CountDownLatch routed = new CountDownLatch(1);
        manager.save(Device.builder("last", "b").telemetryTopics("last").build());
        while (manager.explain(B, TopicName.of("last")).routes().isEmpty()) {
            assertThat(routed.await(5, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void namesDeviceAndTemplateAlsoWithoutAConnection() throws InterruptedException {
        save(BOILER);
        TopicExplanation explanation = manager.explain(B, TOPIC);
        assertThat(explanation.connected()).isFalse();
        assertThat(explanation.subscriptions()).isEmpty();
        assertThat(explanation.routes()).singleElement().satisfies(route -> {
            assertThat(route.device().id()).isEqualTo(DeviceId.of("boiler"));
            assertThat(route.template()).isEqualTo(Device.DEFAULT_TELEMETRY_TOPIC);
        });
        assertThat(explanation.nearMisses()).isEmpty();
        assertThat(explanation.summary()).isEqualTo("It belongs to device boiler, but the broker is not connected.");
    }

    @Test
    void saysWhatIsNearlyRightIfItBelongsToNobody() throws InterruptedException {
        save(BOILER, Device.builder("kettle", "other").build());
        assertThat(manager.explain(B, TopicName.of("devices/Boiler/telemetry")).summary())
                .isEqualTo("Device boiler has devices/boiler/telemetry: topics differ by upper and lower case.");
        assertThat(manager.explain(B, TopicName.of("devices/kettle/telemetry")).nearMisses())
                .containsExactly(
                        "Device kettle has this topic at broker other.",
                        "The template devices/{device_id}/telemetry matches, but no device that has it is called kettle.");
        for (BrokerId id : List.of(B, BrokerId.of("nobody"))) {
            TopicExplanation nothing = manager.explain(id, TopicName.of("far/away"));
            assertThat(nothing.nearMisses()).isEmpty();
            assertThat(nothing.summary()).isEqualTo("No device of this broker has a template that matches.");
        }
    }

    @Test
    void anOwnerHearsNothingOfTheDevicesOfOthers() throws InterruptedException {
        Device.Builder common = Device.builder("hers", "b").telemetryTopics("plant/#");
        save(
                common.owner("anna").build(),
                Device.builder("his", "b")
                        .owner("bert")
                        .telemetryTopics("plant/x", "secret/{device_id}/y")
                        .build(),
                Device.builder("far", "other")
                        .owner("bert")
                        .telemetryTopics("far")
                        .build(),
                Device.builder("nobodys", "b").telemetryTopics("plant/+").build());

        TopicName shared = TopicName.of("plant/x");
        assertThat(manager.explain(B, shared).routes())
                .extracting(route -> route.device().name())
                .containsExactlyInAnyOrder("hers", "his", "nobodys");
        assertThat(manager.explain(B, shared, "anna").routes())
                .extracting(route -> route.device().name())
                .containsExactly("hers");
        for (String topic : List.of("secret/his/y", "SECRET/his/y", "secret/hers/y", "far", "devices/his/commands")) {
            assertThat(manager.explain(B, TopicName.of(topic)).summary())
                    .as(topic)
                    .doesNotContain("No device");
            TopicExplanation forAnna = manager.explain(B, TopicName.of(topic), "anna");
            assertThat(forAnna.routes()).as(topic).isEmpty();
            assertThat(forAnna.subscriptions()).as(topic).isEmpty();
            assertThat(forAnna.nearMisses()).as(topic).isEmpty();
            assertThat(forAnna.summary()).as(topic).isEqualTo("No device of this broker has a template that matches.");
        }
    }
}
