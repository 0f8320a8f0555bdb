package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.topic.TopicFilter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an exception of the client means. Types are looked at first and texts last, for the texts are those of the Java runtime,
 * of Netty and of brokers. What it does not know is UNKNOWN, with the exception's own words.
 */
final class FailureClassifier {
    private final BrokerDefinition definition;
    private final Endpoint endpoint;
    private final LinkTimeouts timeouts;
    private final Instant now;

    FailureClassifier(BrokerDefinition definition, Endpoint endpoint, LinkTimeouts timeouts, Instant now) {
        this.definition = definition;
        this.endpoint = endpoint;
        this.timeouts = timeouts;
        this.now = now;
    }

    ConnectionFailure unknownHost() {
        return failure(
                FailureKind.DNS_UNKNOWN_HOST,
                "The host name " + endpoint.host() + " has no address.",
                "Check the spelling, or whether this machine may use the DNS that knows it.");
    }

    ConnectionFailure dnsTimeout() {
        return failure(
                FailureKind.DNS_TIMEOUT,
                "The name server did not answer for " + endpoint.host() + " within "
                        + timeouts.dns().toSeconds() + " s.",
                "Check this machine's DNS; the name is looked up again at every attempt.");
    }

    /** The same words for every refused address, or they would tell what is there. */
    ConnectionFailure addressRefused() {
        return failure(
                FailureKind.ADDRESS_REFUSED,
                "This host's network policy does not allow connections to " + endpoint.host() + ".",
                "Use a broker with an address that the policy allows, or ask whoever runs this application.");
    }

    ConnectionFailure noSubscribeAnswer() {
        return new ConnectionFailure(
                FailureKind.MQTT_NO_RESPONSE,
                ConnectionStage.SUBSCRIBE,
                null,
                true,
                "The broker accepted the connection but left SUBSCRIBE unanswered for "
                        + timeouts.suback().toSeconds() + " s.",
                "Look at the broker's log and load; the connection is made anew.",
                now);
    }

    ConnectionFailure notResponding(Duration silent) {
        return failure(
                FailureKind.MQTT_NO_RESPONSE,
                "The broker at " + endpoint + " is connected but has answered nothing for " + silent.toSeconds()
                        + " s.",
                "It hangs, or the network drops what is sent; the connection is made anew if it lasts.");
    }

    ConnectionFailure subscriptionsRefused(List<SubscriptionStatus> refused) {
        String filters = refused.stream()
                .limit(3)
                .map(SubscriptionStatus::filter)
                .map(TopicFilter::value)
                .map(Failures::clean)
                .collect(Collectors.joining(", "));
        Integer code = refused.get(0).reasonCode();
        return new ConnectionFailure(
                FailureKind.SUBSCRIBE_DENIED,
                ConnectionStage.SUBSCRIBE,
                code,
                false,
                "Connected, but the broker refused " + refused.size()
                        + (refused.size() == 1 ? " filter: " : " filters: ") + filters
                        + (refused.size() > 3 ? ", ..." : "") + ".",
                "Allow the user to subscribe to it in the broker's access control, or change the device's topics.",
                now);
    }

    ConnectionFailure subscribeFailed(Throwable cause) {
        String words = Failures.clean(Failures.unwrap(cause).getMessage());
        return new ConnectionFailure(
                FailureKind.UNKNOWN,
                ConnectionStage.SUBSCRIBE,
                null,
                true,
                "The wanted filters could not be subscribed" + (words.isEmpty() ? "" : ": " + words) + ".",
                "If it stays like this, look at the broker's limits and log; the connection is made anew.",
                now);
    }

    ConnectionFailure unusable(Throwable cause) {
        if (cause instanceof HiveMqLinks.MissingTransport) {
            return failure(
                    FailureKind.TRANSPORT_MISSING,
                    "The connection cannot be made: " + Failures.clean(cause.getMessage()) + ".",
                    "Add that dependency to the application, in the version of its other Netty artifacts.");
        }
        return failure(
                FailureKind.TLS_MATERIAL,
                "The certificates or keys configured for this broker cannot be used: "
                        + Failures.clean(cause.getMessage()) + ".",
                "Enter the certificate and the key again.");
    }

