package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.ReconnectSettings;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes definitions to rows and reads them back, with secrets sealed. This class is thread-safe. */
final class BrokerRows {
    private static final String PASSWORD = "credentials.password";
    private static final String PROXY_PASSWORD = "proxy.credentials.password";
    private static final String CLIENT_KEY = "tls.client-certificate.key";
    private static final String HEADER = "websocket.headers.";

    private final SecretCipher cipher;

    BrokerRows(SecretCipher cipher) {
        this.cipher = cipher;
    }

    /** Writes everything except the version and the times. */
    void write(BrokerDefinition from, MqttManagerBroker to) {
        Place place = new Place(from.id(), from.owner());
        to.id = from.id().value();
        to.name = from.name();
        to.owner = from.owner();
        to.active = from.active();
        to.endpoints = from.endpoints().stream().map(Endpoint::toString).collect(Collectors.joining("\n"));
        to.transport = from.transport().name();
        to.mqttVersion = from.mqttVersion().name();
        to.clientIdentifier = from.clientIdentifier();
        to.keepAlive = from.keepAlive().toNanos();
        Credentials credentials = from.credentials();
        to.username = credentials == null ? null : credentials.username();
        to.passwordSealed = credentials == null ? null : seal(credentials.password(), place, PASSWORD);
        writeTls(from.tls(), place, to);
        to.webSocketPath = from.webSocket().path();
        to.webSocketHeadersSealed = headers(from.webSocket().headers(), place);
        writeProxy(from.proxy(), place, to);
        to.sessionCleanStart = from.session().cleanStart();
        to.sessionExpiry = from.session().expiry().toNanos();
        to.sessionReceiveMaximum = from.session().receiveMaximum();
        to.sessionMaximumPacketSize = from.session().maximumPacketSize();
        Will will = from.will();
        to.willTopic = will == null ? null : will.topic().value();
        to.willPayload = will == null ? null : will.payload();
        to.willQos = will == null ? null : will.qos().code();
        to.willRetain = will == null ? null : will.retain();
        to.willDelay = will == null ? null : will.delay().toNanos();
        Birth birth = from.birth();
        to.birthTopic = birth == null ? null : birth.topic().value();
        to.birthPayload = birth == null ? null : birth.payload();
        to.birthQos = birth == null ? null : birth.qos().code();
        to.birthRetain = birth == null ? null : birth.retain();
        to.reconnectInitialDelay = from.reconnect().initialDelay().toNanos();
        to.reconnectEarlyMaximum = from.reconnect().earlyMaximum().toNanos();
        to.reconnectEarlyPhase = from.reconnect().earlyPhase().toNanos();
        to.reconnectLateMaximum = from.reconnect().lateMaximum().toNanos();
        to.reconnectStableAfter = from.reconnect().stableAfter().toNanos();
    }

    private void writeTls(TlsSettings from, Place place, MqttManagerBroker to) {
        TlsSettings.Trust trust = from.trust();
        if (trust instanceof TlsSettings.Authorities authorities) {
            to.tlsTrust = "AUTHORITIES";
            to.tlsTrustValue = authorities.pem();
        } else if (trust instanceof TlsSettings.Pinned pinned) {
            to.tlsTrust = "PINNED";
            to.tlsTrustValue = pinned.sha256();
        } else if (trust instanceof TlsSettings.Bundle bundle) {
            to.tlsTrust = "BUNDLE";
            to.tlsTrustValue = bundle.name();
        } else {
            to.tlsTrust = "SYSTEM";
            to.tlsTrustValue = null;
        }
        to.tlsVerifyHostname = from.verifyHostname();
        to.tlsMinimumVersion = from.minimumVersion().name();
        TlsSettings.ClientCertificate certificate = from.clientCertificate();
        to.tlsClientCertificate = certificate == null ? null : certificate.certificatePem();
        to.tlsClientKeySealed = certificate == null ? null : seal(certificate.key(), place, CLIENT_KEY);
    }

    private void writeProxy(@Nullable ProxySettings from, Place place, MqttManagerBroker to) {
        Credentials credentials = from == null ? null : from.credentials();
        to.proxyType = from == null ? null : from.type().name();
        to.proxyEndpoint = from == null ? null : from.endpoint().toString();
        to.proxyUsername = credentials == null ? null : credentials.username();
        to.proxyPasswordSealed = credentials == null ? null : seal(credentials.password(), place, PROXY_PASSWORD);
    }

