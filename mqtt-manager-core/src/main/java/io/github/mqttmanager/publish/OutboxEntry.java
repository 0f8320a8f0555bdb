package io.github.mqttmanager.publish;

import io.github.mqttmanager.broker.BrokerId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A publish that waits in the outbox.
 *
 * @param id that the outbox gave it, or 0 before
 * @param broker that it goes to
 * @param orderingKey entries of a broker with the same key are sent in the order of their ids; null: in any order
 * @param publish with a topic, and without an expiry of its own; it waits whenever the broker is not connected
 * @param createdAt when it was added, to the microsecond
 * @param expiresAt from when on it is not sent any more, to the microsecond, or null
 */
public record OutboxEntry(
        long id,
        BrokerId broker,
        @Nullable String orderingKey,
        OutboundPublish publish,
        Instant createdAt,
        @Nullable Instant expiresAt) {
    private static final int MAX_KEY = 64;
    private static final int MAX_TEXT = 65_535;

    /** @throws IllegalArgumentException if something of it can be neither kept nor sent; the message says what */
    public OutboxEntry {
        if (id < 0) {
            throw new IllegalArgumentException("the id of an outbox entry must not be negative: " + id);
        }
        if (orderingKey != null && (orderingKey.isEmpty() || orderingKey.length() > MAX_KEY)) {
            throw new IllegalArgumentException(
                    "the ordering key must have 1 to " + MAX_KEY + " characters, not " + orderingKey.length());
        }
        if (publish.topic() == null) {
            throw new IllegalArgumentException("a publish in the outbox needs a topic");
        }
        PublishProperties properties = publish.properties();
        if (properties.expiry() != null) {
            throw new IllegalArgumentException("the expiry of an outbox entry is a moment, not a span");
        }
        text(orderingKey, "ordering key");
        text(properties.contentType(), "content type");
        for (UserProperty property : properties.userProperties()) {
            text(property.name(), "name of a user property");
            text(property.value(), "value of a user property");
        }
        if (properties.correlationData() != null && properties.correlationData().remaining() > MAX_TEXT) {
            throw new IllegalArgumentException("correlation data must not be longer than " + MAX_TEXT + " bytes");
        }
        publish = with(publish, WhenDisconnected.QUEUE, null);
        createdAt = createdAt.truncatedTo(ChronoUnit.MICROS);
        expiresAt = expiresAt == null ? null : expiresAt.truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * An entry that is to be added.
     *
     * @param publish whose expiry, if it has one, counts from now on
     */
    public static OutboxEntry of(BrokerId broker, @Nullable String orderingKey, OutboundPublish publish, Instant now) {
        Duration expiry = publish.properties().expiry();
        return new OutboxEntry(
                0,
                broker,
                orderingKey,
                with(publish, publish.whenDisconnected(), null),
                now,
                expiry == null ? null : now.plus(expiry));
    }

    /** What MQTT allows in a string, and every database too (MQTT 5 section 1.5.4). */
    private static void text(@Nullable String value, String what) {
        if (value == null) {
            return;
        }
        if (value.indexOf(0) >= 0) {
            throw new IllegalArgumentException("the " + what + " must not contain NUL");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("the " + what + " must be well-formed Unicode");
        }
        if (value.length() > MAX_TEXT / 4 && value.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT) {
            throw new IllegalArgumentException("the " + what + " must not be longer than " + MAX_TEXT + " bytes");
        }
    }

    private static OutboundPublish with(
            OutboundPublish publish, WhenDisconnected whenDisconnected, @Nullable Duration expiry) {
        PublishProperties properties = publish.properties();
        return new OutboundPublish(
                publish.topic(),
                publish.payload(),
                publish.qos(),
                publish.retain(),
                whenDisconnected,
                new PublishProperties(
                        expiry,
                        properties.text(),
                        properties.contentType(),
                        properties.responseTopic(),
                        properties.correlationData(),
                        properties.userProperties()));
    }

    /** The same with the id that the outbox gave it. */
    public OutboxEntry withId(long newId) {
        return new OutboxEntry(newId, broker, orderingKey, publish, createdAt, expiresAt);
    }

    /** The same for another broker. */
    public OutboxEntry withBroker(BrokerId other) {
        return new OutboxEntry(id, other, orderingKey, publish, createdAt, expiresAt);
    }

    /** Whether it is not to be sent any more. */
    public boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    /**
     * The publish as it is to be handed over now: with what is left of its expiry, and at least the second that is the least MQTT can
     * say (MQTT 5 section 3.3.2.3.3).
     */
    public OutboundPublish publishAt(Instant now) {
        if (expiresAt == null) {
            return publish;
        }
        Duration left = Duration.between(now, expiresAt);
        Duration second = Duration.ofSeconds(1);
        return with(publish, WhenDisconnected.QUEUE, left.compareTo(second) < 0 ? second : left);
    }

    /** How many bytes the payload has. */
    public int payloadBytes() {
        return publish.payload().remaining();
    }
}