    /** @param stage that had been reached */
    ConnectionFailure tookTooLong(ConnectionStage stage, Duration limit) {
        return switch (stage) {
            case DNS -> dnsTimeout();
            case SUBSCRIBE -> noSubscribeAnswer();
            default ->
                new ConnectionFailure(
                        switch (stage) {
                            case TCP -> FailureKind.TCP_TIMEOUT;
                            case TLS -> FailureKind.TLS_TIMEOUT;
                            default -> FailureKind.MQTT_CONNACK_TIMEOUT;
                        },
                        stage,
                        null,
                        true,
                        "The test of " + endpoint + " was ended after " + limit.toSeconds() + " s, while it waited for "
                                + stage + ".",
                        "The broker or the network is very slow; look at their load.",
                        now);
        };
    }

    /** Whether the broker closed a connection that it had accepted, without a word and without a broken network. */
    static boolean isUnexplained(MqttLink.LinkDown down) {
        List<Throwable> chain = chain(down.cause());
        return down.wasOpen()
                && chain.stream().noneMatch(IOException.class::isInstance)
                && chain.stream().anyMatch(t -> String.valueOf(t.getMessage()).contains("without DISCONNECT"));
    }

    /** @param last how the connection ended the last time */
    ConnectionFailure takenOverAgainAndAgain(ConnectionFailure last) {
        boolean told = last.kind() == FailureKind.MQTT_SESSION_TAKEN_OVER;
        return new ConnectionFailure(
                FailureKind.MQTT_SESSION_TAKEN_OVER,
                ConnectionStage.MQTT,
                last.reasonCode(),
                false,
                (told
                                ? "Another client keeps taking the session over"
                                : "The broker keeps closing the connection soon after accepting it, most likely because"
                                        + " another client uses the same client identifier")
                        + ": " + Failures.clean(definition.clientIdentifier()) + ".",
                "Give each client of the broker an identifier of its own, and look whether this application runs twice;"
                        + " then connect again."
                        + (told ? "" : " It can also be a missing right to publish or to subscribe."),
                now);
    }

    ConnectionFailure closed(MqttLink.LinkDown down) {
        boolean wasOpen = down.wasOpen();
        List<Throwable> chain = chain(down.cause());
        if (down.raisedReceiveMaximum() > 0) {
            return failure(
                    FailureKind.MQTT_RECEIVE_MAXIMUM_EXCEEDED,
                    0x93,
                    "The broker sent more messages at once than we allowed it to, so the connection had to be ended.",
                    "The limit is raised to " + down.raisedReceiveMaximum()
                            + " for this broker; set a higher receive maximum, or update the broker.");
        }
        for (Throwable t : chain) {
            if (t instanceof Mqtt5ConnAckException e) {
                return connAck(
                        e.getMqttMessage().getReasonCode().getCode(),
                        e.getMqttMessage()
                                .getReasonString()
                                .map(Object::toString)
                                .orElse(null),
                        e.getMqttMessage()
                                .getServerReference()
                                .map(Object::toString)
                                .orElse(null));
            }
            if (t instanceof Mqtt3ConnAckException e) {
                int code = e.getMqttMessage().getReturnCode().getCode();
                int[] asV5 = {0x80, 0x84, 0x85, 0x88, 0x86, 0x87};
                ConnectionFailure failure = connAck(code < asV5.length ? asV5[code] : 0x80, null, null);
                return new ConnectionFailure(
                        failure.kind(),
                        failure.stage(),
                        code,
                        failure.retryable(),
                        failure.message(),
                        failure.remedy(),
                        now);
            }
            if (t instanceof Mqtt5DisconnectException e && wasOpen) {
                return disconnected(
                        e.getMqttMessage().getReasonCode().getCode(),
                        e.getMqttMessage()
                                .getReasonString()
                                .map(Object::toString)
                                .orElse(null),
                        e.getMqttMessage()
                                .getServerReference()
                                .map(Object::toString)
                                .orElse(null));
            }
        }
        if (wasOpen) {
            return lost(chain);
        }
        ConnectionFailure failure = network(chain);
        if (failure == null && definition.transport().isSecure()) {
            failure = tls(chain);
            if (failure == null && !down.tlsSpoken()) {
                failure = notTls();
            }
        }
        return failure == null ? early(chain) : failure;
    }

