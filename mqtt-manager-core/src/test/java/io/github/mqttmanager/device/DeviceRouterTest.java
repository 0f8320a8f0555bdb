package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceRouterTest {
    private static final BrokerId BROKER = BrokerId.of("b");
    private static final BrokerId OTHER = BrokerId.of("other");

    private final ManualTime time = new ManualTime();
    private final InMemoryDeviceRepository repository = new InMemoryDeviceRepository();
    private final List<String> handled = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private AsyncDeviceMessageHandler handler = (device, publish) -> null;
    private final DeviceRouter router = new DeviceRouter(
            repository,
            HandlerSettings.of((device, publish) -> {
                handled.add(device.id() + " " + publish.topic());
                return handler.handle(device, publish);
            }),
            time,
            time,
            time,
            time,
            time);

    private static Device device(String id, String broker, String... topics) {
        return Device.builder(id, broker).telemetryTopics(topics).version(1).build();
    }

    private void route(String topic, QoS qos, boolean retained) {
        route(topic, "", qos, retained);
    }

    private void route(String topic, String payload, QoS qos, boolean retained) {
        router.route(
                new InboundPublish(
                        BROKER,
                        TopicName.of(topic),
                        StandardCharsets.UTF_8.encode(payload),
                        qos,
                        retained,
                        time.instant(),
                        PublishProperties.NONE),
                new Acknowledgement() {
                    @Override
                    public void handled() {
                        ends.add("handled");
                    }

                    @Override
                    public void unrouted() {
                        ends.add("unrouted");
                    }

                    @Override
                    public void dropped() {
                        ends.add("dropped");
                    }
                });
    }

    private void route(String topic) {
        route(topic, QoS.AT_LEAST_ONCE, false);
        time.runDue();
    }

    @Test
    void routesToTheDeviceOfTheBrokerAndToNoOther() {
        router.put(device("a", "b", "t/{device_id}"));
        router.put(device("a2", "other", "t/a"));
        route("t/a");

        assertThat(handled).containsExactly("a t/a");
        assertThat(ends).containsExactly("handled");
    }

    @Test
    void acknowledgesOnceWhenTheLastOfSeveralReceiversIsDone() {
        CompletableFuture<Void> slow = new CompletableFuture<>();
        handler = (device, publish) -> device.topicName().equals("slow") ? slow : null;
        router.put(device("slow", "b", "all/#"));
        router.put(device("fast", "b", "all/+"));
        route("all/x");

        assertThat(handled).hasSize(2);
        assertThat(ends).isEmpty();
        slow.complete(null);
        assertThat(ends).containsExactly("handled");
    }

    @Test
    void acknowledgesAndCountsWhatBelongsToNobody() {
        router.put(device("a", "b", "t"));
        route("elsewhere");
        route("t/x");

        assertThat(ends).containsExactly("unrouted", "unrouted");
        assertThat(handled).isEmpty();
    }

    @Test
    void anOldMessageDoesNotMeanThatTheDeviceIsThere() {
        Device device =
                repository.save(Device.builder("a", "b").telemetryTopics("t").build());
        router.put(device);
        route("t", QoS.AT_LEAST_ONCE, true);
        time.runDue();
        assertThat(handled).hasSize(1);
        assertThat(router.lastSeen(device.id())).isEmpty();

        route("t");
        assertThat(router.lastSeen(device.id())).contains(time.instant());
        router.writeLastSeen();
        assertThat(repository.lastSeen(List.of(device.id()))).containsEntry(device.id(), time.instant());
    }

    private static WantedChange change(BrokerId broker, String template) {
        return new WantedChange(broker, TopicTemplate.of(template), "a");
    }

    private List<String> wanted(BrokerId broker) {
        return router.demand(broker).templates().map(TopicTemplate::value).toList();
    }

    @Test
    void tellsWhatMayBeWantedNowOrNoLonger() {
        Device device = device("a", "b", "t");
        assertThat(router.put(device)).containsExactly(change(BROKER, "t"));
        assertThat(router.put(device)).isEmpty();
        assertThat(router.put(device.toBuilder().name("x").version(2).build())).isEmpty();
        assertThat(wanted(BROKER)).containsExactly("t");
        assertThat(router.put(device.toBuilder().broker(OTHER).version(3).build()))
                .containsExactlyInAnyOrder(change(BROKER, "t"), change(OTHER, "t"));
        assertThat(wanted(BROKER)).isEmpty();
        assertThat(router.remove(device.id())).containsExactly(change(OTHER, "t"));
        assertThat(router.remove(device.id())).isEmpty();
    }

    @Test
    void aChangedDeviceIsHandedOverAsItIsNow() {
        router.put(device("a", "b", "t", "u"));
        router.put(device("a", "b", "t").toBuilder().name("new").version(2).build());
        List<String> names = new ArrayList<>();
        handler = (device, publish) -> {
            names.add(device.name());
            return null;
        };
        route("t");
        route("u");

        assertThat(names).containsExactly("new");
        assertThat(ends).containsExactly("handled", "unrouted");
    }

    @Test
    void anOlderVersionThatComesLateChangesNothing() {
        router.put(device("a", "b", "new").toBuilder().version(7).build());
        assertThat(router.put(device("a", "b", "old").toBuilder().version(6).build()))
                .isEmpty();

        assertThat(wanted(BROKER)).containsExactly("new");
    }

    @Test
    void loadsManyAtOnceButNothingOlderThanWhatIsKnown() {
        router.put(device("a", "b", "new").toBuilder().version(7).build());
        Instant noon = Instant.parse("2026-11-26T12:00:00Z");
        router.load(
                BROKER,
                List.of(
                        new DeviceLoading.Loaded(
                                device("a", "b", "old").toBuilder().version(6).build(), null),
                        new DeviceLoading.Loaded(device("c", "b", "more"), noon),
                        new DeviceLoading.Loaded(device("d", "b", "more", "most"), null)));

        assertThat(wanted(BROKER)).containsExactlyInAnyOrder("new", "more", "most");
        assertThat(router.lastSeen(DeviceId.of("c"))).contains(noon);
        assertThat(router.devicesOf(BROKER)).hasSize(3);
        route("more");
        assertThat(handled).containsExactlyInAnyOrder("c more", "d more");
    }

    @Test
    void forgetsABrokerWithAllItsDevices() {
        router.put(device("a", "b", "t"));
        router.put(device("x", "other", "t"));
        route("t");
        router.removeBroker(BROKER);

        assertThat(router.device(DeviceId.of("a"))).isEmpty();
        assertThat(router.device(DeviceId.of("x"))).isPresent();
        assertThat(wanted(BROKER)).isEmpty();
        assertThat(router.lastSeen(DeviceId.of("a"))).isEmpty();
        route("t");
        assertThat(ends).containsExactly("handled", "unrouted");
    }

    @Test
    void beginsNoHandlerOnceClosed() {
        router.put(device("a", "b", "t"));
        router.close();
        route("t");

        assertThat(handled).isEmpty();
        assertThat(ends).isEmpty();
    }

    @Test
    void availabilityDoesNotReachTheHandlerAndIsAcknowledgedAtOnce() {
        Device device = device("a", "b", "a/t").toBuilder()
                .availability(Availability.of("a/up"))
                .build();
        assertThat(router.put(device)).containsExactlyInAnyOrder(change(BROKER, "a/t"), change(BROKER, "a/up"));
        assertThat(router.demand(BROKER).wants(TopicFilter.of("a/up"))).isTrue();
        router.reached(BROKER, true);
        route("a/up", "online", QoS.AT_LEAST_ONCE, true);

        assertThat(ends).containsExactly("handled");
        time.runDue();
        assertThat(handled).isEmpty();
        assertThat(router.presence(device.id())).isEqualTo(Presence.ONLINE);
        assertThat(router.put(device.toBuilder().availability(null).version(2).build()))
                .containsExactly(change(BROKER, "a/up"));
    }

    @Test
    void whatIsAvailabilityOfOneDeviceIsTelemetryOfAnother() {
        router.put(device("a", "b", "a/t").toBuilder()
                .availability(Availability.of("up"))
                .build());
        router.put(device("log", "b", "#"));
        route("up");

        assertThat(handled).containsExactly("log up");
        assertThat(ends).containsExactly("handled");
    }

    @ParameterizedTest
    @CsvSource({
        "devices/a/status, true",
        "devices/z/status, false",
        "devices/+/status, true",
        "devices/a/#, true",
        "devices/z/#, false",
        "devices/a/+, true",
        "devices/#, true",
        "devices/+/telemetry, false",
        "devices/+, false",
        "devices/a/status/#, true",
        "devices/a/status/x/#, false",
        "#, true",
        "+/+, true",
        "$x/#, true",
        "$share/g/devices/#, false",
        "other/#, false"
    })
    void retainedMessagesAreWantedOfEachFilterThatBringsAvailability(String filter, boolean wanted) {
        Device a = device("a", "b", "devices/{device_id}/#").toBuilder()
                .availability(Availability.of("devices/{device_id}/status"))
                .build();
        Device up = device("up", "b", "t").toBuilder()
                .availability(Availability.of("$x/up"))
                .build();
        Device two = device("two", "b", "u").toBuilder()
                .availability(Availability.of("{device_id}/up"))
                .build();
        router.put(a);
        router.put(up);
        router.put(two);
        assertThat(router.wantsRetained(BROKER, TopicFilter.of(filter))).isEqualTo(wanted);
        assertThat(router.wantsRetained(OTHER, TopicFilter.of(filter))).isFalse();
        List.of(a, up, two).forEach(one -> router.remove(one.id()));
        assertThat(router.wantsRetained(BROKER, TopicFilter.of(filter))).isFalse();
    }
}
