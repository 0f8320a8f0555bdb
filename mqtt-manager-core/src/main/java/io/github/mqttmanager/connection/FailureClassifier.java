package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.exceptions.MqttDecodeException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.topic.TopicFilter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an exception of the client means. Types are looked at first and texts last, for the texts are those of the Java runtime,
 * of Netty and of brokers. What it does not know is UNKNOWN, with the exception's own words.
 */
final class FailureClassifier {
    private static final Pattern HTTP_STATUS = Pattern.compile("it answers (\\d{3})");

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

    /** Says nothing of the address either. */
    ConnectionFailure tooManyPorts() {
        return failure(
                FailureKind.ADDRESS_REFUSED,
                "Too many different ports of " + endpoint.host() + " were tried in a short time.",
                "It is tried again by itself; check that the port is the broker's.");
    }

    ConnectionFailure noSubscribeAnswer() {
        return new ConnectionFailure(
                FailureKind.MQTT_NO_RESPONSE,
                ConnectionStage.SUBSCRIBE,
                null,
                true,
                "The broker at " + endpoint + " accepted the connection but left SUBSCRIBE unanswered for "
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

    /** More came in than the bounds allow, though hardly anything was read: the broker is to keep it. */
    ConnectionFailure tooMuchOpen(long messages) {
        return failure(
                FailureKind.HANDLERS_BEHIND,
                "The handlers of this application do not keep up: " + messages + " messages of the broker at "
                        + endpoint + " are open, so the connection was given up.",
                "Find out which handlers hang or fail. Nothing is lost: the broker delivers again what is not acknowledged.");
    }

    /** The connection stays. */
    ConnectionFailure handlersInTrouble(Handling handling) {
        String last = handling.lastFailure() == null ? "" : " The last failure: " + handling.lastFailure() + ".";
        return failure(
                FailureKind.HANDLERS_BEHIND,
                "The handlers of this application fail on " + handling.failing() + " messages and are overdue with "
                        + handling.overdue() + "." + (handling.paused() ? " Reading is paused." : "") + last,
                "Find out which handlers hang or fail. What they do not handle is not acknowledged, and tried again.");
    }

    /** @param what is wrong, as a clause about the broker */
    ConnectionFailure publishUnanswered(String what) {
        return failure(
                FailureKind.MQTT_NO_RESPONSE,
                "The broker at " + endpoint + " is connected, but " + what + ".",
                "Look at its log and load; the connection is made anew, and what was not answered is sent again.");
    }

    ConnectionFailure subscriptionsRefused(Collection<SubscriptionStatus> refused) {
        String filters = refused.stream()
                .limit(3)
                .map(SubscriptionStatus::filter)
                .map(TopicFilter::value)
                .map(Failures::clean)
                .collect(Collectors.joining(", "));
        Integer code = refused.iterator().next().reasonCode();
        String why = code == null ? "" : " (" + ReasonCodes.of(code, definition.mqttVersion()) + ")";
        return new ConnectionFailure(
                FailureKind.SUBSCRIBE_DENIED,
                ConnectionStage.SUBSCRIBE,
                code,
                false,
                "Connected to " + endpoint + ", but the broker refused " + refused.size()
                        + (refused.size() == 1 ? " filter: " : " filters: ") + filters
                        + (refused.size() > 3 ? ", ..." : "") + why + ".",
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
                "The wanted filters could not be subscribed at " + endpoint + (words.isEmpty() ? "" : ": " + words)
                        + ".",
                "If it stays like this, look at the broker's limits and log; the connection is made anew.",
                now);
    }

    ConnectionFailure birthRefused(PublishException refusal) {
        return failure(
                FailureKind.BIRTH_REFUSED,
                "Connected, but the birth message was not taken: " + Failures.clean(refusal.getMessage()) + ".",
                "Allow the user to publish to its topic in the broker's access control, or change the message.");
    }

    ConnectionFailure unusable(Throwable cause) {
        if (cause instanceof HiveMqLinks.MissingTransport) {
            return failure(
                    FailureKind.TRANSPORT_MISSING,
                    "The connection cannot be made: " + Failures.clean(cause.getMessage()) + ".",
                    "Add that dependency to the application, in the version of its other Netty artifacts.");
        }
        if (cause instanceof WebSocketTarget.Unsendable) {
            return failure(
                    FailureKind.WEBSOCKET_REFUSED,
                    false,
                    "The WebSocket cannot be asked for: its path " + cause.getMessage() + ".",
                    "Use a path without it; give a token as a header where the broker takes it there.");
        }
        if (!(cause instanceof IllegalArgumentException)
                && !definition.transport().isSecure()) {
            return unknown(chain(cause));
        }
        return failure(
                FailureKind.TLS_MATERIAL,
                "The certificates or keys configured for " + endpoint + " cannot be used: "
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
            if (t instanceof Mqtt3DisconnectException || t instanceof MqttDecodeException) {
                break;
            }
            if (t instanceof Mqtt5DisconnectException e) {
                if (!isFromBroker(e)) {
                    break;
                }
                return disconnected(
                        e.getMqttMessage().getReasonCode().getCode(),
                        text(e.getMqttMessage().getReasonString()),
                        text(e.getMqttMessage().getServerReference()));
            }
            if (t instanceof Mqtt5ConnAckException e) {
                int code = e.getMqttMessage().getReasonCode().getCode();
                return connAck(
                        code,
                        code,
                        text(e.getMqttMessage().getReasonString()),
                        text(e.getMqttMessage().getServerReference()));
            }
            if (t instanceof Mqtt3ConnAckException e) {
                int code = e.getMqttMessage().getReturnCode().getCode();
                return connAck(ReasonCodes.ofReturnCode(code), code, null, null);
            }
        }
        String texts = texts(chain);
        if (!isTimeout(texts)) {
            ConnectionFailure illegal = illegal(chain, wasOpen);
            if (illegal != null) {
                return illegal;
            }
        }
        if (wasOpen) {
            return lost(chain, texts);
        }
        ConnectionFailure failure = definition.proxy() == null ? null : proxy(definition.proxy(), chain);
        if (failure == null) {
            failure = network(chain);
        }
        if (failure == null && definition.transport().isWebSocket()) {
            failure = webSocket(chain);
        }
        if (failure == null && definition.transport().isSecure()) {
            failure = tls(chain, down.tlsSpoken());
            if (failure == null && !down.tlsSpoken() && chain.stream().anyMatch(t -> t instanceof IOException)) {
                failure = notTls();
            }
        }
        return failure == null ? early(chain, texts) : failure;
    }

    private static @Nullable String text(Optional<?> text) {
        return text.map(Object::toString).orElse(null);
    }

    /** The client makes the same exception of a DISCONNECT that it received and of one that it sent. */
    private static boolean isFromBroker(Mqtt5DisconnectException e) {
        return "Server sent DISCONNECT.".equals(e.getMessage());
    }

    /** The client ends a connection with a DISCONNECT, too, when it has waited in vain. */
    private static boolean isTimeout(String texts) {
        return texts.contains("Timeout while");
    }

    /** What the broker sent is not allowed, and the client ended the connection. */
    private @Nullable ConnectionFailure illegal(List<Throwable> chain, boolean wasOpen) {
        Integer code = null;
        boolean illegal = false;
        for (Throwable t : chain) {
            if (t instanceof Mqtt5DisconnectException e) {
                illegal = true;
                code = e.getMqttMessage().getReasonCode().getCode();
            }
            illegal |= t instanceof Mqtt3DisconnectException
                    || t instanceof MqttDecodeException
                    || t instanceof PacketSizeLimit.Exceeded;
        }
        if (!illegal) {
            return null;
        }
        String words = words(chain)
                .replace("Exception while decoding UNKNOWN: ", "")
                .replace("Exception while decoding ", "in ");
        String message;
        String remedy;
        if (words.contains("maximum packet size")) {
            message = "The broker at " + endpoint + " sent a packet larger than the "
                    + chain.stream()
                            .filter(PacketSizeLimit.Exceeded.class::isInstance)
                            .map(t -> ((PacketSizeLimit.Exceeded) t).maximum())
                            .findFirst()
                            .orElse(definition.session().maximumPacketSize())
                    + " bytes that we accept, so the connection was ended.";
            remedy = "Raise the maximum packet size of this broker's definition, or find out who publishes so much.";
        } else if (wasOpen) {
            message = "The broker at " + endpoint
                    + " sent something that MQTT does not allow, so the connection was ended: " + words + ".";
            remedy = "Update the broker, or try the other MQTT version; the connection is made again by itself.";
        } else {
            message = "What answers at " + endpoint + " does not speak " + version() + ": " + words + ".";
            remedy = "Check that host and port are those of an MQTT broker, or try the other MQTT version.";
        }
        return new ConnectionFailure(
                FailureKind.MQTT_PROTOCOL,
                ConnectionStage.MQTT,
                code,
                FailureKind.MQTT_PROTOCOL.isRetryable(),
                message,
                remedy,
                now);
    }

    /** Until the proxy has opened the way, every failure of the network is between here and the proxy. */
    private @Nullable ConnectionFailure proxy(ProxySettings proxy, List<Throwable> chain) {
        for (Throwable t : chain) {
            String text = String.valueOf(t.getMessage());
            if (t.getClass().getName().endsWith("ProxyConnectException")) {
                if (text.contains("status: 407")
                        || text.contains("authStatus")
                        || text.contains("authMethod")
                        || text.contains("IDENTD")) {
                    return failure(
                            FailureKind.PROXY_FAILED,
                            false,
                            "The proxy " + proxy.endpoint() + " does not accept "
                                    + (proxy.credentials() == null
                                            ? "us without a user name and a password"
                                            : "the user name and password that are set for it")
                                    + ".",
                            "Enter the proxy's user name and password again.");
                }
                return failure(
                        FailureKind.PROXY_FAILED,
                        "The proxy " + proxy.endpoint() + " did not open the way to " + endpoint + " (" + answer(text)
                                + ").",
                        "Check whether the broker is reachable from the proxy, whether it allows this target, and its kind.");
            }
            if (t instanceof SocketException || t.getClass().getName().endsWith("ConnectTimeoutException")) {
                boolean silent = text.toLowerCase(Locale.ROOT).contains("timed out");
                if (silent || t instanceof ConnectException || t instanceof NoRouteToHostException) {
                    return failure(
                            FailureKind.PROXY_FAILED,
                            silent
                                    ? "The proxy " + proxy.endpoint() + " did not answer within "
                                            + timeouts.tcp().toSeconds() + " s."
                                    : "The proxy " + proxy.endpoint() + " cannot be reached: " + Failures.clean(text)
                                            + ".",
                            "Check the proxy's host and port, or connect without it.");
                }
            }
        }
        return null;
    }

    /** What the proxy said, without the addresses that Netty puts before it. */
    private static String answer(String text) {
        int way = text.indexOf("=>");
        int comma = text.indexOf(", ", Math.max(way, 0));
        return Failures.clean(way < 0 || comma < 0 ? text : text.substring(comma + 2));
    }

    private @Nullable ConnectionFailure network(List<Throwable> chain) {
        for (Throwable t : chain) {
            String type = t.getClass().getName();
            String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
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

    private @Nullable ConnectionFailure tls(List<Throwable> chain, boolean spoken) {
        for (Throwable t : chain) {
            String type = t.getClass().getName();
            String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            if (t instanceof CertificateExpiredException) {
                return failure(
                        FailureKind.TLS_EXPIRED,
                        "The certificate of " + endpoint + " has expired" + dates(chain, t) + ".",
                        "The broker's certificate must be renewed; check this machine's clock too.");
            }
            if (t instanceof CertificateNotYetValidException) {
                return failure(
                        FailureKind.TLS_NOT_YET_VALID,
                        "The certificate of " + endpoint + " is not valid yet" + dates(chain, t) + ".",
                        "Check this machine's clock and the certificate's dates.");
            }
            if (t instanceof CertificateException
                    && (text.contains("no subject alternative") || text.contains("no name matching"))) {
                return failure(
                        FailureKind.TLS_HOSTNAME_MISMATCH,
                        "The certificate of " + endpoint + " is for another host"
                                + shown(chain)
                                        .map(RefusedCertificate::names)
                                        .filter(names -> !names.isEmpty())
                                        .map(names -> ": it is valid for " + names)
                                        .orElse("")
                                + ".",
                        "Use a host name that the certificate names, or have it issued for this one.");
            }
            if (t instanceof CertificateException && text.contains("not the pinned one")) {
                return failure(
                        FailureKind.TLS_UNKNOWN_CA,
                        "The certificate of " + endpoint + " is "
                                + Failures.clean(t.getMessage()).replaceFirst("^.*certificate is ", "") + ".",
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
                return alert(text, spoken);
            }
            if (t instanceof SSLException && text.contains("protocol is disabled")) {
                return alert("protocol_version", spoken);
            }
        }
        for (Throwable t : chain) {
            if (t instanceof CertPathBuilderException
                    || t instanceof CertPathValidatorException
                    || t instanceof CertificateException) {
                return failure(
                        FailureKind.TLS_UNKNOWN_CA,
                        "The certificate of " + endpoint + " is signed by an authority that is not trusted here"
                                + shown(chain)
                                        .map(refused -> ": " + refused.issuer())
                                        .orElse("")
                                + ".",
                        "If it is your own authority, give its certificate (PEM) as the broker's CA certificate.");
            }
        }
        for (Throwable t : chain) {
            String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            boolean endedInHandshake =
                    t instanceof SSLException && (text.contains("terminated") || text.contains("close"));
            if (endedInHandshake || t instanceof ClosedChannelException) {
                return spoken ? null : notTls();
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

    /** What the certificate says, or else what the runtime says of it. */
    private String dates(List<Throwable> chain, Throwable said) {
        return shown(chain)
                .map(refused -> (said instanceof CertificateExpiredException
                                ? " on " + refused.notAfter()
                                : " but from " + refused.notBefore() + " on")
                        + "; the clock here says " + now.truncatedTo(ChronoUnit.SECONDS))
                .orElse(" (" + Failures.clean(said.getMessage()) + ")");
    }

    private static Optional<RefusedCertificate> shown(List<Throwable> chain) {
        return chain.stream()
                .filter(RefusedCertificate.class::isInstance)
                .map(RefusedCertificate.class::cast)
                .findFirst();
    }

    /**
     * @param spoken whether the broker has shown its certificate, so that both sides have agreed upon version and cipher
     */
    private ConnectionFailure alert(String text, boolean spoken) {
        if (text.contains("protocol_version")) {
            return failure(
                    FailureKind.TLS_PROTOCOL,
                    "The broker at " + endpoint + " and this application share no TLS version.",
                    definition.tls().minimumVersion() == TlsSettings.Version.TLS_1_3
                            ? "Let the broker offer TLS 1.3, or accept TLS 1.2 for it."
                            : "Let the broker offer TLS 1.2 or 1.3.");
        }
        boolean missing = text.contains("certificate_required")
                || text.contains("bad_certificate")
                || (text.contains("handshake_failure") && spoken);
        if (definition.tls().clientCertificate() != null
                && (missing || text.contains("certificate") || text.contains("unknown_ca"))) {
            return failure(
                    FailureKind.TLS_CLIENT_CERT_REJECTED,
                    "The broker at " + endpoint + " does not accept the client certificate ("
                            + Failures.clean(text.replace("received fatal alert: ", "")) + ").",
                    "Use a certificate signed by an authority that the broker trusts, and check its dates.");
        }
        if (missing) {
            return failure(
                    FailureKind.TLS_CLIENT_CERT_REQUIRED,
                    "The broker at " + endpoint + " wants a client certificate, and none is set.",
                    definition.tls().trust() instanceof TlsSettings.Bundle bundle
                            ? "Give the TLS bundle " + Failures.clean(bundle.name())
                                    + " a client certificate that the broker trusts, and its key."
                            : "Give this broker's definition a client certificate and its key.");
        }
        return failure(
                FailureKind.TLS_PROTOCOL,
                "The broker at " + endpoint + " ended the TLS handshake: " + Failures.clean(text) + ".",
                "Check the TLS versions, cipher suites and certificates on both sides.");
    }

    /** TCP and TLS stood, and the HTTP server does not change to a WebSocket. */
    private @Nullable ConnectionFailure webSocket(List<Throwable> chain) {
        for (Throwable t : chain) {
            String words =
                    Failures.clean(t.getMessage()).replace("Invalid handshake response getStatus: ", "it answers ");
            if (!t.getClass().getName().endsWith("WebSocketHandshakeException")
                    && !t.getClass().getName().endsWith("WebSocketClientHandshakeException")) {
                continue;
            }
            if (words.contains("timed out")) {
                return failure(
                        FailureKind.MQTT_CONNACK_TIMEOUT,
                        "Something accepts connections at " + endpoint + " but did not answer the WebSocket request.",
                        "Check host, port and path (HiveMQ does not answer at all for a wrong one), and whether the port expects TLS.");
            }
            if (words.contains("closed")) {
                return failure(
                        FailureKind.MQTT_CLOSED_EARLY,
                        "The server at " + endpoint + " closed the connection without answering the WebSocket request.",
                        "Check that the port is that for WebSockets, usually 8083, or 8084 with TLS.");
            }
            if (words.contains("503")) {
                return failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        "The server at " + endpoint + " opens no WebSocket now: " + words + ".",
                        "It is tried again, more slowly; look whether the broker behind it runs.");
            }
            if (words.contains("401") || words.contains("403")) {
                return failure(
                        FailureKind.MQTT_NOT_AUTHORIZED,
                        "The server at " + endpoint + " does not allow the WebSocket: " + words + ".",
                        "Check the headers of this broker's definition, which may have to carry a token.");
            }
            Matcher status = HTTP_STATUS.matcher(words);
            return failure(
                    FailureKind.WEBSOCKET_REFUSED,
                    // To a 4xx the other side has understood us, and will say the same again.
                    !status.find() || !status.group(1).startsWith("4"),
                    // Not the query, which may hold a token.
                    "What answers at " + endpoint
                            + Failures.clean(definition.webSocket().path().replaceFirst("\\?.*", ""))
                            + " is no WebSocket: " + words + ".",
                    "Check the port and the WebSocket's path, which is often /mqtt; some brokers do not answer at all for a wrong one.");
        }
        return null;
    }

    /** TCP and TLS stood, CONNECT was sent, and no CONNACK came. */
    private ConnectionFailure early(List<Throwable> chain, String texts) {
        if (texts.contains("CONNACK") && texts.toLowerCase(Locale.ROOT).contains("timeout")) {
            return failure(
                    FailureKind.MQTT_CONNACK_TIMEOUT,
                    "Something accepts connections at " + endpoint + " but did not answer MQTT within "
                            + timeouts.connack().toSeconds() + " s.",
                    definition.transport().isSecure()
                            ? "Check that host and port are those of an MQTT broker, and the broker's load."
                            : "Check that host and port are those of an MQTT broker, and whether the port expects TLS.");
        }
        if (texts.contains("closed connection") || chain.stream().anyMatch(t -> t instanceof IOException)) {
            return failure(
                    FailureKind.MQTT_CLOSED_EARLY,
                    "The broker at " + endpoint + " closed the connection without an answer"
                            + (definition.transport().isWebSocket() ? " to the WebSocket request or to CONNECT." : "."),
                    definition.transport().isSecure()
                            ? "It may want a client certificate, refuse the MQTT version, or be at its connection limit."
                            : definition.transport().isWebSocket()
                                    ? "Often the port expects TLS, or speaks MQTT without a WebSocket."
                                    : "Often the port expects TLS; it may also refuse the MQTT version, or be at its connection limit.");
        }
        return unknown(chain);
    }

    private ConnectionFailure lost(List<Throwable> chain, String texts) {
        if (texts.contains("PINGRESP") || texts.contains("PINGREQ")) {
            return failure(
                    FailureKind.MQTT_KEEPALIVE_TIMEOUT,
                    "The broker at " + endpoint + " stopped answering; the connection was closed after "
                            + definition.keepAlive().toSeconds() + " s, the keep-alive time.",
                    "Check the network between here and the broker, and the broker's load.");
        }
        if (texts.contains("without DISCONNECT")) {
            return failure(
                    FailureKind.CONNECTION_LOST,
                    "The broker at " + endpoint + " closed the connection without saying why.",
                    "It may have been stopped, or another client uses the client identifier " + clientIdentifier()
                            + " too.");
        }
        boolean network = chain.stream().anyMatch(t -> t instanceof IOException);
        return failure(
                FailureKind.CONNECTION_LOST,
                "The connection to " + endpoint + (network ? " broke: " : " ended: ") + words(chain) + ".",
                "The broker or the network went away; the connection is made again by itself.");
    }

    /**
     * @param code of MQTT 5
     * @param sent the one that was sent, which in MQTT 3.1.1 is another
     */
    private ConnectionFailure connAck(int code, int sent, @Nullable String reason, @Nullable String reference) {
        String said = said(sent, reason);
        String broker = "The broker at " + endpoint;
        return switch (code) {
            case ReasonCodes.UNSUPPORTED_VERSION ->
                failure(
                        FailureKind.MQTT_VERSION_UNSUPPORTED,
                        sent,
                        broker + " does not speak " + version() + said + ".",
                        "Set this broker's protocol version to MQTT "
                                + (definition.mqttVersion() == MqttVersion.V5 ? MqttVersion.V3_1_1 : MqttVersion.V5)
                                + ".");
            case ReasonCodes.CLIENT_ID_INVALID ->
                failure(
                        FailureKind.MQTT_CLIENT_ID_REJECTED,
                        sent,
                        broker + " rejected the client identifier " + clientIdentifier() + said + ".",
                        "Try a shorter one, of letters and digits only, or the one that the broker prescribes.");
            case ReasonCodes.BAD_USER_OR_PASSWORD ->
                failure(
                        FailureKind.MQTT_BAD_CREDENTIALS,
                        sent,
                        broker + " rejected " + user() + said + ".",
                        "Check the user name and enter the password again.");
            case ReasonCodes.NOT_AUTHORIZED ->
                failure(
                        FailureKind.MQTT_NOT_AUTHORIZED,
                        sent,
                        broker + " does not allow " + user() + " to connect as client " + clientIdentifier() + said
                                + ".",
                        "Check the broker's access control, and the user name and password: some brokers say this for those too.");
            case ReasonCodes.BANNED ->
                failure(
                        FailureKind.MQTT_BANNED,
                        sent,
                        broker + " has banned client " + clientIdentifier() + said + ".",
                        "Ask the broker's administrator.");
            case ReasonCodes.USE_ANOTHER_SERVER, ReasonCodes.SERVER_MOVED -> redirect(sent, said, reference);
            case ReasonCodes.SERVER_UNAVAILABLE,
                    ReasonCodes.SERVER_BUSY,
                    ReasonCodes.QUOTA_EXCEEDED,
                    ReasonCodes.CONNECTION_RATE_EXCEEDED ->
                failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        sent,
                        broker + " is up but takes no connections now" + said + ".",
                        "It is tried again, more slowly; look at the broker's load and limits if it lasts.");
            case ReasonCodes.UNSPECIFIED, ReasonCodes.IMPLEMENTATION_SPECIFIC ->
                failure(
                        FailureKind.UNKNOWN,
                        sent,
                        broker + " refused the connection and does not say why" + said + ".",
                        "Look at the broker's log.");
            default ->
                failure(
                        FailureKind.MQTT_PROTOCOL,
                        sent,
                        broker + " does not take the connection as it was asked for" + said + ".",
                        "Look at the broker's log, and at this definition's will, session and protocol version.");
        };
    }

    private ConnectionFailure disconnected(int code, @Nullable String reason, @Nullable String reference) {
        String said = said(code, reason);
        String broker = "The broker at " + endpoint;
        return switch (code) {
            case ReasonCodes.SESSION_TAKEN_OVER ->
                failure(
                        FailureKind.MQTT_SESSION_TAKEN_OVER,
                        code,
                        "Another client connected to " + endpoint + " with the same client identifier "
                                + clientIdentifier() + said + ".",
                        "Give each client of the broker an identifier of its own.");
            case ReasonCodes.KEEP_ALIVE_TIMEOUT ->
                failure(
                        FailureKind.MQTT_KEEPALIVE_TIMEOUT,
                        code,
                        broker + " heard nothing of us for too long" + said + ".",
                        "Check the network between here and the broker; the connection is made again by itself.");
            case ReasonCodes.SERVER_SHUTTING_DOWN ->
                failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        code,
                        broker + " is shutting down" + said + ".",
                        "The connection is made again by itself when the broker is back.");
            case ReasonCodes.SERVER_BUSY, ReasonCodes.CONNECTION_RATE_EXCEEDED ->
                failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        code,
                        broker + " is too busy" + said + ".",
                        "The connection is made again by itself, more slowly; look at the broker's load if it lasts.");
            case ReasonCodes.QUOTA_EXCEEDED ->
                failure(
                        FailureKind.MQTT_SERVER_UNAVAILABLE,
                        code,
                        broker + " has a limit that client " + clientIdentifier() + " exceeded" + said + ".",
                        "Look at the broker's quotas; the connection is made again by itself, more slowly.");
            case ReasonCodes.NOT_AUTHORIZED ->
                failure(
                        FailureKind.MQTT_NOT_AUTHORIZED,
                        code,
                        broker + " ended the connection, for " + user() + " did what it may not" + said + ".",
                        "Check in the broker's access control to which topics it may publish and subscribe.");
            case ReasonCodes.USE_ANOTHER_SERVER, ReasonCodes.SERVER_MOVED -> redirect(code, said, reference);
            case ReasonCodes.PACKET_TOO_LARGE ->
                failure(
                        FailureKind.MQTT_PROTOCOL,
                        code,
                        broker + " ended the connection, for a packet was larger than it accepts" + said + ".",
                        "Publish smaller messages, or raise the broker's limit.");
            default ->
                ReasonCodes.blamesTheClient(code)
                        ? failure(
                                FailureKind.MQTT_PROTOCOL,
                                code,
                                broker + " ended the connection because of what this client sent" + said + ".",
                                "Look at the broker's log, and at what was published or subscribed last.")
                        : failure(
                                FailureKind.CONNECTION_LOST,
                                code,
                                broker + " ended the connection" + said + ".",
                                "Look at the broker's log if it comes again; the connection is made again by itself.");
        };
    }

    private ConnectionFailure redirect(int code, String said, @Nullable String reference) {
        String target = told(reference);
        return failure(
                FailureKind.MQTT_REDIRECT,
                code,
                "The broker at " + endpoint + " asks to use another server" + (target.isEmpty() ? "" : ": " + target)
                        + said + ".",
                target.isEmpty()
                        ? "Ask the broker's administrator which one, and change the broker's host."
                        : "Change the broker's host to the one that it names, if you trust it.");
    }

    private String user() {
        return definition.credentials() == null || definition.credentials().username() == null
                ? "a client without a user name"
                : "user " + Failures.clean(definition.credentials().username());
    }

    private String clientIdentifier() {
        return Failures.clean(definition.clientIdentifier());
    }

    private String said(int code, @Nullable String reason) {
        String words = told(reason);
        return " (" + ReasonCodes.of(code, definition.mqttVersion()) + (words.isEmpty() ? "" : ", it says: " + words)
                + ")";
    }

    /** Words from the broker, which knows our password and may repeat it. */
    private String told(@Nullable String words) {
        Credentials credentials = definition.credentials();
        if (words == null || credentials == null || credentials.password() == null) {
            return Failures.clean(words);
        }
        String password = new String(credentials.password().reveal(), StandardCharsets.UTF_8);
        return Failures.clean(password.isEmpty() ? words : words.replace(password, "(hidden)"));
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
        return failure(kind, kind.isRetryable(), message, remedy);
    }

    private ConnectionFailure failure(FailureKind kind, boolean retryable, String message, String remedy) {
        return new ConnectionFailure(kind, kind.stage(), null, retryable, message, remedy, now);
    }

    private ConnectionFailure failure(FailureKind kind, int code, String message, String remedy) {
        return new ConnectionFailure(kind, kind.stage(), code, kind.isRetryable(), message, remedy, now);
    }

    private static String texts(List<Throwable> chain) {
        return chain.stream().map(Throwable::getMessage).collect(Collectors.joining(" "));
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