    private @Nullable ConnectionFailure network(List<Throwable> chain) {
        for (Throwable t : chain) {
            String type = t.getClass().getName();
            String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            if (type.contains("ProxyConnectException") || type.contains("HttpProxyConnectException")) {
                return failure(
                        FailureKind.PROXY_FAILED,
                        "The proxy did not open the way to " + endpoint + ": " + Failures.clean(t.getMessage()) + ".",
                        "Check the proxy's address, user name and password, and whether it allows this target.");
            }
            if (type.endsWith("ConnectTimeoutException")
                    || t instanceof SocketTimeoutException
                    || (t instanceof ConnectException && text.contains("timed out"))) {
                return failure(
                        FailureKind.TCP_TIMEOUT,
                        "No answer from " + endpoint + " within "
                                + timeouts.tcp().toSeconds() + " s.",
                        "A firewall may drop the traffic, or the address is wrong.");
            }
            if (t instanceof NoRouteToHostException
                    || text.contains("network is unreachable")
                    || text.contains("no route")) {
                return failure(
                        FailureKind.TCP_UNREACHABLE,
                        "There is no route to " + endpoint + ".",
                        "This machine cannot reach that network; check VPN, routing and firewall.");
            }
            if (t instanceof ConnectException && text.contains("refused")) {
                return failure(
                        FailureKind.TCP_REFUSED,
                        "Nothing is listening at " + endpoint + ".",
                        "Is the broker running? Usual ports are 1883 for MQTT, 8883 for TLS, 8083 and 8084 for WebSocket.");
            }
        }
        return null;
    }

