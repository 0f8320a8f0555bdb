package io.github.mqttmanager.connection;

import static io.github.mqttmanager.connection.ConnectionState.CONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.CONNECTING;
import static io.github.mqttmanager.connection.ConnectionState.DISCONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.DISCONNECTING;
import static io.github.mqttmanager.connection.ConnectionState.FAILED;
import static io.github.mqttmanager.connection.ConnectionState.RECONNECTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.ReconnectSettings;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerConnectionTest {
    private static final Exception REFUSED = new ConnectException("Connection refused: broker.example/10.0.0.1:1883");
    private static final Exception RESET = new IOException("Connection reset by peer");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final EngineHarness harness = new EngineHarness();
    private BrokerDefinition definition = EngineHarness.definition().build();
    private @Nullable BrokerConnection made;

    private BrokerConnection connection() {
        BrokerConnection known = made;
        if (known == null) {
            known = new BrokerConnection(definition, harness.engine(), null);
            made = known;
        }
        return known;
    }

    private BrokerConnection begun() {
        connection().apply(definition);
        harness.settle();
        return connection();
    }

    private BrokerConnection connected() {
        begun();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
        return connection();
    }

    private void apply(UnaryOperator<BrokerDefinition.Builder> change) {
        definition = change.apply(definition.toBuilder().version(definition.version() + 1))
                .build();
        connection().apply(definition);
    }

    private ConnectionState state() {
        return connection().status().state();
    }

    private ConnectionFailure failure() {
        return Objects.requireNonNull(connection().status().failure());
    }

    private Duration untilNextAttempt() {
        return Duration.between(harness.time.instant(), connection().status().nextAttemptAt());
    }

    private void nextAttempt() {
        harness.time.advance(untilNextAttempt());
        harness.settle();
    }

    private CompletableFuture<PublishReceipt> publish(String topic) {
        return connection().publish(OutboundPublish.of(TopicName.of(topic), "x"));
    }

    @AfterEach
    void nothingForbiddenHappened() {
        harness.assertNothingWrong();
    }

    // ---- the ordinary course

    @Test
    void connectsSubscribesAndSaysSo() {
        harness.want("a/+", "b");
        BrokerConnection connection = begun();

        assertThat(harness.links).hasSize(1);
        assertThat(harness.link().opens).singleElement().satisfies(address -> {
            assertThat(address.getHostString()).isEqualTo("broker.example");
            assertThat(address.getPort()).isEqualTo(1883);
        });
        assertThat(state()).isEqualTo(CONNECTING);
        harness.link().opened();

        BrokerStatus status = connection.status();
        assertThat(status.state()).isEqualTo(CONNECTED);
        assertThat(status.wanted()).isTrue();
        assertThat(status.failure()).isNull();
        assertThat(status.nextAttemptAt()).isNull();
        assertThat(status.grants().sessionPresent()).isFalse();
        assertThat(status.subscriptions()).extracting(s -> s.filter().value()).containsExactlyInAnyOrder("a/+", "b");
        assertThat(status.subscriptions()).noneMatch(SubscriptionStatus::isRefused);
        assertThat(harness.states()).containsExactly(CONNECTING, CONNECTED);
        assertThat(harness.time.scheduled()).as("nothing is waited for").isZero();
    }

    @Test
    void isNotConnectedBeforeTheSubscriptionsAreAnswered() {
        harness.want("a");
        harness.answering = false;
        begun();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTING);

        harness.link().answer(harness.link().subscribes.get(0));
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void doesNothingWhileNotWanted() {
        definition = definition.toBuilder().active(false).build();
        begun();

        assertThat(harness.links).isEmpty();
        assertThat(state()).isEqualTo(DISCONNECTED);
        assertThat(harness.told).isEmpty();
        connection().connectNow();
        harness.time.advance(MINUTE);
        assertThat(harness.links).isEmpty();
    }

    @Test
    void triesTheAddressesOfANameInTurn() {
        begun();
        for (int i = 0; i < 3; i++) {
            harness.link().down(REFUSED);
            nextAttempt();
        }
        assertThat(harness.link().opens).hasSize(4);
        assertThat(Set.copyOf(harness.link().opens)).hasSize(2);
    }

    // ---- subscriptions

    @Test
    void aRefusedFilterIsNamedWhileTheConnectionStands() {
        harness.want("allowed", "secret/#");
        harness.refusing = Set.of("secret/#");
        connected();

        assertThat(failure().kind()).isEqualTo(FailureKind.SUBSCRIBE_DENIED);
        assertThat(failure().stage()).isEqualTo(ConnectionStage.SUBSCRIBE);
        assertThat(failure().reasonCode()).isEqualTo(0x87);
        assertThat(failure().message()).contains("secret/#").doesNotContain("allowed");
        assertThat(connection().status().refusedSubscriptions())
                .extracting(s -> s.filter().value())
                .containsExactly("secret/#");
        assertThat(connection().status().isConnected()).isTrue();
    }

    @Test
    void theComplaintEndsWhenTheRefusedFilterIsNotWantedAnyMore() {
        harness.want("allowed", "secret/#");
        harness.refusing = Set.of("secret/#");
        connected();

        harness.want("allowed");
        harness.tell(connection());

        assertThat(connection().status().failure()).isNull();
        assertThat(connection().status().subscriptions()).hasSize(1);
    }

    @Test
    void aBrokerThatLeavesSubscribeUnansweredIsDropped() {
        harness.want("a");
        harness.answering = false;
        begun();
        harness.link().opened();

        harness.time.advance(EngineHarness.SUBACK.minusMillis(1));
        assertThat(harness.link().drops).isZero();
        harness.time.advance(Duration.ofMillis(1));
        assertThat(harness.link().drops).isEqualTo(1);
        harness.link().down(null);

        assertThat(state()).isEqualTo(RECONNECTING);
        assertThat(failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
        assertThat(failure().stage()).isEqualTo(ConnectionStage.SUBSCRIBE);
    }

    @Test
    void aBrokerThatLeavesALaterSubscribeUnansweredIsDroppedToo() {
        connected();
        harness.link().answering = false;
        harness.want("a");
        harness.tell(connection());

        harness.time.advance(EngineHarness.SUBACK);
        assertThat(harness.link().drops).isEqualTo(1);
        harness.link().down(null);
        assertThat(failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
    }

    @Test
    void aFilterThatIsNotAnsweredYetIsShownAsSuch() {
        connected();
        harness.link().answering = false;
        harness.want("a");
        harness.tell(connection());

        assertThat(connection().status().subscriptions()).singleElement().satisfies(subscription -> {
            assertThat(subscription.granted()).isNull();
            assertThat(subscription.isRefused()).isFalse();
        });
    }

    @Test
    void aBrokerThatAnswersOneAfterTheOtherIsGivenTime() {
        harness.answering = false;
        harness.want(IntStream.range(0, 130).mapToObj(i -> "f/" + i).toArray(String[]::new));
        begun();
        harness.link().opened();
        assertThat(harness.link().subscribes).hasSize(3);

        for (ScriptedLink.Subscribe subscribe : List.copyOf(harness.link().subscribes)) {
            harness.time.advance(EngineHarness.SUBACK.minusSeconds(1));
            harness.link().answer(subscribe);
        }

        assertThat(harness.link().drops).isZero();
        assertThat(state()).isEqualTo(CONNECTED);
        assertThat(harness.time.scheduled()).isZero();
    }

    @Test
    void whatIsWrittenAboutASilentBrokerIsNotSaidOfTheNextConnection() {
        harness.want("a");
        harness.answering = false;
        begun();
        harness.link().opened();
        harness.time.advance(EngineHarness.SUBACK);
        apply(d -> d.active(false));
        harness.link().closed();
        apply(d -> d.active(true));
        harness.settle();

        harness.link().down(REFUSED);

        assertThat(failure().kind()).isEqualTo(FailureKind.TCP_REFUSED);
    }

    @Test
    void afterAFailedSubscribeTheOtherAnswersDoNotMakeItConnected() {
        harness.answering = false;
        harness.want(IntStream.range(0, 60).mapToObj(i -> "f/" + i).toArray(String[]::new));
        begun();
        ScriptedLink link = harness.link();
        link.opened();

        link.subscribes.get(0).answer().completeExceptionally(new ScriptedLink.Gone());
        assertThat(link.drops).isEqualTo(1);
        link.answer(link.subscribes.get(1));
        harness.tell(connection());

        assertThat(state()).isEqualTo(CONNECTING);
        assertThat(link.subscribes).hasSize(2);
        link.down(RESET);
        assertThat(state()).isEqualTo(RECONNECTING);
    }

    @Test
    void filtersChangeWithoutANewConnection() {
        harness.want("a", "b");
        connected();

        harness.want("b", "c");
        harness.tell(connection());

        assertThat(harness.links).hasSize(1);
        assertThat(harness.link().subscribed()).containsExactly("a", "b", "c");
        assertThat(harness.link().unsubscribed()).containsExactly("a");
        assertThat(harness.states()).containsExactly(CONNECTING, CONNECTED);
        assertThat(connection().status().subscriptions())
                .extracting(s -> s.filter().value())
                .containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void everyConnectionSubscribesAgainWhateverTheBrokerRemembers() {
        harness.want("a");
        connected();
        harness.link().down(RESET);
        nextAttempt();
        harness.link().opened(true);

        assertThat(harness.link().subscribed()).containsExactly("a", "a");
        assertThat(connection().status().grants().sessionPresent()).isTrue();
    }

    @Test
    void aResumedSessionLosesTheFiltersThatNobodyWantsAnyMore() {
        harness.want("a", "b");
        connected();
        harness.link().down(RESET);
        harness.want("b");
        nextAttempt();
        harness.link().opened(true);

        assertThat(harness.link().unsubscribed()).containsExactly("a");
        assertThat(harness.held).containsExactly("b");
    }

    @Test
    void aSessionThatIsResumedAfterADisconnectionLosesThemToo() {
        harness.want("a", "b");
        connected();
        apply(d -> d.active(false));
        harness.link().closed();
        harness.want("b");
        apply(d -> d.active(true));
        harness.settle();
        harness.link().opened(true);

        assertThat(harness.held).containsExactly("b");
    }

    @Test
    void aFilterWhoseAnswerWasLostIsGivenBackWhenNobodyWantsIt() {
        harness.want("a");
        harness.answering = false;
        begun();
        harness.link().opened();
        harness.link().subscribes.get(0).answer().completeExceptionally(new ScriptedLink.Gone());
        harness.link().down(RESET);
        harness.want();
        nextAttempt();
        harness.link().opened(true);

        assertThat(harness.held).isEmpty();
    }

    @Test
    void aLostUnsubscribeIsRepeated() {
        harness.want("a");
        connected();
        harness.link().answering = false;
        harness.want();
        harness.tell(connection());
        harness.link().down(RESET);
        harness.held.add("a");
        nextAttempt();
        harness.link().opened(true);

        assertThat(harness.link().unsubscribed()).containsExactly("a", "a");
    }

    @Test
    void nothingIsGivenBackOfASessionThatIsGone() {
        harness.want("a");
        connected();
        harness.link().down(RESET);
        harness.want();
        nextAttempt();
        harness.link().opened(false);

        assertThat(harness.link().unsubscribes).isEmpty();
    }

    // ---- failures

    @Test
    void aLostLinkIsMadeAgain() {
        connected();
        harness.time.advance(MINUTE);
        harness.link().down(RESET);

        assertThat(state()).isEqualTo(RECONNECTING);
        assertThat(failure().kind()).isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(connection().status().attempt()).isEqualTo(1);
        assertThat(untilNextAttempt()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        nextAttempt();
        assertThat(state()).isEqualTo(CONNECTING);
        assertThat(failure().kind()).as("shown until it is mended").isEqualTo(FailureKind.CONNECTION_LOST);
        harness.link().opened(true);

        assertThat(state()).isEqualTo(CONNECTED);
        assertThat(connection().status().failure()).isNull();
        assertThat(harness.links).as("the client and its session are kept").hasSize(1);
    }

    @Test
    void whatARetryCannotMendIsTriedAgainSlowlyAndVisibly() {
        begun();
        List<Instant> tries = new ArrayList<>();
        Instant end = harness.time.instant().plus(Duration.ofHours(1));
        harness.policy = (d, address, port) -> {
            tries.add(harness.time.instant());
            return false;
        };
        harness.link().down(REFUSED);
        nextAttempt();

        assertThat(state()).isEqualTo(FAILED);
        assertThat(connection().status().nextAttemptAt()).isNotNull();
        assertThat(untilNextAttempt()).isGreaterThan(Duration.ofSeconds(50));
        harness.time.advance(Duration.between(harness.time.instant(), end));
        assertThat(tries).hasSizeBetween(3, 10);
        harness.policy = NetworkPolicy.everything();
        nextAttempt();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void delaysGrowUntilTheLinkWasStable() {
        definition = definition.toBuilder()
                .reconnect(new ReconnectSettings(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(64),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ofSeconds(30)))
                .build();
        List<Integer> attempts = new ArrayList<>();
        List<Duration> outages = new ArrayList<>();
        harness.reconnectPolicy = (outage, settings, random) -> {
            attempts.add(outage.attempt());
            outages.add(outage.lasting());
            return Duration.ofSeconds(10);
        };
        connected();
        for (int i = 0; i < 3; i++) {
            harness.time.advance(Duration.ofSeconds(29));
            harness.link().down(RESET);
            nextAttempt();
            harness.link().opened(true);
        }
        assertThat(attempts).as("a flapping link begins nothing anew").containsExactly(1, 2, 3);
        assertThat(outages.get(2)).isGreaterThan(Duration.ofSeconds(60));

        harness.time.advance(Duration.ofSeconds(30));
        harness.link().down(RESET);
        assertThat(attempts).endsWith(1);
        assertThat(outages).endsWith(Duration.ZERO);
    }

    @Test
    void endpointsAreTriedInOrderAndFromTheFirstOneAfterAStableLink() {
        definition = definition.toBuilder()
                .endpoints(List.of(Endpoint.of("one", 1), Endpoint.of("two", 2)))
                .build();
        begun();
        harness.link().down(REFUSED);
        assertThat(failure().message()).contains("one");
        nextAttempt();
        harness.link().opened();
        harness.time.advance(MINUTE);
        harness.link().down(RESET);
        assertThat(failure().message()).as("names the endpoint that was lost").contains("two");
        nextAttempt();

        assertThat(harness.link().opens)
                .extracting(address -> address.getPort())
                .containsExactly(1, 2, 1);
    }

    @Test
    void anUnknownHostIsExplainedAndTriedAgain() {
        harness.unknownHosts.put("broker.example", "");
        begun();

        assertThat(state()).isEqualTo(RECONNECTING);
        assertThat(failure().kind()).isEqualTo(FailureKind.DNS_UNKNOWN_HOST);
        assertThat(harness.links).isEmpty();
        harness.unknownHosts.clear();
        nextAttempt();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void everyAttemptLooksTheNameUpAnew() {
        begun();
        harness.link().down(REFUSED);
        harness.unknownHosts.put("broker.example", "");
        nextAttempt();

        assertThat(failure().kind()).isEqualTo(FailureKind.DNS_UNKNOWN_HOST);
        assertThat(harness.link().opens).hasSize(1);
    }

    @Test
    void aForbiddenAddressIsNeverConnectedToAndAskedForAtEveryAttempt() {
        int[] asked = {0};
        harness.policy = (d, address, port) -> {
            asked[0]++;
            // the second of the two addresses of the name
            return address.getAddress()[2] == 0;
        };
        begun();
        assertThat(state()).isEqualTo(FAILED);
        assertThat(failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        for (int i = 1; i <= 5; i++) {
            assertThat(asked[0]).isEqualTo(2 * i);
            nextAttempt();
        }
        assertThat(harness.links).isEmpty();
        assertThat(failure().message()).doesNotContain("10.0.");
    }

    @Test
    void aNameThatMovesToAForbiddenAddressIsNotFollowed() {
        connected();
        harness.policy = (d, address, port) -> false;
        harness.link().down(RESET);
        nextAttempt();

        assertThat(state()).isEqualTo(FAILED);
        assertThat(harness.link().opens).hasSize(1);
    }

    private static ProxySettings proxy() {
        return new ProxySettings(ProxySettings.Type.HTTP, Endpoint.of("proxy.example", 3128), null);
    }

    @Test
    void aProxysNameIsLookedUpLikeTheBrokersAndItsAddressGoesWithTheAttempt() {
        definition = definition.toBuilder().proxy(proxy()).build();
        begun();

        assertThat(harness.link().opens)
                .singleElement()
                .satisfies(broker -> assertThat(broker.getHostString()).isEqualTo("broker.example"));
        assertThat(harness.link().proxy).isNotNull().satisfies(proxy -> {
            assertThat(proxy.isUnresolved()).isFalse();
            assertThat(proxy.getHostString()).isEqualTo("proxy.example");
            assertThat(proxy.getPort()).isEqualTo(3128);
        });
    }

    @Test
    void aForbiddenProxyIsNeverConnectedTo() {
        definition = definition.toBuilder().proxy(proxy()).build();
        harness.policy = (d, address, port) -> port != 3128;
        begun();

        assertThat(failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        assertThat(failure().message()).contains("proxy.example");
        assertThat(harness.links).isEmpty();
    }

    @Test
    void aProxyDoesNotOpenTheWayToAForbiddenBroker() {
        definition = definition.toBuilder().proxy(proxy()).build();
        harness.policy = (d, address, port) -> port == 3128;
        begun();

        assertThat(failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        assertThat(harness.links).isEmpty();
    }

    @Test
    void aProxyWithoutAnAddressIsNamed() {
        definition = definition.toBuilder().proxy(proxy()).build();
        harness.unknownHosts.put("proxy.example", "");
        begun();

        assertThat(failure().kind()).isEqualTo(FailureKind.DNS_UNKNOWN_HOST);
        assertThat(failure().message()).contains("proxy.example");
        assertThat(harness.links).isEmpty();
    }

    @Test
    void theAddressesOfBrokerAndProxyAreTriedInTurn() {
        definition = definition.toBuilder().proxy(proxy()).build();
        begun();
        List<String> proxies = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            proxies.add(
                    Objects.requireNonNull(harness.link().proxy).getAddress().getHostAddress());
            harness.link().down(REFUSED);
            nextAttempt();
        }

        assertThat(proxies).doesNotHaveDuplicates();
        assertThat(harness.link().opens.subList(0, 2)).doesNotHaveDuplicates();
    }

    @Test
    void aPolicyThatThrowsForbids() {
        harness.policy = (d, address, port) -> {
            throw new IllegalStateException("x");
        };
        begun();

        assertThat(state()).isEqualTo(FAILED);
        assertThat(failure().kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        assertThat(harness.links).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReconnectPolicyThatFailsIsReplacedByTheUsualOne(boolean throwing) {
        harness.reconnectPolicy = (outage, settings, random) -> {
            if (throwing) {
                throw new IllegalStateException("x");
            }
            return null;
        };
        begun();
        harness.link().down(REFUSED);

        assertThat(state()).isEqualTo(RECONNECTING);
        nextAttempt();
        assertThat(harness.link().opens).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unusableTlsMaterialIsExplainedAndLookedAtAgain(boolean atCreation) {
        RuntimeException unusable = new IllegalArgumentException("no key\nfor you");
        harness.createFailure = atCreation ? unusable : null;
        harness.openFailure = atCreation ? null : unusable;
        begun();

        assertThat(state()).isEqualTo(FAILED);
        assertThat(failure().kind()).isEqualTo(FailureKind.TLS_MATERIAL);
        assertThat(failure().message()).contains("no key for you");
        harness.createFailure = null;
        harness.openFailure = null;
        nextAttempt();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void connectNowCutsTheWaitShort() {
        begun();
        harness.link().down(REFUSED);
        connection().connectNow();
        harness.settle();

        assertThat(state()).isEqualTo(CONNECTING);
        assertThat(harness.link().opens).hasSize(2);
        connection().connectNow();
        harness.settle();
        assertThat(harness.link().opens).as("an attempt is under way").hasSize(2);
        harness.link().opened();
        connection().connectNow();
        harness.settle();
        assertThat(harness.link().opens).as("it is connected").hasSize(2);
        assertThat(harness.time.scheduled()).isZero();
    }

    @Test
    void connectNowLooksAgainAtWhatFailed() {
        harness.policy = (d, address, port) -> false;
        begun();
        harness.policy = NetworkPolicy.everything();
        connection().connectNow();
        harness.settle();
        harness.link().opened();

        assertThat(state()).isEqualTo(CONNECTED);
    }

    // ---- ends

    /** How far a connection has come. */
    private enum Situation {
        NEW,
        WAITING_FOR_ITS_TURN,
        LOOKING_UP,
        ATTEMPTING,
        SUBSCRIBING,
        ESTABLISHED,
        DROPPED,
        WAITING_TO_RETRY,
        LOOKING_UP_AGAIN,
        ATTEMPTING_AGAIN,
        GIVEN_UP,
        GIVEN_UP_WITHOUT_A_LINK,
        CLOSING,
        INACTIVE
    }

    private void bring(Situation situation) {
        harness.want("a");
        switch (situation) {
            case NEW -> {}
            case WAITING_FOR_ITS_TURN, LOOKING_UP -> connection().apply(definition);
            case ATTEMPTING -> begun();
            case SUBSCRIBING -> {
                harness.answering = false;
                begun();
                harness.link().opened();
            }
            case ESTABLISHED -> connected();
            case DROPPED -> {
                bring(Situation.SUBSCRIBING);
                harness.time.advance(EngineHarness.SUBACK);
            }
            case WAITING_TO_RETRY -> {
                begun();
                harness.link().down(REFUSED);
            }
            case LOOKING_UP_AGAIN -> {
                bring(Situation.WAITING_TO_RETRY);
                connection().connectNow();
            }
            case ATTEMPTING_AGAIN -> {
                connected();
                harness.link().down(RESET);
                nextAttempt();
            }
            case GIVEN_UP -> {
                connected();
                harness.policy = (d, address, port) -> false;
                harness.link().down(RESET);
                nextAttempt();
            }
            case GIVEN_UP_WITHOUT_A_LINK -> {
                harness.policy = (d, address, port) -> false;
                begun();
            }
            case CLOSING -> {
                connected();
                apply(d -> d.active(false));
            }
            case INACTIVE -> {
                connected();
                apply(d -> d.active(false));
                harness.link().closed();
            }
        }
    }

    private void finishClosing() {
        if (!harness.links.isEmpty()) {
            harness.link().closed();
        }
        harness.time.advance(MINUTE);
    }

    @ParameterizedTest
    @EnumSource
    void stopEndsItInAnyState(Situation situation) {
        bring(situation);
        CompletableFuture<Void> ended = connection().stop();
        assertThat(ended.isDone())
                .isEqualTo(harness.links.isEmpty() || harness.link().phase == ScriptedLink.Phase.CLOSED);
        finishClosing();

        assertThat(ended).isCompleted();
        assertThat(state()).isEqualTo(DISCONNECTED);
        assertThat(connection().status().wanted()).isFalse();
        assertThat(harness.links).allSatisfy(link -> {
            assertThat(link.closedTold).isEqualTo(1);
            assertThat(link.endSession).as("the session stays").isFalse();
        });
        connection().apply(definition.toBuilder().active(true).version(99).build());
        connection().connectNow();
        harness.tell(connection());
        harness.time.advance(MINUTE);
        harness.assertNothingLeft();
        assertThat(harness.removed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void removeEndsItInAnyState(Situation situation) {
        bring(situation);
        CompletableFuture<Void> ended = connection().remove();
        finishClosing();

        assertThat(ended).isCompleted();
        assertThat(state()).isEqualTo(DISCONNECTED);
        assertThat(harness.removed).containsExactly(definition.id());
        assertThat(harness.links).allSatisfy(link -> assertThat(link.closedTold).isEqualTo(1));
        if (situation != Situation.CLOSING && situation != Situation.INACTIVE) {
            assertThat(harness.links)
                    .allSatisfy(link -> assertThat(link.endSession).isTrue());
        }
        int told = harness.told.size();
        connection().apply(definition.toBuilder().active(true).version(99).build());
        connection().connectNow();
        harness.time.advance(MINUTE);
        assertThat(harness.told).as("nothing is told of it any more").hasSize(told);
        harness.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void notWantingItEndsItInAnyStateAndWantingItAgainBeginsIt(Situation situation) {
        bring(situation);
        harness.policy = NetworkPolicy.everything();
        harness.answering = true;
        apply(d -> d.active(false));
        assertThat(state()).isIn(DISCONNECTED, DISCONNECTING);
        assertThat(connection().status().wanted()).isFalse();
        finishClosing();
        harness.assertNothingLeft();

        apply(d -> d.active(true));
        harness.settle();
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void changingOnesMindWhileItClosesMakesANewLinkOnceTheOldOneIsGone() {
        connected();
        apply(d -> d.active(false));
        apply(d -> d.active(true));
        harness.time.advance(Duration.ofSeconds(20));
        assertThat(harness.links).hasSize(1);
        assertThat(state()).isEqualTo(DISCONNECTING);

        harness.link().closed();
        harness.settle();
        assertThat(harness.links).hasSize(2);
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void anAcceptanceThatComesWhileItClosesIsNotAnswered() {
        harness.want("a");
        begun();
        ScriptedLink link = harness.link();
        apply(d -> d.active(false));
        // The broker's CONNACK was on its way.
        link.observer.opened(ScriptedLink.granted(false, 10, io.github.mqttmanager.topic.QoS.EXACTLY_ONCE, true, true));

        assertThat(link.subscribes).isEmpty();
        link.closed();
        assertThat(state()).isEqualTo(DISCONNECTED);
        assertThat(harness.time.scheduled()).isZero();
    }

    @Test
    void aLinkThatWasGivenUpAndIsBeyondThatIsReplacedAndTheNewOneSendsWhatItHad() {
        connected();
        ScriptedLink dead = harness.link();
        CompletableFuture<PublishReceipt> receipt = publish("t");
        assertThat(dead.published()).containsExactly("t");
        for (int i = 0; i < 14; i++) {
            harness.time.advance(Duration.ofSeconds(1));
            connection().sweep();
        }
        assertThat(dead.drops).isEqualTo(1);
        assertThat(state()).isEqualTo(CONNECTED);
        dead.beyondThat();
        assertThat(state()).isEqualTo(RECONNECTING);
        assertThat(failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
        harness.time.advance(MINUTE);
        harness.settle();

        assertThat(harness.links).hasSize(2);
        harness.link().opened(true);
        harness.link().acknowledgeAll();
        assertThat(receipt).isCompleted();
        assertThat(state()).isEqualTo(CONNECTED);
    }

    @Test
    void whatAReplacedLinkStillSaysIsNotHeard() {
        connected();
        ScriptedLink old = harness.link();
        apply(d -> d.active(false));
        old.closed();
        apply(d -> d.active(true));
        harness.settle();
        harness.link().opened();

        old.observer.down(new MqttLink.LinkDown(RESET, true, true, 0));
        old.observer.closed();
        old.observer.opened(ScriptedLink.granted(false, 1, io.github.mqttmanager.topic.QoS.AT_MOST_ONCE, false, true));

        assertThat(state()).isEqualTo(CONNECTED);
        assertThat(harness.links).hasSize(2);
    }

    @Test
    void removingABrokerOfMqtt3GivesItsFiltersBackFirst() {
        definition = definition.toBuilder().mqttVersion(MqttVersion.V3_1_1).build();
        harness.want("a", "b");
        connected();
        connection().remove();

        assertThat(harness.link().unsubscribed()).containsExactlyInAnyOrder("a", "b");
        assertThat(harness.link().endSession).isTrue();
        harness.link().closed();
        harness.assertNothingLeft();
    }

    @Test
    void removingABrokerOfMqtt3DoesNotWaitLongForAnAnswer() {
        definition = definition.toBuilder().mqttVersion(MqttVersion.V3_1_1).build();
        harness.want("a");
        connected();
        harness.link().answering = false;
        connection().remove();
        assertThat(harness.link().endSession).isNull();

        harness.time.advance(Duration.ofSeconds(2));
        assertThat(harness.link().endSession).isTrue();
        harness.link().closed();
        harness.assertNothingLeft();
    }

    // ---- changes

    @ParameterizedTest
    @EnumSource
    void anotherHostReplacesTheLinkOnlyOnceTheOldOneIsClosed(Situation situation) {
        bring(situation);
        harness.policy = NetworkPolicy.everything();
        harness.answering = true;
        int before = harness.links.size();
        boolean open = before > 0 && harness.link().phase != ScriptedLink.Phase.CLOSED;
        ScriptedLink old = open ? harness.link() : null;
        apply(d -> d.active(true).endpoints(List.of(Endpoint.of("other.example", 1884))));
        harness.settle();
        if (old != null) {
            assertThat(harness.links).hasSize(before);
            assertThat(old.endSession).isFalse();
            old.closed();
            harness.settle();
        }

        assertThat(harness.links).hasSize(before + 1);
        assertThat(harness.link().opens)
                .singleElement()
                .satisfies(address -> assertThat(address.getHostString()).isEqualTo("other.example"));
        harness.link().opened();
        assertThat(state()).isEqualTo(CONNECTED);
        assertThat(connection().status().failure()).isNull();
    }

    @Test
    void queuedAndUnansweredPublishesSurviveAChange() {
        connected();
        CompletableFuture<PublishReceipt> unanswered = publish("1");
        CompletableFuture<PublishReceipt> unansweredToo = publish("2");
        apply(d -> d.endpoints(List.of(Endpoint.of("other.example", 1884))));
        CompletableFuture<PublishReceipt> queued = publish("3");
        assertThat(harness.link().published()).containsExactly("1", "2");
        harness.link().closed();
        harness.settle();
        harness.link().opened();

        assertThat(harness.link().published()).containsExactly("1", "2", "3");
        harness.link().acknowledgeAll();
        assertThat(List.of(unanswered, unansweredToo, queued))
                .allSatisfy(outcome -> assertThat(outcome).isCompleted());
    }

    @Test
    void anUnchangedDefinitionDoesNothing() {
        connected();
        int told = harness.told.size();
        connection().apply(definition);
        apply(d -> d);
        apply(d -> d.reconnect(ReconnectSettings.DEFAULT));
        harness.time.advance(MINUTE);

        assertThat(harness.links).hasSize(1);
        assertThat(harness.told).hasSize(told);
        assertThat(harness.link().endSession).isNull();
    }

    @Test
    void anUnchangedDefinitionDoesNotCutAWaitShort() {
        begun();
        harness.link().down(REFUSED);
        Instant next = connection().status().nextAttemptAt();
        apply(d -> d);

        assertThat(connection().status().nextAttemptAt()).isEqualTo(next);
        assertThat(harness.link().opens).hasSize(1);
    }

    @Test
    void aBrokerThatWasDeletedAndMadeAnewCountsThoughItsVersionIsLower() {
        definition = definition.toBuilder().version(7).build();
        connected();
        connection()
                .apply(definition.toBuilder()
                        .version(1)
                        .name("anew")
                        .active(false)
                        .build());

        assertThat(connection().status().name()).isEqualTo("anew");
        assertThat(state()).isEqualTo(DISCONNECTING);
    }

    @Test
    void nameAndOwnerChangeInPlace() {
        connected();
        apply(d -> d.name("new name").owner("somebody"));

        assertThat(harness.links).hasSize(1);
        assertThat(connection().status().name()).isEqualTo("new name");
        assertThat(connection().status().owner()).isEqualTo("somebody");
        assertThat(harness.told.get(harness.told.size() - 1).name()).isEqualTo("new name");
        assertThat(harness.states()).containsExactly(CONNECTING, CONNECTED);
    }

    @Test
    void changingTheDefinitionOfWhatFailedTriesItAtOnce() {
        harness.policy = (d, address, port) ->
                address.getAddress().length == 4 && d.endpoints().get(0).port() == 1884;
        begun();
        assertThat(state()).isEqualTo(FAILED);
        apply(d -> d.endpoints(List.of(Endpoint.of("broker.example", 1884))));
        harness.settle();

        assertThat(harness.link().opens).hasSize(1);
    }

    // ---- publishes

    @Test
    void aBrokerThatLeavesAPublishUnansweredIsTriedAnewByThePolicy() {
        connected();
        CompletableFuture<PublishReceipt> receipt = publish("1");
        harness.time.advance(Duration.ofSeconds(29));
        look();
        assertThat(harness.link().drops).isZero();
        harness.time.advance(Duration.ofSeconds(1));
        look();
        assertThat(harness.link().drops).isEqualTo(1);
        look();
        assertThat(harness.link().drops).as("once").isEqualTo(1);
        harness.link().down(null);

        assertThat(state()).isEqualTo(RECONNECTING);
        assertThat(failure().kind()).isEqualTo(FailureKind.MQTT_NO_RESPONSE);
        assertThat(failure().message()).contains("PUBLISH unanswered for 30 s");
        nextAttempt();
        harness.link().opened(true);
        assertThat(receipt).isNotDone();
        harness.link().acknowledgeAll();
        assertThat(receipt).isCompleted();
        assertThat(connection().status().counters().published()).isEqualTo(1);
    }

    /** As the timer does; the broker answers all probes. */
    private void look() {
        connection().sweep();
        harness.link().probes.forEach(probe -> probe.complete(null));
    }

    @Test
    void publishesWaitForTheConnectionUnlessTheyShallNot() {
        CompletableFuture<PublishReceipt> queued = publish("q");
        CompletableFuture<PublishReceipt> failing = connection()
                .publish(OutboundPublish.builder()
                        .topic("f")
                        .whenDisconnected(WhenDisconnected.FAIL)
                        .build());
        assertThat(failing).isCompletedExceptionally();
        assertThat(failureOf(failing)).isEqualTo(PublishFailure.NOT_CONNECTED);
        connected();

        assertThat(harness.link().published()).containsExactly("q");
        harness.link().acknowledgeAll();
        assertThat(queued).isCompleted();
        assertThat(connection().status().counters().published()).isEqualTo(1);
        assertThat(connection().status().lastAcknowledgedAt()).isEqualTo(harness.time.instant());
    }

    @Test
    void whatTheClientStillHasIsNotHandedOverAgainAfterALostLink() {
        connected();
        publish("1");
        harness.link().down(RESET);
        publish("2");
        nextAttempt();
        harness.link().opened(true);

        assertThat(harness.link().published()).containsExactly("1", "2");
    }

    @Test
    void nothingIsHandedOverBeforeTheSubscriptionsAreAnswered() {
        harness.want("a");
        harness.answering = false;
        publish("1");
        begun();
        harness.link().opened();
        assertThat(harness.link().publishes).isEmpty();
        harness.link().answer(harness.link().subscribes.get(0));
        assertThat(harness.link().published()).containsExactly("1");
    }

    @Test
    void whatWaitsFailsWhenTheConnectionIsEnded() {
        connected();
        CompletableFuture<PublishReceipt> unanswered = publish("1");
        harness.link().down(RESET);
        CompletableFuture<PublishReceipt> queued = publish("2");
        connection().stop();

        assertThat(failureOf(unanswered)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(queued)).isEqualTo(PublishFailure.CLOSED);
        assertThat(failureOf(publish("3"))).isEqualTo(PublishFailure.CLOSED);
    }

    private static PublishFailure failureOf(CompletableFuture<?> outcome) {
        assertThat(outcome).isCompletedExceptionally();
        return ((PublishException) outcome.handle((ok, failure) -> failure).join()).failure();
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        Engine engine = harness.engine();
        StatusFeed feed = engine.feed();
        List<ConnectionState> heard = new ArrayList<>();
        feed.add(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                throw new AssertionError("x");
            }
        });
        feed.add(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus current) {
                heard.add(current.state());
            }
        });
        made = new BrokerConnection(definition, engine, null);
        connected();

        assertThat(heard).containsExactly(CONNECTING, CONNECTED);
        assertThat(TopicFilter.of("x").value()).isEqualTo("x");
    }

    // ---- the birth message

    private void born(QoS qos) {
        definition = definition.toBuilder()
                .birth(new Birth(TopicName.of("born"), new byte[] {1}, qos, true))
                .build();
    }

    @Test
    void theBirthMessageGoesOnceTheFiltersAreAnsweredAndBeforeWhatWaited() {
        born(QoS.AT_LEAST_ONCE);
        harness.want("a");
        harness.answering = false;
        begun();
        publish("waited");
        harness.link().opened();
        assertThat(harness.link().published()).isEmpty();

        harness.link().answer(harness.link().subscribes.get(0));
        assertThat(harness.link().published()).containsExactly("born", "waited");
        assertThat(harness.link().publishes.get(0).message()).satisfies(birth -> {
            assertThat(birth.payload().get()).isEqualTo((byte) 1);
            assertThat(birth.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
            assertThat(birth.retain()).isTrue();
        });
    }

    @Test
    void theBirthMessageGoesAtEachConnectionAndNotWhenFiltersChange() {
        born(QoS.AT_LEAST_ONCE);
        connected();
        harness.link().acknowledgeAll();
        harness.want("a");
        harness.tell(connection());
        harness.settle();
        assertThat(harness.link().published()).containsExactly("born");

        harness.link().down(RESET);
        nextAttempt();
        harness.link().opened(true);
        assertThat(harness.link().published()).containsExactly("born", "born");
        harness.link().acknowledgeAll();
        apply(b -> b.birth(null));
        harness.link().down(RESET);
        nextAttempt();
        harness.link().opened(true);
        assertThat(harness.link().published()).hasSize(2);
    }

    /** The client sends what is open again by itself; they would pile up at a broker that acknowledges nothing. */
    @Test
    void aBirthMessageThatIsStillOpenIsNotPublishedTwice() {
        born(QoS.AT_LEAST_ONCE);
        connected();
        for (int i = 0; i < 5; i++) {
            harness.link().down(RESET);
            nextAttempt();
            harness.link().opened(true);
        }
        assertThat(harness.link().published()).containsExactly("born");
    }

    @Test
    void aBirthMessageThatIsRefusedIsSeenAndTheConnectionIsOtherwiseFine() {
        born(QoS.AT_LEAST_ONCE);
        connected();
        CompletableFuture<PublishReceipt> waited = publish("waited");
        harness.link()
                .publishes
                .get(0)
                .answer()
                .completeExceptionally(new MqttLink.RefusedPublish(0x87, "refused with 0x87"));
        harness.link().acknowledgeAll();

        assertThat(state()).isEqualTo(CONNECTED);
        assertThat(waited).isCompleted();
        assertThat(failure().kind()).isEqualTo(FailureKind.BIRTH_REFUSED);
        assertThat(failure().message()).contains("0x87");
        harness.want("a");
        harness.tell(connection());
        harness.settle();
        assertThat(failure().kind()).isEqualTo(FailureKind.BIRTH_REFUSED);

        harness.link().down(RESET);
        nextAttempt();
        harness.link().opened(true);
        harness.link().acknowledgeAll();
        assertThat(connection().status().failure()).isNull();
    }

    @Test
    void aBirthMessageIsSentAtLeastOnceIntoASessionOfAnEarlierProcess() {
        born(QoS.EXACTLY_ONCE);
        begun();
        harness.link().opened(true);
        assertThat(harness.link().publishes)
                .singleElement()
                .satisfies(birth -> assertThat(birth.message().qos()).isEqualTo(QoS.AT_LEAST_ONCE));
        harness.link().acknowledgeAll();
        assertThat(connection().status().failure()).isNull();
    }

    @Test
    void aBirthMessageThatTheBrokerCannotTakeIsSeen() {
        born(QoS.AT_LEAST_ONCE);
        begun();
        harness.link().opened(false, 10, QoS.EXACTLY_ONCE, false);
        assertThat(state()).isEqualTo(CONNECTED);
        assertThat(failure().kind()).isEqualTo(FailureKind.BIRTH_REFUSED);
        assertThat(harness.link().published()).isEmpty();
    }
}
