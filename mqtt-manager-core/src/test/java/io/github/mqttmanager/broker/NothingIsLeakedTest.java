package io.github.mqttmanager.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.testing.Canary;
import io.github.mqttmanager.testing.TestCertificate;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NothingIsLeakedTest {
    private static final byte[] BYTES = Canary.TEXT.getBytes(StandardCharsets.UTF_8);

    @Test
    void theSearchFindsASecretInEveryForm() {
        assertThat(Canary.in("x" + Canary.TEXT + "y")).isNotEmpty();
        assertThat(Canary.in(HexFormat.of().formatHex(BYTES))).isNotEmpty();
        assertThat(Canary.in(HexFormat.of().withUpperCase().formatHex(BYTES))).isNotEmpty();
        for (String before : new String[] {"", "a", "ab", "abc"}) {
            for (String after : new String[] {"", "x", "xy", "xyz"}) {
                String text = before + Canary.TEXT + after;
                assertThat(Canary.in(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))))
                        .as(text)
                        .isNotEmpty();
            }
        }
        assertThat(Canary.in("nothing here")).isEmpty();
    }

    @Test
    void noTextOfAnyValueHoldsASecret() {
        TestCertificate certificate = TestCertificate.of("EC");
        String keyLine = certificate.keyPem().split("\n")[1];
        Credentials credentials = Credentials.of("user", Canary.TEXT);
        Will will = new Will(TopicName.of("a"), BYTES, QoS.AT_LEAST_ONCE, false, Duration.ZERO);
        Birth birth = new Birth(TopicName.of("a"), BYTES, QoS.AT_LEAST_ONCE, false);
        WebSocketSettings web =
                new WebSocketSettings("/mqtt?token=" + Canary.TEXT, Map.of("Authorization", Canary.TEXT));
        TlsSettings tls = TlsSettings.SYSTEM.withClientCertificate(
                new TlsSettings.ClientCertificate(certificate.certificatePem(), Secret.of(certificate.keyPem())));
        ProxySettings proxy = new ProxySettings(ProxySettings.Type.HTTP, Endpoint.of("p", 1), credentials);
        BrokerDefinition definition = BrokerDefinition.builder("b", "localhost", 1883)
                .credentials(credentials)
                .will(will)
                .birth(birth)
                .webSocket(web)
                .tls(tls)
                .proxy(proxy)
                .build();
        InboundPublish inbound = new InboundPublish(
                definition.id(),
                TopicName.of("a"),
                ByteBuffer.wrap(BYTES),
                QoS.AT_LEAST_ONCE,
                false,
                Instant.EPOCH,
                PublishProperties.NONE);

        for (Object value : new Object[] {
            Secret.of(Canary.TEXT),
            credentials,
            will,
            birth,
            web,
            tls,
            proxy,
            definition,
            inbound,
            OutboundPublish.of(TopicName.of("a"), Canary.TEXT)
        }) {
            String text = value.toString();
            assertThat(text).as(value.getClass().getSimpleName()).isNotBlank();
            assertThat(Canary.in(text)).as(text).isEmpty();
            assertThat(text).doesNotContain(keyLine);
        }
        assertThat(definition.toString()).contains("localhost", "user", "/mqtt", "Authorization");
    }

    @Test
    void noRefusalRepeatsASecret() {
        for (Runnable refused : new Runnable[] {
            () -> new WebSocketSettings("/", Map.of("Authorization", Canary.TEXT + "\n")),
            () -> new WebSocketSettings("/", Map.of(Canary.TEXT + "\n", "x")),
            () -> Pem.privateKey(Secret.of(Canary.TEXT)),
            () -> Pem.certificates(Canary.TEXT, "certificate"),
            () -> Secret.of(Canary.TEXT.repeat(10_000)),
            () -> BrokerDefinition.builder("b", "h", 1)
                    .mqttVersion(MqttVersion.V3_1_1)
                    .credentials(new Credentials(null, Secret.of(Canary.TEXT)))
                    .build()
        }) {
            Throwable refusal = catchThrowable(refused::run);
            assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
            for (Throwable t = refusal; t != null; t = t.getCause()) {
                assertThat(Canary.in(t.toString())).isEmpty();
            }
        }
    }
}