    private @Nullable ConnectionFailure tls(List<Throwable> chain) {
        for (Throwable t : chain) {
            String type = t.getClass().getName();
            String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            if (t instanceof CertificateExpiredException) {
                return failure(
                        FailureKind.TLS_EXPIRED,
                        "The certificate of " + endpoint + " has expired (" + Failures.clean(t.getMessage()) + ").",
                        "The broker's certificate must be renewed; check this machine's clock too.");
            }
            if (t instanceof CertificateNotYetValidException) {
                return failure(
                        FailureKind.TLS_NOT_YET_VALID,
                        "The certificate of " + endpoint + " is not valid yet (" + Failures.clean(t.getMessage())
                                + ").",
                        "Check this machine's clock and the certificate's dates.");
            }
            if (t instanceof CertificateException
                    && (text.contains("no subject alternative") || text.contains("no name matching"))) {
                return failure(
                        FailureKind.TLS_HOSTNAME_MISMATCH,
                        "The certificate is for another host than " + endpoint.host() + ": "
                                + Failures.clean(t.getMessage()) + ".",
                        "Use a host name that the certificate names, or have it issued for this one.");
            }
            if (t instanceof CertificateException && text.contains("not the pinned one")) {
                return failure(
                        FailureKind.TLS_UNKNOWN_CA,
                        "The " + Failures.clean(t.getMessage()) + ".",
                        "If the broker's certificate was renewed, pin the new one; if not, somebody may be in between.");
            }
            if (type.endsWith("NotSslRecordException")) {
                return notTls();
            }
            if (type.contains("SslHandshakeTimeoutException")) {
                return failure(
                        FailureKind.TLS_TIMEOUT,
                        "The TLS handshake with " + endpoint + " was not answered within "
                                + timeouts.tls().toSeconds() + " s.",
                        "Does this port speak TLS? The usual one is 8883.");
            }
            if (t instanceof SSLException && text.contains("alert")) {
                return alert(text);
            }
            if (t instanceof SSLException && text.contains("protocol is disabled")) {
                return alert("protocol_version");
            }
        }
        for (Throwable t : chain) {
            if (t instanceof CertPathBuilderException
                    || t instanceof CertPathValidatorException
                    || t instanceof CertificateException) {
                return failure(
                        FailureKind.TLS_UNKNOWN_CA,
                        "The certificate of " + endpoint + " is signed by an authority that is not trusted here.",
                        "If it is your own authority, give its certificate (PEM) as the broker's CA certificate.");
            }
        }
        for (Throwable t : chain) {
            boolean endedInHandshake = t instanceof SSLException
                    && (String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT).contains("terminated")
                            || String.valueOf(t.getMessage())
                                    .toLowerCase(Locale.ROOT)
                                    .contains("closed")
                            || String.valueOf(t.getMessage())
                                    .toLowerCase(Locale.ROOT)
                                    .contains("close"));
            if (endedInHandshake || t instanceof ClosedChannelException) {
                return notTls();
            }
        }
        for (Throwable t : chain) {
            if (t instanceof SSLException) {
                return failure(
                        FailureKind.TLS_PROTOCOL,
                        "The TLS handshake with " + endpoint + " failed: " + Failures.clean(t.getMessage()) + ".",
                        "Check the TLS versions and certificates on both sides.");
            }
        }
        return null;
    }

    private ConnectionFailure notTls() {
        return failure(
                FailureKind.TLS_NOT_TLS,
                "Port " + endpoint.port() + " of " + endpoint.host() + " does not speak TLS.",
                "Switch TLS off for this broker, or use its TLS port, usually 8883.");
    }

    private ConnectionFailure alert(String text) {
        if (text.contains("protocol_version")) {
            return failure(
                    FailureKind.TLS_PROTOCOL,
                    "The broker at " + endpoint + " and this application share no TLS version.",
                    "Let the broker offer TLS 1.2 or 1.3.");
        }
        boolean shown = definition.tls().clientCertificate() != null;
        if (text.contains("certificate_required") || (text.contains("handshake_failure") && !shown)) {
            return failure(
                    FailureKind.TLS_CLIENT_CERT_REQUIRED,
                    "The broker at " + endpoint
                            + " ended the TLS handshake; it wants a client certificate, and none is set.",
                    "Give this broker's definition a client certificate and its key.");
        }
        if (shown
                && (text.contains("certificate")
                        || text.contains("unknown_ca")
                        || text.contains("handshake_failure"))) {
            return failure(
                    FailureKind.TLS_CLIENT_CERT_REJECTED,
                    "The broker at " + endpoint + " does not accept the client certificate (" + Failures.clean(text)
                            + ").",
                    "Use a certificate signed by an authority that the broker trusts, and check its dates.");
        }
        if (text.contains("bad_certificate")) {
            return failure(
                    FailureKind.TLS_CLIENT_CERT_REQUIRED,
                    "The broker at " + endpoint + " asked for a client certificate, and none is set.",
                    "Give this broker's definition a client certificate and its key.");
        }
        return failure(
                FailureKind.TLS_PROTOCOL,
                "The broker at " + endpoint + " ended the TLS handshake: " + Failures.clean(text) + ".",
                "Check the TLS versions and certificates on both sides.");
    }

    /** TCP and TLS stood, CONNECT was sent, and no CONNACK came. */
    private ConnectionFailure early(List<Throwable> chain) {
        String texts = chain.stream().map(Throwable::getMessage).collect(Collectors.joining(" "));
        if (texts.contains("CONNACK") && texts.toLowerCase(Locale.ROOT).contains("timeout")) {
            return failure(
                    FailureKind.MQTT_CONNACK_TIMEOUT,
                    "Something accepts connections at " + endpoint + " but did not answer MQTT within "
                            + timeouts.connack().toSeconds() + " s.",
                    "Check that host and port are those of an MQTT broker, and whether the port expects TLS.");
        }
        if (texts.contains("closed connection") || chain.stream().anyMatch(t -> t instanceof IOException)) {
            return failure(
                    FailureKind.MQTT_CLOSED_EARLY,
                    "The broker at " + endpoint + " closed the connection without an answer.",
                    definition.transport().isSecure()
                            ? "It may want a client certificate, refuse the MQTT version, or be at its connection limit."
                            : "Often the port expects TLS; it may also refuse the MQTT version, or be at its connection limit.");
        }
        if (texts.contains("decod") || texts.contains("malformed") || texts.contains("must not be received")) {
            return failure(
                    FailureKind.MQTT_PROTOCOL,
                    "What answers at " + endpoint + " does not speak " + version() + ": " + words(chain) + ".",
                    "Check host and port, or try the other MQTT version.");
        }
        return unknown(chain);
    }

    private ConnectionFailure lost(List<Throwable> chain) {
        String texts = chain.stream().map(Throwable::getMessage).collect(Collectors.joining(" "));
        if (texts.contains("PINGRESP")) {
            return failure(
                    FailureKind.MQTT_KEEPALIVE_TIMEOUT,
                    "The broker stopped answering; the connection was closed after the keep-alive time.",
                    "Check the network between here and " + endpoint + ", and the broker's load.");
        }
        boolean network = chain.stream().anyMatch(t -> t instanceof SocketException || t instanceof IOException);
        if (network) {
            return failure(
                    FailureKind.CONNECTION_LOST,
                    "The connection to " + endpoint + " broke: " + words(chain) + ".",
                    "The broker or the network went away; the connection is made again by itself.");
        }
        if (texts.contains("without DISCONNECT")) {
            return failure(
                    FailureKind.CONNECTION_LOST,
                    "The broker at " + endpoint + " closed the connection without saying why.",
                    "It may have been stopped, or another client uses the same client identifier.");
        }
        return failure(
                FailureKind.CONNECTION_LOST,
                "The connection to " + endpoint + " ended: " + words(chain) + ".",
                "The connection is made again by itself.");
    }

    private ConnectionFailure connAck(int code, @Nullable String reason, @Nullable String reference) {
        String said = said(code, reason);
        String user =
                definition.credentials() == null || definition.credentials().username() == null
                        ? "a client without a user name"
                        : "user " + Failures.clean(definition.credentials().username());
        return switch (code) {
            case 0x01, 0x84 ->
                failure(
                        FailureKind.MQTT_VERSION_UNSUPPORTED,
                        code,
                        "The broker does not speak " + version() + said + ".",
                        "Set the broker's protocol version to the other one.");
            case 0x02, 0x85 ->
                failure(
                        FailureKind.MQTT_CLIENT_ID_REJECTED,
                        code,
                        "The broker rejected the client identifier" + said + ".",
                        "Try a shorter one, of letters and digits only.");
            case 0x04, 0x86 ->
                failure(
                        FailureKind.MQTT_BAD_CREDENTIALS,
                        code,
                        "The broker rejected " + user + said + ".",
                        "Check the user name and enter the password again.");
            case 0x05, 0x87 ->
                failure(
                        FailureKind.MQTT_NOT_AUTHORIZED,
                        code,
                        "The broker does not allow " + user + " to connect" + said + ".",
                        "Check the broker's access control, and the user name and password: some brokers say this for those too.");
            case 0x8A ->
                failure(
                        FailureKind.MQTT_BANNED,
                        code,
                        "The broker has banned this client" + said + ".",
                        "Ask the broker's administrator.");
            case 0x9C, 0x9D ->
                failure(
                        FailureKind.MQTT_REDIRECT,
                        code,
                        "The broker asks to use another server"
                                + (reference == null ? "" : ": " + Failures.clean(reference)) + said + ".",
                        "Change the broker's host to the one that it names, if you trust it.");
            case 0x03, 0x88, 0x89, 0x97, 0x9F ->
                failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        code,
                        "The broker is up but takes no connections now" + said + ".",
                        "It is tried again, more slowly; look at the broker's load and limits if it lasts.");
            default ->
                failure(
                        FailureKind.MQTT_PROTOCOL,
                        code,
                        "The broker refused the connection" + said + ".",
                        "Look up the reason code in the broker's documentation and its log.");
        };
    }

    private ConnectionFailure disconnected(int code, @Nullable String reason, @Nullable String reference) {
        String said = said(code, reason);
        return switch (code) {
            case 0x8E ->
                failure(
                        FailureKind.MQTT_SESSION_TAKEN_OVER,
                        code,
                        "Another client connected with the same client identifier" + said + ".",
                        "Give each client of the broker an identifier of its own.");
            case 0x8D ->
                failure(
                        FailureKind.MQTT_KEEPALIVE_TIMEOUT,
                        code,
                        "The broker heard nothing of us for too long" + said + ".",
                        "Check the network between here and " + endpoint + ".");
            case 0x8B, 0x89 ->
                failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        code,
                        "The broker is shutting down or too busy" + said + ".",
                        "The connection is made again by itself when the broker is back.");
            case 0x87, 0x8A, 0x9C, 0x9D -> connAck(code, reason, reference);
            default ->
                failure(
                        FailureKind.CONNECTION_LOST,
                        code,
                        "The broker ended the connection" + said + ".",
                        "Look up the reason code in the broker's documentation and its log.");
        };
    }

    private static String said(int code, @Nullable String reason) {
        String words = Failures.clean(reason);
        return " (reason code " + Failures.hex(code) + (words.isEmpty() ? "" : ", it says: " + words) + ")";
    }

    private ConnectionFailure unknown(List<Throwable> chain) {
        return failure(
                FailureKind.UNKNOWN,
                "The connection to " + endpoint + " failed: " + words(chain) + ".",
                "If it stays like this, look at the broker's log and at this application's log.");
    }

    /** The innermost words that there are. */
    private static String words(List<Throwable> chain) {
        for (int i = chain.size() - 1; i >= 0; i--) {
            String text = Failures.clean(chain.get(i).getMessage());
            if (!text.isEmpty()) {
                return text;
            }
        }
        return chain.isEmpty()
                ? "no cause was given"
                : chain.get(chain.size() - 1).getClass().getSimpleName();
    }

    private String version() {
        return "MQTT " + definition.mqttVersion();
    }

    private ConnectionFailure failure(FailureKind kind, String message, String remedy) {
        return new ConnectionFailure(kind, kind.stage(), null, kind.isRetryable(), message, remedy, now);
    }

    private ConnectionFailure failure(FailureKind kind, int code, String message, String remedy) {
        return new ConnectionFailure(kind, kind.stage(), code, kind.isRetryable(), message, remedy, now);
    }

    private static List<Throwable> chain(@Nullable Throwable cause) {
        List<Throwable> chain = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable t = cause; t != null && seen.add(t); t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }
}
