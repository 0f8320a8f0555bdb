package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.publish.Acknowledgement;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.testing.ManualTime;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundTest {
    private static final Inbound.Session SESSION = new Inbound.Session("client", Endpoint.of("broker", 1883));
    private static final Inbound.Session OTHER = new Inbound.Session("client", Endpoint.of("elsewhere", 1883));

    private final ManualTime time = new ManualTime();
    /** What came in, in order. */
    private final List<Acknowledgement> routed = new ArrayList<>();
    /** What the client was told to acknowledge. */
    private final List<String> acknowledged = new ArrayList<>();

    private final ScriptedLink link =
            new ScriptedLink(EngineHarness.definition().build(), new NoObserver());
    private int overflows;
    private InboundBudget budget = budget(new InboundLimits(4, 1_000, 1_000, 1_000_000));
    private Inbound inbound = inbound();

    private static InboundBudget budget(InboundLimits limits) {
        return new InboundBudget(limits);
    }

    private Inbound inbound() {
        return new Inbound((publish, end) -> routed.add(end), budget, time, time, () -> overflows++);
    }

    private void limits(InboundLimits limits) {
        budget = budget(limits);
        inbound = inbound();
        connect(false);
    }

    private void connect(boolean sessionPresent) {
        link.onHold = false;
        inbound.connected(link, SESSION, sessionPresent);
    }

    private static InboundPublish publish(int bytes, QoS qos, ManualTime time) {
        return new InboundPublish(
                BrokerId.of("b"),
                TopicName.of("t"),
                ByteBuffer.allocate(bytes - 1),
                qos,
                false,
                time.instant(),
                PublishProperties.NONE);
    }

    private void receive(Inbound by, String name, int bytes, QoS qos) {
        by.receive(publish(bytes, qos, time), () -> acknowledged.add(name));
    }

    private void receive(String name) {
        receive(inbound, name, 1, QoS.AT_LEAST_ONCE);
    }

    private TrafficCounters counters() {
        TrafficCounters counters = inbound.counters(TrafficCounters.ZERO);
        assertThat(counters.received())
                .isEqualTo(counters.acknowledged()
                        + counters.duplicates()
                        + counters.unrouted()
                        + counters.dropped()
                        + counters.released()
                        + counters.open());
        assertThat(counters.open()).isNotNegative();
        return counters;
    }

    @Test
    void stopsReadingAtTheBoundAndGoesOnBelowThreeQuarters() {
        connect(false);
        for (int i = 0; i < 3; i++) {
            receive("" + i);
        }
        assertThat(link.onHold).isFalse();
        receive("3");
        assertThat(link.onHold).isTrue();
        assertThat(inbound.handling().paused()).isTrue();
        routed.get(0).handled();
        assertThat(link.onHold).as("three quarters").isTrue();
        routed.get(1).handled();
        assertThat(link.onHold).isFalse();
        assertThat(inbound.handling().isTroubled()).isFalse();
        assertThat(counters().open()).isEqualTo(2);
    }

    @Test
    void boundsTheBytesToo() {
        connect(false);
        receive(inbound, "a", 999, QoS.AT_LEAST_ONCE);
        assertThat(link.onHold).isFalse();
        receive(inbound, "b", 1, QoS.AT_LEAST_ONCE);
        assertThat(link.onHold).isTrue();
        routed.get(0).handled();
        assertThat(link.onHold).isFalse();
    }

    @Test
    void dropsAtMostOnceMessagesAtTheBoundAndSaysSo() {
        connect(false);
        for (int i = 0; i < 6; i++) {
            receive(inbound, "" + i, 1, QoS.AT_MOST_ONCE);
        }
        assertThat(routed).hasSize(4);
        assertThat(counters().dropped()).isEqualTo(2);
        routed.forEach(Acknowledgement::handled);
        assertThat(counters().acknowledged()).isEqualTo(4);
        assertThat(link.onHold).isFalse();
        receive(inbound, "again", 1, QoS.AT_MOST_ONCE);
        assertThat(counters().dropped()).isEqualTo(2);
    }

    /** The client sends acknowledgements in order, and keeps the messages until then. */
    @Test
    void whatIsHandledBehindAnOpenMessageStillCounts() {
        connect(false);
        for (int i = 0; i < 4; i++) {
            receive("" + i);
        }
        routed.get(1).handled();
        routed.get(2).handled();
        routed.get(3).handled();
        assertThat(counters().open()).isEqualTo(1);
        assertThat(link.onHold).as("the client still keeps all four").isTrue();
        routed.get(0).handled();
        assertThat(link.onHold).isFalse();
        assertThat(budget.messages()).isZero();
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void isDroppedAtTwiceTheBoundAndKeepsNothingMore() {
        limits(new InboundLimits(10_000, 1_000, 100_000, 1_000_000));
        receive(inbound, "0", 1_000, QoS.AT_LEAST_ONCE);
        receive(inbound, "1", 900, QoS.AT_LEAST_ONCE);
        assertThat(overflows).isZero();
        receive(inbound, "2", 101, QoS.AT_LEAST_ONCE);
        receive(inbound, "3", 1, QoS.AT_LEAST_ONCE);
        receive(inbound, "4", 1, QoS.AT_MOST_ONCE);
        assertThat(overflows).isEqualTo(1);
        assertThat(routed).hasSize(2);
        assertThat(budget.bytes()).isEqualTo(1_900);
        assertThat(acknowledged).containsExactly("4");
        assertThat(counters().released()).isEqualTo(2);
        assertThat(counters().dropped()).isEqualTo(1);

        inbound.disconnected();
        connect(true);
        routed.forEach(Acknowledgement::handled);
        receive(inbound, "2", 101, QoS.AT_LEAST_ONCE);
        assertThat(routed).as("it is taken again").hasSize(3);
    }

    @Test
    void oneMessageOfAnySizeIsTaken() {
        connect(false);
        receive(inbound, "huge", 100_000, QoS.AT_LEAST_ONCE);
        assertThat(routed).hasSize(1);
        assertThat(overflows).isZero();
        assertThat(link.onHold).isTrue();
    }

    @Test
    void atTheOverallBoundOnlyThoseAboveTheirSharePause() {
        limits(new InboundLimits(1_000, 1_000_000, 100, 1_000_000));
        ScriptedLink quietLink = new ScriptedLink(EngineHarness.definition().build(), new NoObserver());
        Inbound quiet = inbound();
        quiet.connected(quietLink, SESSION, false);
        receive(quiet, "quiet", 1, QoS.AT_LEAST_ONCE);
        for (int i = 0; i < 99; i++) {
            receive("" + i);
        }
        assertThat(link.onHold).as("the one that floods").isTrue();
        for (int i = 0; i < 48; i++) {
            receive(quiet, "quiet", 1, QoS.AT_MOST_ONCE);
        }
        assertThat(quietLink.onHold).as("the other has its share").isFalse();
        assertThat(quiet.counters(TrafficCounters.ZERO).dropped()).isZero();
        receive(quiet, "quiet", 1, QoS.AT_LEAST_ONCE);
        assertThat(quietLink.onHold).as("and no more").isTrue();

        List.copyOf(routed).forEach(Acknowledgement::handled);
        quiet.reconsider();
        inbound.reconsider();
        assertThat(link.onHold || quietLink.onHold).isFalse();
        assertThat(budget.messages()).isZero();
    }

    @Test
    void whatOneConnectionFreesLetsAnotherGoOn() {
        limits(new InboundLimits(1_000, 1_000_000, 100, 1_000_000));
        Inbound other = inbound();
        other.connected(new ScriptedLink(EngineHarness.definition().build(), new NoObserver()), SESSION, false);
        for (int i = 0; i < 50; i++) {
            receive(other, "", 1, QoS.AT_LEAST_ONCE);
            receive("");
        }
        assertThat(link.onHold).isTrue();
        for (int i = 0; i < 100; i += 2) {
            routed.get(i).handled();
        }
        inbound.reconsider(); // comes every second
        assertThat(link.onHold).isFalse();
    }

    private final List<Boolean> withdrawals = new ArrayList<>();

    /** Lets what came last be taken back, or not. */
    private void onRedelivery(boolean withdrawn) {
        routed.get(routed.size() - 1).onRedelivery(() -> {
            withdrawals.add(withdrawn);
            return withdrawn;
        });
    }

    @Test
    void copiesThatOnlyWaitAreGivenUpWhenTheSessionIsResumed() {
        connect(false);
        receive("begun");
        onRedelivery(false);
        receive("waits");
        onRedelivery(true);
        receive(inbound, "qos0", 1, QoS.AT_MOST_ONCE);
        onRedelivery(true);
        inbound.disconnected();
        assertThat(withdrawals).isEmpty();
        connect(true);

        assertThat(withdrawals).containsExactlyInAnyOrder(false, true);
        assertThat(counters().released()).isEqualTo(1);
        assertThat(counters().open()).isEqualTo(2);
        receive("begun");
        receive("waits");
        routed.forEach(Acknowledgement::handled);
        assertThat(counters()).isEqualTo(new TrafficCounters(5, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(budget.messages()).isZero();
    }

    @Test
    void withoutTheSessionOrWithAnotherNothingIsGivenUp() {
        connect(false);
        receive("1");
        onRedelivery(true);
        inbound.disconnected();
        inbound.connected(link, SESSION, false);
        inbound.disconnected();
        inbound.connected(link, OTHER, true);
        assertThat(withdrawals).isEmpty();
        assertThat(counters().open()).isEqualTo(1);
        routed.get(0).handled();
        assertThat(counters().acknowledged()).isEqualTo(1);
        assertThat(budget.messages()).isZero();
    }

    /** A handler that hangs, behind it messages that wait, and a link that breaks again and again. */
    @Test
    void aThousandBrokenLinksGatherNothing() {
        limits(new InboundLimits(50, 100_000, 1_000, 1_000_000));
        receive("begun");
        onRedelivery(false);
        for (int flap = 0; flap < 1_000; flap++) {
            inbound.disconnected();
            connect(true);
            for (int i = 0; i < 10; i++) {
                receive("" + i);
                onRedelivery(true);
            }
            assertThat(budget.messages()).isEqualTo(11);
        }
        assertThat(counters().released()).isEqualTo(9_990);
        assertThat(counters().open()).isEqualTo(11);
        routed.forEach(Acknowledgement::handled);
        assertThat(counters().acknowledged()).isEqualTo(11);
        assertThat(budget.messages()).isZero();
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void tellsWhatFailsAndWhatIsOverdue() {
        connect(false);
        receive("1");
        time.advance(Duration.ofMinutes(1));
        receive("2");
        assertThat(inbound.handling().isTroubled()).isFalse();
        assertThat(inbound.handling().oldestOpenSince())
                .isEqualTo(time.instant().minusSeconds(60));

        routed.get(0).failing(new IllegalStateException("no\nroom\u0007 left"));
        routed.get(0).failing(new IllegalStateException("no\nroom\u0007 left"));
        routed.get(1).overdue(true);
        Handling handling = inbound.handling();
        assertThat(handling.failing()).isEqualTo(1);
        assertThat(handling.overdue()).isEqualTo(1);
        assertThat(handling.troubledSince()).isEqualTo(time.instant());
        assertThat(handling.lastFailure()).isEqualTo("java.lang.IllegalStateException: no room  left");

        routed.get(1).overdue(false);
        routed.get(0).handled();
        routed.get(0).failing(new IllegalStateException("too late to matter"));
        assertThat(inbound.handling().isTroubled()).isFalse();
        assertThat(inbound.handling().troubledSince()).isNull();
        routed.get(1).overdue(true);
        routed.get(1).handled();
        assertThat(inbound.handling().overdue()).isZero();
        assertThat(inbound.handling().oldestOpenSince()).isNull();
    }

    @Test
    void onlyTheFirstEndCounts() {
        connect(false);
        receive("1");
        Acknowledgement end = routed.get(0);
        end.duplicate();
        end.handled();
        end.unrouted();
        assertThat(acknowledged).containsExactly("1");
        assertThat(counters().duplicates()).isEqualTo(1);
        assertThat(counters().acknowledged()).isZero();
    }

    @Test
    void whenClosingNothingMoreIsRoutedOrAcknowledged() {
        connect(false);
        receive("before");
        inbound.close();
        receive("after");
        receive(inbound, "qos0", 1, QoS.AT_MOST_ONCE);
        assertThat(routed).hasSize(1);
        routed.get(0).handled();
        assertThat(acknowledged).containsExactlyInAnyOrder("before", "qos0");
        for (int i = 0; i < 10; i++) {
            receive("flood");
        }
        assertThat(link.onHold).isTrue();
        inbound.disconnected();
        assertThat(counters().released()).isEqualTo(11);
        assertThat(counters().open()).isZero();
        assertThat(budget.messages()).isZero();
    }

    @Test
    void limitsRefuseNonsense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InboundLimits.DEFAULT.withPerBroker(0, 1))
                .withMessageContaining("messages");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InboundLimits.DEFAULT.withOverall(1, 0))
                .withMessageContaining("bytes");
    }

    private static final class NoObserver implements MqttLink.Observer {
        @Override
        public void opened(MqttLink.Granted granted) {}

        @Override
        public void down(MqttLink.LinkDown down) {}

        @Override
        public void received(InboundPublish publish, Runnable acknowledge) {}

        @Override
        public void receivedMalformed() {}

        @Override
        public void closed() {}
    }
}
