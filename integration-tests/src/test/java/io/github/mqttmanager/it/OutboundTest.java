package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.connection.TrafficCounters;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.test.EmbeddedBroker;
import io.github.mqttmanager.test.FaultProxy;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What leaves for a real broker arrives whole, once and in its order. */
class OutboundTest {
    private static final BrokerId BROKER = BrokerId.of("b");

    /** A subscriber that keeps what it is given. */
    private static final class Subscriber implements AutoCloseable {
        final BlockingQueue<Mqtt5Publish> received = new LinkedBlockingQueue<>();
        private final Publisher client;

        Subscriber(int port, String filter) {
            client = new Publisher(port);
            client.client().toAsync().publishes(MqttGlobalPublishFilter.ALL, received::add);
            client.client()
                    .subscribeWith()
                    .topicFilter(filter)
                    .qos(MqttQos.EXACTLY_ONCE)
                    .send();
        }

        Mqtt5Publish next() throws InterruptedException {
            Mqtt5Publish next = received.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("nothing came").isNotNull();
            return next;
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** It comes back at once, however often the link breaks. */
    private static Host undeterred() {
        return new Host(
                (device, publish) -> {},
                builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofMillis(20)));
    }

    private static PublishReceipt send(Host host, OutboundPublish publish) throws Exception {
        return host.manager.publishTo(BROKER, publish).get(20, TimeUnit.SECONDS);
    }

