package io.github.mqttmanager.jpa;

import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of brokers. Durations are in nanoseconds, enumerations by name; columns that end in {@code sealed} hold what the
 * {@link SecretCipher} made. The version is guarded by {@link JpaBrokerRepository}, which locks rows itself.
 */
@Entity(name = "MqttManagerBroker")
@Access(AccessType.FIELD)
@Table(name = "mqtt_manager_broker", indexes = @Index(name = "mqtt_manager_broker_owner_ix", columnList = "owner, id"))
@SuppressWarnings("NullAway.Init")
class MqttManagerBroker {
    /** The longest text that every database takes in such a column. */
    static final int LONG = 1_048_576;

    @Id
    @Column(name = "id", length = 64, nullable = false)
    String id;

    @Column(name = "name", length = 100, nullable = false)
    String name;

    @Column(name = "owner", length = 100)
    @Nullable
    String owner;

    @Column(name = "active", nullable = false)
    boolean active;

    @Column(name = "version", nullable = false)
    long version;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    /** One a line: {@code host:port} or {@code [address]:port}. */
    @Column(name = "endpoints", length = 5_000, nullable = false)
    String endpoints;

    @Column(name = "transport", length = 32, nullable = false)
    String transport;

    @Column(name = "mqtt_version", length = 16, nullable = false)
    String mqttVersion;

    @Column(name = "client_identifier", length = 128, nullable = false)
    String clientIdentifier;

    @Column(name = "keep_alive_ns", nullable = false)
    long keepAlive;

    @Column(name = "username", length = 16_000)
    @Nullable
    String username;

    @Column(name = "password_sealed", length = LONG)
    @Nullable
    String passwordSealed;

    @Column(name = "tls_trust", length = 32, nullable = false)
    String tlsTrust;

    /** Certificates, fingerprint or bundle name; null for the system's authorities. */
    @Column(name = "tls_trust_value", length = LONG)
    @Nullable
    String tlsTrustValue;

    @Column(name = "tls_verify_hostname", nullable = false)
    boolean tlsVerifyHostname;

    @Column(name = "tls_minimum_version", length = 16, nullable = false)
    String tlsMinimumVersion;

    @Column(name = "tls_client_certificate", length = LONG)
    @Nullable
    String tlsClientCertificate;

    @Column(name = "tls_client_key_sealed", length = LONG)
    @Nullable
    String tlsClientKeySealed;

    @Column(name = "websocket_path", length = 2_000, nullable = false)
    String webSocketPath;

    /** One a line: {@code name: sealed value}, ordered by name; null without any. */
    @Column(name = "websocket_headers_sealed", length = LONG)
    @Nullable
    String webSocketHeadersSealed;

    @Column(name = "proxy_type", length = 16)
    @Nullable
    String proxyType;

    @Column(name = "proxy_endpoint", length = 300)
    @Nullable
    String proxyEndpoint;

    @Column(name = "proxy_username", length = 16_000)
    @Nullable
    String proxyUsername;

    @Column(name = "proxy_password_sealed", length = LONG)
    @Nullable
    String proxyPasswordSealed;

    @Column(name = "session_clean_start", nullable = false)
    boolean sessionCleanStart;

    @Column(name = "session_expiry_ns", nullable = false)
    long sessionExpiry;

    @Column(name = "session_receive_maximum", nullable = false)
    int sessionReceiveMaximum;

    @Column(name = "session_maximum_packet_size", nullable = false)
    int sessionMaximumPacketSize;

    @Column(name = "will_topic", length = LONG)
    @Nullable
    String willTopic;

    @Column(name = "will_payload", length = 65_535)
    byte @Nullable [] willPayload;

    @Column(name = "will_qos")
    @Nullable
    Integer willQos;

    @Column(name = "will_retain")
    @Nullable
    Boolean willRetain;

    @Column(name = "will_delay_ns")
    @Nullable
    Long willDelay;

    @Column(name = "birth_topic", length = LONG)
    @Nullable
    String birthTopic;

    @Column(name = "birth_payload", length = 65_535)
    byte @Nullable [] birthPayload;

    @Column(name = "birth_qos")
    @Nullable
    Integer birthQos;

    @Column(name = "birth_retain")
    @Nullable
    Boolean birthRetain;

    @Column(name = "reconnect_initial_delay_ns", nullable = false)
    long reconnectInitialDelay;

    @Column(name = "reconnect_early_maximum_ns", nullable = false)
    long reconnectEarlyMaximum;

    @Column(name = "reconnect_early_phase_ns", nullable = false)
    long reconnectEarlyPhase;

    @Column(name = "reconnect_late_maximum_ns", nullable = false)
    long reconnectLateMaximum;

    @Column(name = "reconnect_stable_after_ns", nullable = false)
    long reconnectStableAfter;

    /** For the provider and for new rows. */
    protected MqttManagerBroker() {}
}
