package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.testing.Canary;
import io.github.mqttmanager.testing.TestCertificate;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureClassifierTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String NASTY = "a\u0000b\r\n2030 INFO forged\u001b[31m\u202e\u2028\u2029\u0085\ud800z";

    private static final BrokerDefinition PLAIN = BrokerDefinition.builder("b", "broker.example", 1883)
            .credentials("user", Canary.TEXT)
            .build();
    private static final BrokerDefinition SECURE =
            PLAIN.toBuilder().tls(TlsSettings.SYSTEM).build();
    private static final BrokerDefinition WITH_CERTIFICATE = PLAIN.toBuilder()
            .tls(TlsSettings.SYSTEM.withClientCertificate(new TlsSettings.ClientCertificate(
                    TestCertificate.of("EC").certificatePem(),
                    Secret.of(TestCertificate.of("EC").keyPem()))))
            .build();

    private static FailureClassifier classifier(BrokerDefinition definition) {
        return new FailureClassifier(definition, definition.endpoints().get(0), LinkTimeouts.DEFAULT, NOW);
    }

    private static ConnectionFailure early(BrokerDefinition definition, @Nullable Throwable cause) {
        return readable(classifier(definition).closed(new MqttLink.LinkDown(cause, false, true, 0)));
    }

    private static ConnectionFailure late(@Nullable Throwable cause) {
        return readable(classifier(PLAIN).closed(new MqttLink.LinkDown(cause, true, true, 0)));
    }

    private static ConnectionFailure readable(ConnectionFailure failure) {
        for (String text : new String[] {failure.message(), failure.remedy()}) {
            assertThat(text).isNotBlank().endsWith(".").doesNotContain("..").doesNotContain("null");
            assertThat(text.codePoints()
                            .noneMatch(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || Character.getType(c) == Character.LINE_SEPARATOR
                                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                                    || Character.getType(c) == Character.SURROGATE))
                    .as(text)
                    .isTrue();
            assertThat(text).hasSizeLessThan(600);
            assertThat(Canary.in(text)).isEmpty();
        }
        assertThat(failure.at()).isEqualTo(NOW);
        return failure;
    }

    @Test
    void tellsTheStagesOfTheNetworkApart() {
        assertThat(early(PLAIN, failed(new ConnectException("Connection refused: broker.example")))
                        .kind())
                .isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(early(PLAIN, failed(new ConnectException("connection timed out: x")))
                        .kind())
                .isEqualTo(FailureKind.TCP_TIMEOUT);
        assertThat(early(PLAIN, failed(new SocketTimeoutException())).kind()).isEqualTo(FailureKind.TCP_TIMEOUT);
        assertThat(early(PLAIN, failed(new NoRouteToHostException("No route to host")))
                        .kind())
                .isEqualTo(FailureKind.TCP_UNREACHABLE);
        assertThat(early(PLAIN, failed(new SocketException("Network is unreachable")))
                        .kind())
                .isEqualTo(FailureKind.TCP_UNREACHABLE);
        assertThat(early(PLAIN, new ConnectionClosedException("Server closed connection without CONNACK."))
                        .kind())
                .isEqualTo(FailureKind.MQTT_CLOSED_EARLY);
        assertThat(early(PLAIN, failed(new IOException("Connection reset by peer")))
                        .kind())
                .isEqualTo(FailureKind.MQTT_CLOSED_EARLY);
        assertThat(early(PLAIN, new IllegalStateException("Timeout while waiting for CONNACK."))
                        .kind())
                .isEqualTo(FailureKind.MQTT_CONNACK_TIMEOUT);
        assertThat(early(PLAIN, null).kind()).isEqualTo(FailureKind.UNKNOWN);
        // What has nothing to do with TLS is not blamed on it.
        ConnectionFailure odd =
                classifier(SECURE).closed(new MqttLink.LinkDown(new OutOfMemoryError("heap"), false, false, 0));
        assertThat(odd.kind()).isEqualTo(FailureKind.UNKNOWN);
        assertThat(odd.message()).contains("broker.example:1883", "heap");
    }

    private static Throwable failed(Throwable cause) {
        return new ConnectionFailedException(cause);
    }

    @Test
    void tellsWhatIsWrongWithTls() {
        SSLHandshakeException handshake = new SSLHandshakeException("x");
        assertThat(tls(SECURE, new CertificateExpiredException("NotAfter: yesterday")))
                .isEqualTo(FailureKind.TLS_EXPIRED);
        assertThat(tls(SECURE, new CertificateNotYetValidException("NotBefore: tomorrow")))
                .isEqualTo(FailureKind.TLS_NOT_YET_VALID);
        assertThat(tls(SECURE, new CertificateException("No subject alternative DNS name matching x found.")))
                .isEqualTo(FailureKind.TLS_HOSTNAME_MISMATCH);
        assertThat(tls(SECURE, new CertPathBuilderException("unable to find valid certification path")))
                .isEqualTo(FailureKind.TLS_UNKNOWN_CA);
        assertThat(tls(SECURE, new CertificateException("certificate is not the pinned one")))
                .isEqualTo(FailureKind.TLS_UNKNOWN_CA);
        assertThat(early(SECURE, new SSLHandshakeException("Received fatal alert: protocol_version"))
                        .kind())
                .isEqualTo(FailureKind.TLS_PROTOCOL);
        assertThat(early(SECURE, new SSLHandshakeException("Received fatal alert: certificate_required"))
                        .kind())
                .isEqualTo(FailureKind.TLS_CLIENT_CERT_REQUIRED);
        assertThat(early(SECURE, new SSLHandshakeException("Received fatal alert: bad_certificate"))
                        .kind())
                .isEqualTo(FailureKind.TLS_CLIENT_CERT_REQUIRED);
        assertThat(early(WITH_CERTIFICATE, new SSLHandshakeException("Received fatal alert: unknown_ca"))
                        .kind())
                .isEqualTo(FailureKind.TLS_CLIENT_CERT_REJECTED);
        // Before the broker's certificate: no common cipher. After it: OpenSSL wants ours, in TLS 1.2.
        SSLHandshakeException alert = new SSLHandshakeException("Received fatal alert: handshake_failure");
        assertThat(early(SECURE, alert).kind()).isEqualTo(FailureKind.TLS_CLIENT_CERT_REQUIRED);
        assertThat(early(WITH_CERTIFICATE, alert).kind()).isEqualTo(FailureKind.TLS_CLIENT_CERT_REJECTED);
        assertThat(classifier(WITH_CERTIFICATE)
                        .closed(new MqttLink.LinkDown(alert, false, false, 0))
                        .kind())
                .isEqualTo(FailureKind.TLS_PROTOCOL);
        assertThat(classifier(SECURE)
                        .closed(new MqttLink.LinkDown(failed(new ClosedChannelException()), false, false, 0))
                        .kind())
                .isEqualTo(FailureKind.TLS_NOT_TLS);
        // It has spoken TLS before: a load balancer whose broker is away, for instance.
        assertThat(early(SECURE, failed(new ClosedChannelException())).kind()).isEqualTo(FailureKind.MQTT_CLOSED_EARLY);
        assertThat(early(SECURE, handshake).kind()).isEqualTo(FailureKind.TLS_PROTOCOL);
        assertThat(early(SECURE, failed(new ConnectException("Connection refused")))
                        .kind())
                .isEqualTo(FailureKind.TCP_REFUSED);
    }

    private static FailureKind tls(BrokerDefinition definition, Throwable cause) {
        SSLHandshakeException handshake = new SSLHandshakeException("handshake failed");
        handshake.initCause(cause);
        ConnectionFailure failure = early(definition, failed(handshake));
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TLS);
        assertThat(failure.retryable()).isFalse();
        return failure.kind();
    }

    @Test
    void tellsWhyALinkThatWorkedIsGone() {
        assertThat(late(new IllegalStateException("Timeout while waiting for PINGRESP"))
                        .kind())
                .isEqualTo(FailureKind.MQTT_KEEPALIVE_TIMEOUT);
        assertThat(late(new IOException("Connection reset by peer")).kind()).isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(late(new ConnectionClosedException("Server closed connection without DISCONNECT."))
                        .message())
                .contains("without saying why");
        assertThat(late(null).kind()).isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(late(null).retryable()).isTrue();
    }

    @Test
    void everyFailureThatIsNotAnExceptionsIsReadable() {
        FailureClassifier classifier = classifier(PLAIN);
        assertThat(readable(classifier.unknownHost()).message()).contains("broker.example");
        assertThat(readable(classifier.dnsTimeout()).kind()).isEqualTo(FailureKind.DNS_TIMEOUT);
        assertThat(readable(classifier.addressRefused()).retryable()).isFalse();
        assertThat(readable(classifier.noSubscribeAnswer()).stage()).isEqualTo(ConnectionStage.SUBSCRIBE);
        assertThat(readable(classifier.unusable(new IllegalStateException(NASTY)))
                        .kind())
                .isEqualTo(FailureKind.UNKNOWN);
        assertThat(readable(classifier(SECURE).unusable(new IllegalArgumentException(NASTY)))
                        .kind())
                .isEqualTo(FailureKind.TLS_MATERIAL);
        List<SubscriptionStatus> refused = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            refused.add(new SubscriptionStatus(
                    TopicFilter.of("\u202e" + "x".repeat(1_000) + i), QoS.AT_LEAST_ONCE, null, 0x87));
            ConnectionFailure failure = classifier.subscriptionsRefused(refused);
            assertThat(failure.message())
                    .contains(i == 0 ? "1 filter:" : (i + 1) + " filters:")
                    .doesNotContain("\u202e");
            assertThat(failure.message()).hasSizeLessThan(1_000);
        }
        ConnectionFailure exceeded = readable(classifier.closed(new MqttLink.LinkDown(null, true, true, 800)));
        assertThat(exceeded.kind()).isEqualTo(FailureKind.MQTT_RECEIVE_MAXIMUM_EXCEEDED);
        assertThat(exceeded.remedy()).contains("800");
    }

    @Test
    void hasWordsForWhateverIsThrownAtIt() {
        long seed = 77;
        Random random = new Random(seed);
        String[] texts = {
            null,
            "",
            " ",
            NASTY,
            "x".repeat(100_000),
            "alert",
            "closed",
            "CONNACK timeout",
            "\ud83d",
            "refused",
            "…",
            "a."
        };
        for (int i = 0; i < 5_000; i++) {
            Throwable cause = null;
            for (int depth = random.nextInt(4); depth >= 0; depth--) {
                String text = texts[random.nextInt(texts.length)];
                Throwable outer = switch (random.nextInt(9)) {
                    case 0 -> new IOException(text);
                    case 1 -> new ConnectException(text);
                    case 2 -> new SSLException(text);
                    case 3 -> new SSLHandshakeException(text);
                    case 4 -> new CertificateException(text);
                    case 5 -> new IllegalStateException(text);
                    case 6 -> new CompletionException(text, null);
                    case 7 -> new CertificateExpiredException(text);
                    default -> new SocketException(text);
                };
                if (cause != null && outer.getCause() == null) {
                    try {
                        outer.initCause(cause);
                    } catch (IllegalStateException e) {
                        // some take their cause in the constructor only
                    }
                }
                cause = outer;
            }
            BrokerDefinition definition =
                    List.of(PLAIN, SECURE, WITH_CERTIFICATE).get(random.nextInt(3));
            try {
                early(definition, cause);
                late(cause);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ", case " + i + ": " + cause, e);
            }
        }
    }

    @Test
    void isNotCaughtInACircleOfCauses() {
        IllegalStateException a = new IllegalStateException("a");
        a.initCause(new IllegalStateException("b", a));
        assertThat(early(PLAIN, a).message()).contains("b");
    }

    @Test
    void cleansTextFromOutside() {
        assertThat(Failures.clean(NASTY))
                .doesNotContain("\u0000", "\r", "\n", "\u001b", "\u202e", "\u2028", "\u2029", "\u0085", "\ud800");
        assertThat(Failures.clean("x".repeat(10_000))).hasSizeLessThan(300);
        assertThat(Failures.clean(null)).isEmpty();
        assertThat(Failures.clean(" ok 😀 ")).isEqualTo("ok 😀");
        assertThat(Failures.hex(0x87)).isEqualTo("0x87");
        assertThat(Failures.hex(5)).isEqualTo("0x05");
    }

    @Test
    void namesTheEndpointThatWasTried() {
        FailureClassifier classifier = new FailureClassifier(PLAIN, Endpoint.of("::1", 7), LinkTimeouts.DEFAULT, NOW);
        assertThat(classifier
                        .closed(new MqttLink.LinkDown(new ConnectException("Connection refused"), false, true, 0))
                        .message())
                .contains("[::1]:7");
    }
}