    private @Nullable String headers(Map<String, String> headers, Place place) {
        SortedMap<String, String> values = new TreeMap<>();
        headers.forEach((name, value) -> values.put(name, cipher.seal(Secret.of(value), place.context(HEADER + name))));
        return lines(values);
    }

    /**
     * What could be read of a row.
     *
     * @param definition without the secrets that could not be opened
     * @param missing those, each with the reason
     */
    record Reading(BrokerDefinition definition, Map<String, GeneralSecurityException> missing) {
        Reading {
            missing = Map.copyOf(missing);
        }
    }

    /**
     * Reads a row.
     *
     * @throws RuntimeException if the row holds no valid definition
     */
    Reading read(MqttManagerBroker row) {
        BrokerId id = BrokerId.of(row.id);
        Opening opening = new Opening(new Place(id, row.owner));
        BrokerDefinition definition = new BrokerDefinition(
                id,
                row.name,
                row.owner,
                row.endpoints.lines().map(BrokerRows::endpoint).toList(),
                Transport.valueOf(row.transport),
                readTls(row, opening),
                new WebSocketSettings(row.webSocketPath, headers(row.webSocketHeadersSealed, opening)),
                readProxy(row, opening),
                credentials(row.username, opening.open(row.passwordSealed, PASSWORD)),
                MqttVersion.valueOf(row.mqttVersion),
                row.clientIdentifier,
                Duration.ofNanos(row.keepAlive),
                new SessionSettings(
                        row.sessionCleanStart,
                        Duration.ofNanos(row.sessionExpiry),
                        row.sessionReceiveMaximum,
                        row.sessionMaximumPacketSize),
                will(row),
                birth(row),
                new ReconnectSettings(
                        Duration.ofNanos(row.reconnectInitialDelay),
                        Duration.ofNanos(row.reconnectEarlyMaximum),
                        Duration.ofNanos(row.reconnectEarlyPhase),
                        Duration.ofNanos(row.reconnectLateMaximum),
                        Duration.ofNanos(row.reconnectStableAfter)),
                row.active,
                row.version);
        return new Reading(definition, opening.missing);
    }

    private TlsSettings readTls(MqttManagerBroker row, Opening opening) {
        TlsSettings.Trust trust = switch (row.tlsTrust) {
            case "SYSTEM" -> new TlsSettings.SystemTrust();
            case "AUTHORITIES" -> new TlsSettings.Authorities(required(row.tlsTrustValue, "tls_trust_value"));
            case "PINNED" -> new TlsSettings.Pinned(required(row.tlsTrustValue, "tls_trust_value"));
            case "BUNDLE" -> new TlsSettings.Bundle(required(row.tlsTrustValue, "tls_trust_value"));
            default -> throw new IllegalStateException("tls_trust " + row.tlsTrust + " is not known");
        };
        Secret key = opening.open(row.tlsClientKeySealed, CLIENT_KEY);
        return new TlsSettings(
                trust,
                key == null
                        ? null
                        : new TlsSettings.ClientCertificate(
                                required(row.tlsClientCertificate, "tls_client_certificate"), key),
                row.tlsVerifyHostname,
                TlsSettings.Version.valueOf(row.tlsMinimumVersion));
    }

    private @Nullable ProxySettings readProxy(MqttManagerBroker row, Opening opening) {
        if (row.proxyType == null) {
            return null;
        }
        return new ProxySettings(
                ProxySettings.Type.valueOf(row.proxyType),
                endpoint(required(row.proxyEndpoint, "proxy_endpoint")),
                credentials(row.proxyUsername, opening.open(row.proxyPasswordSealed, PROXY_PASSWORD)));
    }

    private Map<String, String> headers(@Nullable String lines, Opening opening) {
        Map<String, String> headers = new HashMap<>();
        sealedHeaders(lines).forEach((name, value) -> {
            Secret opened = opening.open(value, HEADER + name);
            if (opened != null) {
                headers.put(name, new String(opened.reveal(), StandardCharsets.UTF_8));
            }
        });
        return headers;
    }

