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

/** A row of the outbox. Written once and never changed; read by projections only. */
@Entity(name = "MqttManagerOutboxEntry")
@Access(AccessType.FIELD)
@Table(
        name = "mqtt_manager_outbox",
        indexes = @Index(name = "mqtt_manager_outbox_broker_ix", columnList = "broker_id, id"))
@SuppressWarnings("NullAway.Init")
class MqttManagerOutboxEntry {
    /** Given by {@link JpaOutbox}. */
    @Id
    @Column(name = "id", nullable = false)
    long id;

    /** Refers to no row: the brokers may be kept elsewhere. */
    @Column(name = "broker_id", length = 64, nullable = false, updatable = false)
    String brokerId;

    @Column(name = "ordering_key", length = 64, updatable = false)
    @Nullable
    String orderingKey;

    @Column(name = "topic", length = MqttManagerBroker.LONG, nullable = false, updatable = false)
    String topic;

    @Column(name = "payload", length = MqttManagerBroker.LONG, nullable = false, updatable = false)
    byte[] payload;

    @Column(name = "qos", nullable = false, updatable = false)
    int qos;

    @Column(name = "retain", nullable = false, updatable = false)
    boolean retain;

    @Column(name = "payload_is_text", nullable = false, updatable = false)
    boolean text;

    @Column(name = "content_type", length = MqttManagerBroker.LONG, updatable = false)
    @Nullable
    String contentType;

    @Column(name = "response_topic", length = MqttManagerBroker.LONG, updatable = false)
    @Nullable
    String responseTopic;

    @Column(name = "correlation_data", length = 65_535, updatable = false)
    byte @Nullable [] correlationData;

    /** See {@link OutboxRows}. */
    @Column(name = "user_properties", length = MqttManagerBroker.LONG, updatable = false)
    @Nullable
    String userProperties;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "expires_at", updatable = false)
    @Nullable
    Instant expiresAt;

    /** For the provider and for new rows. */
    protected MqttManagerOutboxEntry() {}
}
