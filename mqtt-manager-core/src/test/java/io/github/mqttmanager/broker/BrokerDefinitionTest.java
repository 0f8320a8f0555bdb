package io.github.mqttmanager.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BrokerDefinitionTest {
    private static BrokerDefinition.Builder builder() {
        return BrokerDefinition.builder("b", "localhost", 1883).clientIdentifier("client");
    }

    private static void refused(String culprit, UnaryOperator<BrokerDefinition.Builder> change) {
        assertThatIllegalArgumentException()
                .as(culprit)
                .isThrownBy(() -> change.apply(builder()).build())
                .withMessageContaining(culprit);
    }

    @Test
    void servesNothingLostByDefault() {
        BrokerDefinition definition =
                BrokerDefinition.builder("b", "localhost", 1883).build();

        assertThat(definition.session().cleanStart()).isFalse();
        assertThat(definition.session().expiry()).isEqualTo(Duration.ofHours(24));
        assertThat(definition.session().receiveMaximum()).isBetween(100, 999);
        assertThat(definition.session().maximumPacketSize()).isEqualTo(256 * 1024);
        assertThat(definition.keepAlive()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        assertThat(definition.mqttVersion()).isEqualTo(MqttVersion.V5);
        assertThat(definition.transport()).isEqualTo(Transport.TCP);
        assertThat(definition.active()).isTrue();
        assertThat(definition.version()).isZero();
        assertThat(definition.name()).isEqualTo("b");
    }

    @Test
    void makesAClientIdentifierThatEveryBrokerMustAcceptAndKeepsIt() {
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            BrokerDefinition definition =
                    BrokerDefinition.builder("b", "localhost", 1883).build();
            assertThat(definition.clientIdentifier()).matches("[0-9A-Za-z]{23}");
            assertThat(definition.toBuilder().name("other").build().clientIdentifier())
                    .isEqualTo(definition.clientIdentifier());
            made.add(definition.clientIdentifier());
        }
        assertThat(made).hasSize(1_000);
    }

    @Test
    void refusesNonsenseAndNamesTheCulprit() {
        Endpoint endpoint = Endpoint.of("a", 1);
        assertAll(
                () -> refused("broker name", b -> b.name("")),
                () -> refused("broker name", b -> b.name("  ")),
                () -> refused("broker name", b -> b.name(null)),
                () -> refused("broker name", b -> b.name("x".repeat(101))),
                () -> refused("broker name", b -> b.name("a\nb")),
                () -> refused("broker name", b -> b.name("a\u0000")),
                () -> refused("broker name", b -> b.name("\uD800")),
                () -> refused("owner", b -> b.owner("")),
                () -> refused("owner", b -> b.owner("x".repeat(101))),
                () -> refused("owner", b -> b.owner("a\u0007")),
                () -> refused("endpoints", b -> b.endpoints(List.of())),
                () -> refused("endpoints", b -> b.endpoints(Collections.nCopies(17, endpoint))),
                () -> refused("client identifier", b -> b.clientIdentifier("")),
                () -> refused("client identifier", b -> b.clientIdentifier("x".repeat(129))),
                () -> refused("client identifier", b -> b.clientIdentifier("a\u0000b")),
                () -> refused("client identifier", b -> b.clientIdentifier("\uDC00")),
                () -> refused("keep-alive", b -> b.keepAlive(Duration.ZERO)),
                () -> refused("keep-alive", b -> b.keepAlive(Duration.ofMillis(4_999))),
                () -> refused("keep-alive", b -> b.keepAlive(Duration.ofHours(1).plusMillis(1))),
                () -> refused("keep-alive", b -> b.keepAlive(null)),
                () -> refused("version", b -> b.version(-1)),
                () -> refused(
                        "user name",
                        b -> b.mqttVersion(MqttVersion.V3_1_1).credentials(new Credentials(null, Secret.of("p")))));
    }

    @Test
    void acceptsTheEndsOfEveryRange() {
        builder()
                .name("x".repeat(100))
                .owner("x".repeat(100))
                .endpoints(Collections.nCopies(16, Endpoint.of("a", 1)))
                .clientIdentifier("x".repeat(128))
                .keepAlive(Duration.ofSeconds(5))
                .credentials(new Credentials(null, Secret.of("p")))
                .version(Long.MAX_VALUE)
                .build();
        builder()
                .keepAlive(Duration.ofHours(1))
                .mqttVersion(MqttVersion.V3_1_1)
                .credentials("u", "p")
                .build();
    }

    @Test
    void idsAreOpaqueButPrintable() {
        assertThat(BrokerId.of("x".repeat(64)).value()).hasSize(64);
        assertThat(BrokerId.of("ä/+#$")).hasToString("ä/+#$");
        assertThat(BrokerId.of("a")).isLessThan(BrokerId.of("b"));
        for (String bad : Arrays.asList(null, "", "x".repeat(65), "a b", "a\n", "\t", "a\u0000")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BrokerId.of(bad))
                    .withMessageContaining("broker id");
        }
    }

    @Test
    void credentialsNeedSomething() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Credentials(null, null))
                .withMessageContaining("user name");
        for (String bad : List.of("", " ", "a\n", "x".repeat(16_001), "\uD800")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Credentials.of(bad, "p"))
                    .withMessageContaining("user name");
        }
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        SessionSettings session = SessionSettings.DEFAULT;
        Duration second = Duration.ofSeconds(1);
        assertAll(
                () -> named("session expiry", () -> session.withExpiry(Duration.ofSeconds(-1))),
                () -> named("session expiry", () -> session.withExpiry(Duration.ofSeconds(0x1_0000_0000L))),
                () -> named("receive maximum", () -> session.withReceiveMaximum(0)),
                () -> named("receive maximum", () -> session.withReceiveMaximum(65_536)),
                () -> named("packet size", () -> new SessionSettings(false, second, 1, 1_023)),
                () -> named("packet size", () -> new SessionSettings(false, second, 1, 268_435_461)),
                () -> named("initial reconnect", () -> reconnect(0, 15, 300, 120, 30)),
                () -> named("early maximum", () -> reconnect(20, 15, 300, 120, 30)),
                () -> named("early phase", () -> reconnect(1, 15, -1, 120, 30)),
                () -> named("late maximum", () -> reconnect(1, 15, 300, 10, 30)),
                () -> named("stable", () -> reconnect(1, 15, 300, 120, -1)),
                () -> named("stable", () -> reconnect(1, 15, 300, 120, 86_401)),
                () -> named("payload", () -> will(new byte[65_536], Duration.ZERO)),
                () -> named("delay", () -> will(new byte[0], Duration.ofSeconds(-1))),
                () -> named("delay", () -> will(new byte[0], Duration.ofDays(366))),
                () -> named("birth message's payload", () -> birth(new byte[65_536], QoS.AT_LEAST_ONCE)),
                () -> named("QoS of the birth message", () -> birth(new byte[0], QoS.AT_MOST_ONCE)),
                () -> named("path", () -> new WebSocketSettings("mqtt", Map.of())),
                () -> named("path", () -> new WebSocketSettings("", Map.of())),
                () -> named("path", () -> new WebSocketSettings("/a\r\nHost: evil", Map.of())),
                () -> named("path", () -> new WebSocketSettings("/" + "x".repeat(2_000), Map.of())),
                () -> named("header name", () -> new WebSocketSettings("/", Map.of("a b", "x"))),
                () -> named("header name", () -> new WebSocketSettings("/", Map.of("", "x"))),
                () -> named("header name", () -> new WebSocketSettings("/", Map.of("a\r\n", "x"))),
                () -> named("header X", () -> new WebSocketSettings("/", Map.of("X", "a\r\nEvil: 1"))),
                () -> named("header X", () -> new WebSocketSettings("/", Map.of("X", "x".repeat(8_001)))));
        reconnect(1, 1, 0, 1, 0);
        will(new byte[65_535], Duration.ofDays(365));
        birth(new byte[65_535], QoS.EXACTLY_ONCE);
        new SessionSettings(true, Duration.ofSeconds(0xFFFF_FFFFL), 65_535, 268_435_460);
        assertThat(session.withCleanStart(true).cleanStart()).isTrue();
    }

    private static void named(String culprit, Runnable refused) {
        assertThatIllegalArgumentException()
                .as(culprit)
                .isThrownBy(refused::run)
                .withMessageContaining(culprit);
    }

    private static ReconnectSettings reconnect(int initial, int early, int phase, int late, int stable) {
        return new ReconnectSettings(
                Duration.ofSeconds(initial),
                Duration.ofSeconds(early),
                Duration.ofSeconds(phase),
                Duration.ofSeconds(late),
                Duration.ofSeconds(stable));
    }

    private static Will will(byte[] payload, Duration delay) {
        return new Will(TopicName.of("a"), payload, QoS.AT_LEAST_ONCE, false, delay);
    }

    private static Birth birth(byte[] payload, QoS qos) {
        return new Birth(TopicName.of("a"), payload, qos, false);
    }

    @Test
    void aBirthMessageKeepsItsBytesToItselfAndIsComparedByThem() {
        byte[] given = {1, 2};
        Birth birth = birth(given, QoS.AT_LEAST_ONCE);
        given[0] = 9;
        birth.payload()[1] = 9;

        assertThat(birth.payload()).containsExactly(1, 2);
        assertThat(birth)
                .isEqualTo(birth(new byte[] {1, 2}, QoS.AT_LEAST_ONCE))
                .hasSameHashCodeAs(birth(new byte[] {1, 2}, QoS.AT_LEAST_ONCE));
        assertThat(birth).isNotEqualTo(birth(new byte[] {1, 3}, QoS.AT_LEAST_ONCE));
    }

    @Test
    void aWillKeepsItsBytesToItselfAndIsComparedByThem() {
        byte[] given = {1, 2};
        Will will = will(given, Duration.ZERO);
        given[0] = 9;
        will.payload()[1] = 9;

        assertThat(will.payload()).containsExactly(1, 2);
        assertThat(will)
                .isEqualTo(will(new byte[] {1, 2}, Duration.ZERO))
                .hasSameHashCodeAs(will(new byte[] {1, 2}, Duration.ZERO));
        assertThat(will).isNotEqualTo(will(new byte[] {1, 3}, Duration.ZERO));
    }

    @Test
    void webSocketHeadersAreCopied() {
        Map<String, String> headers = new HashMap<>(Map.of("a", "b"));
        WebSocketSettings settings = new WebSocketSettings("/", headers);
        headers.put("c", "d");

        assertThat(settings.headers()).containsOnlyKeys("a");
    }

    @Test
    void onlyWhatConnectCarriesMakesItAnotherConnection() {
        BrokerDefinition base = builder().build();
        Map<String, UnaryOperator<BrokerDefinition.Builder>> same = new LinkedHashMap<>();
        same.put("id", b -> b.id(BrokerId.of("other")));
        same.put("name", b -> b.name("other"));
        same.put("owner", b -> b.owner("other"));
        same.put("active", b -> b.active(false));
        same.put("version", b -> b.version(7));
        same.put("birth", b -> b.birth(birth(new byte[0], QoS.AT_LEAST_ONCE)));
        same.put("reconnect", b -> b.reconnect(reconnect(1, 2, 3, 4, 5)));
        // not used by plain TCP
        same.put("tls", b -> b.tls(TlsSettings.SYSTEM.withVerifyHostname(false)).transport(Transport.TCP));
        same.put(
                "webSocket",
                b -> b.webSocket(new WebSocketSettings("/x", Map.of())).transport(Transport.TCP));
        Map<String, UnaryOperator<BrokerDefinition.Builder>> other = new LinkedHashMap<>();
        other.put("endpoints", b -> b.endpoints(List.of(Endpoint.of("localhost", 1884))));
        other.put("transport", b -> b.transport(Transport.TLS));
        other.put("proxy", b -> b.proxy(new ProxySettings(ProxySettings.Type.HTTP, Endpoint.of("p", 1), null)));
        other.put("credentials", b -> b.credentials("u", "p"));
        other.put("mqttVersion", b -> b.mqttVersion(MqttVersion.V3_1_1));
        other.put("clientIdentifier", b -> b.clientIdentifier("other"));
        other.put("keepAlive", b -> b.keepAlive(Duration.ofSeconds(30)));
        other.put("session", b -> b.session(SessionSettings.DEFAULT.withCleanStart(true)));
        other.put("will", b -> b.will(will(new byte[0], Duration.ZERO)));

        same.forEach((name, change) -> assertThat(
                        base.connectsLike(change.apply(base.toBuilder()).build()))
                .as(name)
                .isTrue());
        other.forEach((name, change) -> {
            BrokerDefinition changed = change.apply(base.toBuilder()).build();
            assertThat(base.connectsLike(changed)).as(name).isFalse();
            assertThat(changed.connectsLike(base)).as(name).isFalse();
            assertThat(changed.connectsLike(changed.toBuilder().build()))
                    .as(name)
                    .isTrue();
        });
        Set<String> covered = new HashSet<>(same.keySet());
        covered.addAll(other.keySet());
        assertThat(covered)
                .as("whoever adds a component decides whether it makes another connection")
                .isEqualTo(Arrays.stream(BrokerDefinition.class.getRecordComponents())
                        .map(component -> component.getName())
                        .collect(Collectors.toSet()));
    }

    @Test
    void tlsAndWebSocketCountWhereTheyAreUsed() {
        BrokerDefinition secure = builder().tls(TlsSettings.SYSTEM).build();
        assertThat(secure.transport()).isEqualTo(Transport.TLS);
        assertThat(secure.connectsLike(secure.toBuilder()
                        .tls(TlsSettings.SYSTEM.withVerifyHostname(false))
                        .build()))
                .isFalse();
        BrokerDefinition web =
                secure.toBuilder().webSocket(WebSocketSettings.DEFAULT).build();
        assertThat(web.transport()).isEqualTo(Transport.SECURE_WEBSOCKET);
        assertThat(web.connectsLike(web.toBuilder()
                        .webSocket(new WebSocketSettings("/x", Map.of()))
                        .build()))
                .isFalse();
        assertThat(builder().webSocket(WebSocketSettings.DEFAULT).build().transport())
                .isEqualTo(Transport.WEBSOCKET);
        assertThat(builder()
                        .webSocket(WebSocketSettings.DEFAULT)
                        .tls(TlsSettings.SYSTEM)
                        .build()
                        .transport())
                .isEqualTo(Transport.SECURE_WEBSOCKET);
    }

    @Test
    void aCopyThroughTheBuilderIsTheSame() {
        BrokerDefinition full = builder()
                .name("n")
                .owner("o")
                .tls(TlsSettings.SYSTEM.withVerifyHostname(false))
                .webSocket(new WebSocketSettings("/x", Map.of("a", "b")))
                .proxy(new ProxySettings(ProxySettings.Type.SOCKS_5, Endpoint.of("p", 1), Credentials.of("u", "p")))
                .credentials("u", "p")
                .keepAlive(Duration.ofSeconds(33))
                .session(SessionSettings.DEFAULT.withReceiveMaximum(7))
                .will(will(new byte[] {1}, Duration.ofSeconds(3)))
                .birth(birth(new byte[] {2}, QoS.EXACTLY_ONCE))
                .reconnect(reconnect(1, 2, 3, 4, 5))
                .active(false)
                .version(9)
                .build();

        assertThat(full.toBuilder().build()).isEqualTo(full).hasSameHashCodeAs(full);
    }
}
