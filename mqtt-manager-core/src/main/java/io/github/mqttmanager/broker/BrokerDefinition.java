package io.github.mqttmanager.broker;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that must be known to keep a connection to a broker. Immutable; made by a {@linkplain #builder builder}.
 *
 * @param id identifies it within the manager
 * @param name for people, 1 to 100 characters
 * @param owner a label of the host's tenant, or null; it filters and never identifies
 * @param endpoints tried in order, at least one
 * @param transport what carries MQTT
 * @param tls used when the transport is secure
 * @param webSocket used when the transport is a WebSocket
 * @param proxy on the way to the broker, or null
 * @param credentials what the broker asks for, or null
 * @param mqttVersion the protocol's version
 * @param clientIdentifier stable, 1 to 128 characters, no other client of the broker may use it
 * @param keepAlive 5 s to 1 h: how long the link may be silent (MQTT 5 section 3.1.2.10)
 * @param session what the broker keeps for us
 * @param will published for us when the link is lost, or null
 * @param birth published by us whenever a connection stands, or null
 * @param reconnect how a lost link is tried again
 * @param active whether a connection is wanted
 * @param version raised by each save; 0 is new
 */
public record BrokerDefinition(
        BrokerId id,
        String name,
        @Nullable String owner,
        List<Endpoint> endpoints,
        Transport transport,
        TlsSettings tls,
        WebSocketSettings webSocket,
        @Nullable ProxySettings proxy,
        @Nullable Credentials credentials,
        MqttVersion mqttVersion,
        String clientIdentifier,
        Duration keepAlive,
        SessionSettings session,
        @Nullable Will will,
        @Nullable Birth birth,
        ReconnectSettings reconnect,
        boolean active,
        long version) {

    /** @throws IllegalArgumentException naming what is wrong */
    public BrokerDefinition {
        Checks.text(name, "broker name", 100);
        if (owner != null) {
            Checks.text(owner, "owner", 100);
        }
        endpoints = List.copyOf(endpoints);
        Checks.range(endpoints.size(), "number of endpoints", 1, 16);
        if (credentials != null && credentials.username() == null && mqttVersion == MqttVersion.V3_1_1) {
            throw new IllegalArgumentException("user name is needed with a password in MQTT 3.1.1");
        }
        Checks.text(clientIdentifier, "client identifier", 128);
        Checks.range(keepAlive, "keep-alive", Duration.ofSeconds(5), Duration.ofHours(1));
        if (version < 0) {
            throw new IllegalArgumentException("version must not be negative");
        }
    }

    /**
     * Begins a definition with safe defaults: TCP, MQTT 5, active.
     *
     * @param host of the first endpoint
     * @param port of the first endpoint
     */
    public static Builder builder(BrokerId id, String host, int port) {
        return new Builder(id, List.of(Endpoint.of(host, port)));
    }

    public static Builder builder(String id, String host, int port) {
        return builder(BrokerId.of(id), host, port);
    }

    /** A builder that holds what this definition holds. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Whether the other definition asks for the same connection: nothing differs that CONNECT or the way to the broker carries.
     */
    public boolean connectsLike(BrokerDefinition other) {
        return endpoints.equals(other.endpoints)
                && transport == other.transport
                && (!transport.isSecure() || tls.equals(other.tls))
                && (!transport.isWebSocket() || webSocket.equals(other.webSocket))
                && Objects.equals(proxy, other.proxy)
                && Objects.equals(credentials, other.credentials)
                && mqttVersion == other.mqttVersion
                && clientIdentifier.equals(other.clientIdentifier)
                && keepAlive.equals(other.keepAlive)
                && session.equals(other.session)
                && Objects.equals(will, other.will);
    }

    /**
     * Whether secrets that were stored for the other definition would go to nobody else with this one: the same broker, the same owner,
     * the same endpoints and proxy, and the same proof of who they are. Otherwise somebody who may edit but not read a secret could have
     * it sent to a server of their own.
     */
    public boolean mayReuseSecretsOf(BrokerDefinition stored) {
        return id.equals(stored.id)
                && Objects.equals(owner, stored.owner)
                && endpoints.equals(stored.endpoints)
                && transport == stored.transport
                && Objects.equals(
                        proxy == null ? null : proxy.endpoint(), stored.proxy == null ? null : stored.proxy.endpoint())
                && (!transport.isSecure()
                        || (tls.trust().equals(stored.tls.trust())
                                && tls.verifyHostname() == stored.tls.verifyHostname()
                                && tls.minimumVersion() == stored.tls.minimumVersion()));
    }

    /** Collects what a definition holds. Not thread-safe. */
    public static final class Builder {
        private static final String CLIENT_ID_CHARACTERS =
                "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        private static final SecureRandom RANDOM = new SecureRandom();

        private BrokerId id;
        private String name;
        private @Nullable String owner;
        private List<Endpoint> endpoints;
        private Transport transport = Transport.TCP;
        private TlsSettings tls = TlsSettings.SYSTEM;
        private WebSocketSettings webSocket = WebSocketSettings.DEFAULT;
        private @Nullable ProxySettings proxy;
        private @Nullable Credentials credentials;
        private MqttVersion mqttVersion = MqttVersion.V5;
        private @Nullable String clientIdentifier;
        private Duration keepAlive = Duration.ofSeconds(20);
        private SessionSettings session = SessionSettings.DEFAULT;
        private @Nullable Will will;
        private @Nullable Birth birth;
        private ReconnectSettings reconnect = ReconnectSettings.DEFAULT;
        private boolean active = true;
        private long version;

        private Builder(BrokerId id, List<Endpoint> endpoints) {
            this.id = id;
            this.name = id.value();
            this.endpoints = endpoints;
        }

        private Builder(BrokerDefinition from) {
            id = from.id;
            name = from.name;
            owner = from.owner;
            endpoints = from.endpoints;
            transport = from.transport;
            tls = from.tls;
            webSocket = from.webSocket;
            proxy = from.proxy;
            credentials = from.credentials;
            mqttVersion = from.mqttVersion;
            clientIdentifier = from.clientIdentifier;
            keepAlive = from.keepAlive;
            session = from.session;
            will = from.will;
            birth = from.birth;
            reconnect = from.reconnect;
            active = from.active;
            version = from.version;
        }

        public Builder id(BrokerId value) {
            id = value;
            return this;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder owner(@Nullable String value) {
            owner = value;
            return this;
        }

        public Builder endpoints(List<Endpoint> value) {
            endpoints = value;
            return this;
        }

        public Builder transport(Transport value) {
            transport = value;
            return this;
        }

        /** Sets TLS, or secure WebSocket where WebSocket was set. */
        public Builder tls(TlsSettings value) {
            tls = value;
            transport = transport.isWebSocket() ? Transport.SECURE_WEBSOCKET : Transport.TLS;
            return this;
        }

        /** Sets WebSocket, or secure WebSocket where TLS was set. */
        public Builder webSocket(WebSocketSettings value) {
            webSocket = value;
            transport = transport.isSecure() ? Transport.SECURE_WEBSOCKET : Transport.WEBSOCKET;
            return this;
        }

        public Builder proxy(@Nullable ProxySettings value) {
            proxy = value;
            return this;
        }

        public Builder credentials(@Nullable Credentials value) {
            credentials = value;
            return this;
        }

        public Builder credentials(String username, String password) {
            return credentials(Credentials.of(username, password));
        }

        public Builder mqttVersion(MqttVersion value) {
            mqttVersion = value;
            return this;
        }

        /** Without it, one is made: 23 characters that every broker must accept (MQTT 3.1.1 section 3.1.3.1). */
        public Builder clientIdentifier(@Nullable String value) {
            clientIdentifier = value;
            return this;
        }

        public Builder keepAlive(Duration value) {
            keepAlive = value;
            return this;
        }

        public Builder session(SessionSettings value) {
            session = value;
            return this;
        }

        public Builder will(@Nullable Will value) {
            will = value;
            return this;
        }

        public Builder birth(@Nullable Birth value) {
            birth = value;
            return this;
        }

        public Builder reconnect(ReconnectSettings value) {
            reconnect = value;
            return this;
        }

        public Builder active(boolean value) {
            active = value;
            return this;
        }

        public Builder version(long value) {
            version = value;
            return this;
        }

        /** @throws IllegalArgumentException naming what is wrong */
        public BrokerDefinition build() {
            return new BrokerDefinition(
                    id,
                    name,
                    owner,
                    endpoints,
                    transport,
                    tls,
                    webSocket,
                    proxy,
                    credentials,
                    mqttVersion,
                    clientIdentifier == null ? newClientIdentifier() : clientIdentifier,
                    keepAlive,
                    session,
                    will,
                    birth,
                    reconnect,
                    active,
                    version);
        }

        private static String newClientIdentifier() {
            StringBuilder text = new StringBuilder("mqm");
            while (text.length() < 23) {
                text.append(CLIENT_ID_CHARACTERS.charAt(RANDOM.nextInt(CLIENT_ID_CHARACTERS.length())));
            }
            return text.toString();
        }
    }
}
