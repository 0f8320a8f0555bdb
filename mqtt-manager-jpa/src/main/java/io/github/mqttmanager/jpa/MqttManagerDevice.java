package io.github.mqttmanager.jpa;

import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of devices. The version is guarded by {@link JpaDeviceRepository}, which locks rows itself. */
@Entity(name = "MqttManagerDevice")
@Access(AccessType.FIELD)
@Table(
        name = "mqtt_manager_device",
        indexes = {
            @Index(name = "mqtt_manager_device_owner_ix", columnList = "owner, id"),
            @Index(name = "mqtt_manager_device_broker_ix", columnList = "broker_id, id")
        },
        uniqueConstraints =
                @UniqueConstraint(
                        name = "mqtt_manager_device_topic_uq",
                        columnNames = {"broker_id", "topic_name"}))
@SuppressWarnings("NullAway.Init")
class MqttManagerDevice {
    @Id
    @Column(name = "id", length = 64, nullable = false)
    String id;

    @Column(name = "name", length = 100, nullable = false)
    String name;

    @Column(name = "owner", length = 100)
    @Nullable
    String owner;

    @Column(name = "version", nullable = false)
    long version;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Column(name = "broker_id", length = 64, nullable = false)
    String brokerId;

    @Column(name = "topic_name", length = 64, nullable = false)
    String topicName;

    @Column(name = "device_type", length = 50)
    @Nullable
    String deviceType;

    /** One a line. */
    @Column(name = "telemetry_topics", length = MqttManagerBroker.LONG, nullable = false)
    String telemetryTopics;

    @Column(name = "command_topic", length = MqttManagerBroker.LONG)
    @Nullable
    String commandTopic;

    @Column(name = "availability_topic", length = MqttManagerBroker.LONG)
    @Nullable
    String availabilityTopic;

    @Column(name = "availability_online", length = 1000)
    @Nullable
    String availabilityOnline;

    @Column(name = "availability_offline", length = 1000)
    @Nullable
    String availabilityOffline;

    /** In nanoseconds. */
    @Column(name = "expected_interval_ns", nullable = false)
    long expectedInterval;

    /** Written by {@link JpaDeviceRepository#saveLastSeen} only, so that an edit cannot set it back. */
    @Column(name = "last_seen", insertable = false, updatable = false)
    @Nullable
    Instant lastSeen;

    /** For the provider and for new rows. */
    protected MqttManagerDevice() {}
}