    /** @param tellsOfNobody with which QoS the broker says that nobody subscribes */
    private static void everythingArrives(int port, QoS... tellsOfNobody) throws Exception {
        try (Host host = new Host();
                Subscriber subscriber = new Subscriber(port, "t/#")) {
            host.manager.save(Host.broker("b", port).build());
            host.awaitConnected("b");
            for (QoS qos : QoS.values()) {
                PublishReceipt receipt = send(
                        host,
                        OutboundPublish.builder()
                                .topic("t/all")
                                .payload("grün")
                                .qos(qos)
                                .expiry(Duration.ofSeconds(90))
                                .contentType("text/plain")
                                .responseTopic(TopicName.of("answers/here"))
                                .correlationData(new byte[] {0, -1, 7})
                                .userProperty("a", "1")
                                .userProperty("a", "2")
                                .userProperty("b", "")
                                .build());
                assertThat(receipt.reasonCode()).isZero();
                assertThat(receipt.qos()).isEqualTo(qos);
                assertThat(receipt.topic().value()).isEqualTo("t/all");

                Mqtt5Publish arrived = subscriber.next();
                assertThat(new String(arrived.getPayloadAsBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("grün");
                assertThat(arrived.getQos().getCode()).isEqualTo(qos.code());
                assertThat(arrived.isRetain()).isFalse();
                assertThat(arrived.getMessageExpiryInterval().orElseThrow()).isBetween(60L, 90L);
                assertThat(arrived.getPayloadFormatIndicator()).contains(Mqtt5PayloadFormatIndicator.UTF_8);
                assertThat(arrived.getContentType()).hasToString("Optional[text/plain]");
                assertThat(arrived.getResponseTopic()).hasToString("Optional[answers/here]");
                byte[] correlation = new byte[3];
                arrived.getCorrelationData().orElseThrow().get(correlation);
                assertThat(correlation).containsExactly(0, -1, 7);
                assertThat(arrived.getUserProperties().asList())
                        .extracting(property -> property.getName() + "=" + property.getValue())
                        .containsExactly("a=1", "a=2", "b=");
            }
            send(
                    host,
                    OutboundPublish.builder()
                            .topic("t/bare")
                            .payload(new byte[] {1})
                            .build());
            Mqtt5Publish bare = subscriber.next();
            assertThat(bare.getPayloadAsBytes()).containsExactly(1);
            assertThat(bare.getMessageExpiryInterval()).isEmpty();
            assertThat(bare.getPayloadFormatIndicator()).isEmpty();
            assertThat(bare.getUserProperties().asList()).isEmpty();

            for (QoS qos : tellsOfNobody) {
                PublishReceipt nobody = send(
                        host,
                        OutboundPublish.builder()
                                .topic("nobody/" + qos)
                                .qos(qos)
                                .build());
                assertThat(nobody.reasonCode()).as("no matching subscribers").isEqualTo(0x10);
            }

            send(
                    host,
                    OutboundPublish.builder()
                            .topic("kept/t")
                            .payload("kept")
                            .retain(true)
                            .build());
            try (Subscriber late = new Subscriber(port, "kept/#")) {
                Mqtt5Publish kept = late.next();
                assertThat(kept.isRetain()).isTrue();
                assertThat(kept.getPayloadAsBytes()).isEqualTo("kept".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void everythingArrivesAtHiveMq() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            everythingArrives(broker.port(), QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE);
        }
    }

    @Test
    void everythingArrivesAtMosquitto() throws Exception {
        try (Mosquitto broker = Mosquitto.start()) {
            everythingArrives(broker.port(), QoS.AT_LEAST_ONCE);
        }
    }

    @Test
    void whatTheOlderProtocolCannotCarryIsLeftOut() throws Exception {
        try (Mosquitto broker = Mosquitto.start();
                Host host = new Host();
                Subscriber subscriber = new Subscriber(broker.port(), "t/#")) {
            host.manager.save(Host.broker("b", broker.port())
                    .mqttVersion(MqttVersion.V3_1_1)
                    .build());
            host.awaitConnected("b");
            for (QoS qos : QoS.values()) {
                send(
                        host,
                        OutboundPublish.builder()
                                .topic("t/old")
                                .payload("x")
                                .qos(qos)
                                .expiry(Duration.ofSeconds(90))
                                .contentType("text/plain")
                                .userProperty("a", "1")
                                .build());
                Mqtt5Publish arrived = subscriber.next();
                assertThat(arrived.getQos().getCode()).isEqualTo(qos.code());
                assertThat(arrived.getPayloadAsBytes()).containsExactly('x');
                assertThat(arrived.getContentType()).isEmpty();
            }
        }
    }

    /** What was still in the queue when the link was cut is as old as it is, also on the next connection. */
    @Test
    void theExpiryIsCountedDownThroughAnOutage() throws Exception {
        try (Mosquitto broker = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                Host host = undeterred();
                Subscriber subscriber = new Subscriber(broker.port(), "t/#")) {
            host.manager.save(Host.broker("b", proxy.port()).build());
            host.awaitConnected("b");
            proxy.refuse(true);
            proxy.cut();
            await().until(() -> !host.status("b").isConnected());
            CompletableFuture<PublishReceipt> stale = publish(host, "t/stale", 1);
            CompletableFuture<PublishReceipt> fresh = publish(host, "t/fresh", 60);
            await().atMost(Duration.ofSeconds(10)).until(stale::isDone);
            proxy.refuse(false);
            fresh.get(30, TimeUnit.SECONDS);
            Mqtt5Publish arrived = subscriber.next();
            assertThat(arrived.getTopic()).hasToString("t/fresh");
            assertThat(arrived.getMessageExpiryInterval().orElseThrow()).isLessThan(60);
            assertThat(stale).isCompletedExceptionally();
            assertThat(host.status("b").counters().expired()).isEqualTo(1);
        }
    }

    private static CompletableFuture<PublishReceipt> publish(Host host, String topic, int seconds) {
        return host.manager.publishTo(
                BROKER,
                OutboundPublish.builder()
                        .topic(topic)
                        .expiry(Duration.ofSeconds(seconds))
                        .build());
    }

    /** Each device's messages come in their order, whatever the network does; only duplicates may come in between. */
    @ParameterizedTest
    @EnumSource
    void theOrderIsKeptAndNothingIsLostThoughLinksAreCut(MqttVersion version) throws Exception {
        int devices = 5;
        int each = 1_000;
        try (Mosquitto broker = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port());
                Host host = undeterred();
                Subscriber subscriber = new Subscriber(broker.port(), "order/+")) {
            host.manager.save(
                    Host.broker("b", proxy.port()).mqttVersion(version).build());
            host.awaitConnected("b");
            List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
            int cuts = 0;
            for (int number = 0; number < each; number++) {
                for (int device = 0; device < devices; device++) {
                    receipts.add(host.manager.publishTo(
                            BROKER, OutboundPublish.of(TopicName.of("order/" + device), String.valueOf(number))));
                }
                if (number % 50 == 49) {
                    CompletableFuture<PublishReceipt> sent = receipts.get(receipts.size() - devices * 25);
                    proxy.cut(); // while some are in flight
                    cuts++;
                    sent.get(30, TimeUnit.SECONDS);
                }
            }
            for (CompletableFuture<PublishReceipt> receipt : receipts) {
                receipt.get(60, TimeUnit.SECONDS);
            }

            Map<String, Integer> latest = new HashMap<>();
            int duplicates = 0;
            int expected = devices * each;
            for (int distinct = 0; distinct < expected; ) {
                Mqtt5Publish arrived = subscriber.next();
                String topic = arrived.getTopic().toString();
                int number = Integer.parseInt(new String(arrived.getPayloadAsBytes(), StandardCharsets.UTF_8));
                int next = latest.getOrDefault(topic, -1) + 1;
                assertThat(number)
                        .as("%s: neither the next one nor one of before", topic)
                        .isLessThanOrEqualTo(next);
                if (number == next) {
                    latest.put(topic, number);
                    distinct++;
                } else {
                    duplicates++;
                }
            }
            System.out.printf(
                    "order, MQTT %s: %d messages, %d cuts, 0 lost, 0 inversions, %d duplicates%n",
                    version, expected, cuts, duplicates);
            TrafficCounters c = host.manager.traffic();
            assertThat(c.published()).isEqualTo(expected);
            assertThat(c.accepted())
                    .isEqualTo(c.published() + c.failed() + c.expired() + c.rejected() + c.queued() + c.inFlight());
        }
    }
}
