package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What others hear of us when a link is lost, and when it is there again. */
class WillAndBirthTest {
    private static final TopicName STATUS = TopicName.of("hosts/one/status");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void theBrokerTellsThatTheLinkWasLostAndWeThatItIsBack(MqttVersion version) {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy way = FaultProxy.to("127.0.0.1", mosquitto.port());
                Publisher other = new Publisher(mosquitto.port());
                Host host = new Host(
                        (device, publish) -> {},
                        builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofMillis(200)))) {
            other.client()
                    .toAsync()
                    .subscribeWith()
                    .topicFilter(STATUS.value())
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .callback(publish -> heard.add(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8)))
                    .send()
                    .join();
            host.manager.save(Host.broker("b", way.port())
                    .mqttVersion(version)
                    .will(new Will(STATUS, bytes("lost"), QoS.AT_LEAST_ONCE, true, Duration.ZERO))
                    .birth(new Birth(STATUS, bytes("here"), QoS.AT_LEAST_ONCE, true))
                    .build());
            await().untilAsserted(() -> assertThat(heard).containsExactly("here"));

            way.cut();
            await().untilAsserted(() -> assertThat(heard).containsExactly("here", "lost", "here"));

            // an orderly farewell is no loss
            host.manager.disconnect(BrokerId.of("b"));
            await().untilAsserted(() -> assertThat(way.openLinks()).isZero());
            host.manager.connect(BrokerId.of("b"));
            await().untilAsserted(() -> assertThat(heard).containsExactly("here", "lost", "here", "here"));
        }
    }

    @Test
    void aBirthMessageThatMayNotBePublishedIsSeenAndNothingElseSuffers(@TempDir Path directory) throws Exception {
        Path rights = directory.resolve("acl");
        Files.writeString(rights, "topic read #\ntopic write allowed/#\n");
        try (Mosquitto mosquitto = Mosquitto.start("allow_anonymous true", "acl_file " + rights);
                Host host = new Host()) {
            host.manager.save(Host.broker("b", mosquitto.port())
                    .birth(new Birth(STATUS, bytes("here"), QoS.AT_LEAST_ONCE, true))
                    .build());
            host.awaitConnected("b");
            await().untilAsserted(() -> {
                assertThat(host.status("b").failure()).isNotNull();
                assertThat(host.status("b").failure().kind()).isEqualTo(FailureKind.BIRTH_REFUSED);
            });
            assertThat(host.status("b").isConnected()).isTrue();
        }
    }
}