    private static SortedMap<String, String> sealedHeaders(@Nullable String lines) {
        SortedMap<String, String> headers = new TreeMap<>();
        if (lines != null) {
            lines.lines().forEach(line -> {
                int end = line.indexOf(": ");
                if (end < 1) {
                    throw new IllegalStateException("websocket_headers_sealed has a line without a name");
                }
                headers.put(line.substring(0, end), line.substring(end + 2));
            });
        }
        return headers;
    }

    private static @Nullable String lines(SortedMap<String, String> headers) {
        return headers.isEmpty()
                ? null
                : headers.entrySet().stream()
                        .map(header -> header.getKey() + ": " + header.getValue() + "\n")
                        .collect(Collectors.joining());
    }

    private static @Nullable Will will(MqttManagerBroker row) {
        if (row.willTopic == null) {
            return null;
        }
        return new Will(
                TopicName.of(row.willTopic),
                required(row.willPayload, "will_payload"),
                QoS.of(required(row.willQos, "will_qos")),
                required(row.willRetain, "will_retain"),
                Duration.ofNanos(required(row.willDelay, "will_delay_ns")));
    }

    private static @Nullable Birth birth(MqttManagerBroker row) {
        if (row.birthTopic == null) {
            return null;
        }
        return new Birth(
                TopicName.of(row.birthTopic),
                required(row.birthPayload, "birth_payload"),
                QoS.of(required(row.birthQos, "birth_qos")),
                required(row.birthRetain, "birth_retain"));
    }

    private static @Nullable Credentials credentials(@Nullable String username, @Nullable Secret password) {
        return username == null && password == null ? null : new Credentials(username, password);
    }

    private static Endpoint endpoint(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalStateException("an endpoint has no port");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return Endpoint.of(
                bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(text.substring(colon + 1)));
    }

    private static <T> T required(@Nullable T value, String column) {
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null");
        }
        return value;
    }

    /** Whether all secrets of the row are sealed with the key that is used for sealing now. */
    boolean isCurrent(
            @Nullable String password, @Nullable String proxy, @Nullable String key, @Nullable String headers) {
        return Stream.concat(
                        Stream.of(password, proxy, key).filter(Objects::nonNull).map(Objects::requireNonNull),
                        sealedHeaders(headers).values().stream())
                .allMatch(cipher::isCurrent);
    }

    /**
     * Seals again what is sealed with another key than the one that is used now; touches nothing else, and leaves what it cannot open.
     *
     * @return whether anything was changed
     */
    boolean reseal(MqttManagerBroker row) {
        Opening opening = new Opening(new Place(BrokerId.of(row.id), row.owner));
        row.passwordSealed = reseal(row.passwordSealed, PASSWORD, opening);
        row.proxyPasswordSealed = reseal(row.proxyPasswordSealed, PROXY_PASSWORD, opening);
        row.tlsClientKeySealed = reseal(row.tlsClientKeySealed, CLIENT_KEY, opening);
        SortedMap<String, String> headers = sealedHeaders(row.webSocketHeadersSealed);
        headers.replaceAll((name, value) -> Objects.requireNonNull(reseal(value, HEADER + name, opening)));
        row.webSocketHeadersSealed = lines(headers);
        return opening.resealed;
    }

    private @Nullable String reseal(@Nullable String sealed, String field, Opening opening) {
        if (sealed == null || cipher.isCurrent(sealed)) {
            return sealed;
        }
        Secret plain = opening.open(sealed, field);
        if (plain == null) {
            return sealed;
        }
        opening.resealed = true;
        return cipher.seal(plain, opening.place.context(field));
    }

    private @Nullable String seal(@Nullable Secret plain, Place place, String field) {
        return plain == null ? null : cipher.seal(plain, place.context(field));
    }

    /** Opens the secrets of one row, and collects those that it cannot. */
    private final class Opening {
        private final Place place;
        private final Map<String, GeneralSecurityException> missing = new HashMap<>();
        private boolean resealed;

        Opening(Place place) {
            this.place = place;
        }

        @Nullable
        Secret open(@Nullable String sealed, String field) {
            if (sealed == null) {
                return null;
            }
            try {
                return cipher.open(sealed, place.context(field));
            } catch (GeneralSecurityException e) {
                missing.put(field, e);
                return null;
            }
        }
    }

    /** What a secret belongs to. None of the parts can contain a line break. */
    private record Place(BrokerId id, @Nullable String owner) {
        String context(String field) {
            return String.join("\n", "mqtt_manager_broker", id.value(), owner == null ? "" : owner, field);
        }
    }
}
