package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which filters a broker is asked for, and in which order old ones go. */
class SubscriptionsTest {
    private static final String TELEMETRY = "devices/{device_id}/telemetry";
    private static final String ALL = "devices/+/telemetry";

    private final EngineHarness harness = new EngineHarness();
    private BrokerConnection connection;

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    private void connected() {
        BrokerDefinition definition = EngineHarness.definition().build();
        connection = new BrokerConnection(definition, harness.engine(), null);
        connection.apply(definition);
        harness.settle();
        harness.link().opened();
    }

    private static Set<String> each(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "devices/d" + i + "/telemetry")
                .collect(Collectors.toSet());
    }

    private void answerAll() {
        harness.link().subscribes.stream()
                .filter(subscribe -> !subscribe.answer().isDone())
                .toList()
                .forEach(harness.link()::answer);
    }

    private Set<String> shown() {
        return connection.status().subscriptions().stream()
                .map(s -> s.filter().value())
                .collect(Collectors.toSet());
    }

    @Test
    void fewDevicesAreSubscribedOneByOne() {
        harness.demand.add(TELEMETRY, 0, 49);
        connected();
        assertThat(harness.held).isEqualTo(each(0, 49));
    }

    @Test
    void manyDevicesShareOneFilter() {
        harness.demand.add(TELEMETRY, 0, 50);
        harness.demand.add("other/{device_id}/#", 0, 3);
        connected();
        assertThat(harness.held).containsExactlyInAnyOrder(ALL, "other/d0/#", "other/d1/#", "other/d2/#");
        assertThat(connection.status().subscriptionCounts()).isEqualTo(new SubscriptionCounts(4, 0, 0));
    }

    @Test
    void theOldFiltersGoOnlyWhenTheNewOneIsGranted() {
        harness.demand.add(TELEMETRY, 0, 49);
        connected();
        ScriptedLink link = harness.link();
        link.answering = false;
        harness.demand.add(TELEMETRY, 49, 50);
        harness.tell(connection);

        assertThat(link.subscribed()).contains(ALL);
        assertThat(link.unsubscribed()).isEmpty();
        answerAll();
        assertThat(harness.held).containsExactly(ALL);
        assertThat(shown()).containsExactly(ALL);
    }

    @Test
    void aDeviceMoreOrLessNearTheLimitChangesNothing() {
        harness.demand.add(TELEMETRY, 0, 50);
        connected();
        harness.demand.remove(TELEMETRY, 25, 50);
        harness.tell(connection);
        assertThat(harness.held).containsExactly(ALL);

        harness.demand.remove(TELEMETRY, 24, 25);
        harness.link().answering = false;
        harness.tell(connection);
        assertThat(harness.held).as("until the others are granted").contains(ALL);
        answerAll();
        assertThat(harness.held).isEqualTo(each(0, 24));
    }

    @Test
    void aRefusedSharedFilterIsReplacedByOneForEach() {
        harness.refusing = Set.of(ALL);
        harness.demand.add(TELEMETRY, 0, 120);
        connected();

        assertThat(harness.held).isEqualTo(each(0, 120));
        assertThat(connection.status().failure()).as("nothing is missed").isNull();
        assertThat(connection.status().subscriptionCounts()).isEqualTo(new SubscriptionCounts(120, 0, 0));

        harness.demand.add(TELEMETRY, 120, 121);
        harness.demand.remove(TELEMETRY, 0, 1);
        harness.tell(connection);
        assertThat(harness.held).isEqualTo(each(1, 121));
        assertThat(harness.link().subscribed().stream().filter(ALL::equals))
                .as("asked once")
                .hasSize(1);
    }

    @Test
    void aBrokerThatClosesInsteadOfRefusingIsNotAskedForEver() {
        harness.answering = false;
        harness.demand.add(TELEMETRY, 0, 50);
        connected();
        for (int i = 0; i < 2; i++) {
            assertThat(harness.link().subscribed()).last().isEqualTo(ALL);
            harness.link().down(null);
            harness.time.advance(Duration.ofMinutes(3));
            harness.link().opened(true);
        }
        assertThat(harness.link().subscribed()).contains("devices/d0/telemetry");
    }

    @Test
    void whatAnotherFilterCoversIsNotSubscribed() {
        harness.want("plant/#", "plant/a/+", "plant", "plant/a/b", "plants/x", "$share/g/plant/a", "$SYS/x", "+/x");
        connected();
        assertThat(harness.held).containsExactlyInAnyOrder("plant/#", "$share/g/plant/a", "$SYS/x", "+/x");
    }

    @Test
    void whatARefusedFilterWouldHaveCoveredIsSubscribed() {
        harness.refusing = Set.of("plant/#");
        harness.want("plant/#", "plant/a/+", "plant/a/b");
        connected();
        assertThat(harness.held).containsExactly("plant/a/+");
        assertThat(shown()).containsExactlyInAnyOrder("plant/#", "plant/a/+");
        assertThat(connection.status().refusedSubscriptions()).hasSize(1);
    }

    @Test
    void aCoveredFilterComesBackBeforeItsCoverGoes() {
        harness.want("a/+", "a/x");
        connected();
        harness.link().answering = false;
        harness.demand.remove("a/+", "device");
        harness.tell(connection);
        assertThat(harness.held).containsExactlyInAnyOrder("a/+", "a/x");
        harness.link().answer(harness.link().subscribes.get(1));
        assertThat(harness.held).containsExactly("a/x");
    }

    @Test
    void aDeviceThatJoinsManyIsAskedForOnceForWhatIsRetained() {
        harness.demand.add(TELEMETRY, 0, 60);
        connected();
        harness.demand.add(TELEMETRY, 60, 61);
        harness.tell(connection);
        assertThat(harness.link().subscribed()).last().isEqualTo("devices/d60/telemetry");
        assertThat(harness.held).containsExactly(ALL);
        assertThat(shown()).containsExactly(ALL);
    }

    @Test
    void sharedSubscriptionsAreNeverMerged() {
        harness.demand.add("$share/g/" + TELEMETRY, 0, 60);
        connected();
        assertThat(harness.held).hasSize(60).doesNotContain("$share/g/" + ALL);
    }

    @Test
    void ofVeryManyTheRefusedOnesAreShown() {
        harness.coalesceFrom = Integer.MAX_VALUE;
        harness.refusing = Set.of("devices/d99/telemetry");
        harness.demand.add(TELEMETRY, 0, 3_000);
        connected();
        BrokerStatus status = connection.status();
        assertThat(status.subscriptionCounts()).isEqualTo(new SubscriptionCounts(2_999, 1, 0));
        assertThat(status.subscriptions()).hasSize(Subscriptions.MAX_SHOWN);
        assertThat(status.subscriptions().get(0).filter().value()).isEqualTo("devices/d99/telemetry");
        assertThat(harness.link().subscribes)
                .allSatisfy(s -> assertThat(s.filters()).hasSizeLessThanOrEqualTo(50));
        assertThat(connection.subscriptions(TopicName.of("devices/d7/telemetry")))
                .hasSize(1);
        assertThat(List.copyOf(connection.subscriptions(TopicName.of("devices/none/telemetry"))))
                .isEmpty();
    }
}
