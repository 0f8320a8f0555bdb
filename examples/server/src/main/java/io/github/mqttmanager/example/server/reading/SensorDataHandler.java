package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.device.AsyncDeviceMessageHandler;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.jpa.StorageFullException;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.UserProperty;
import jakarta.annotation.PreDestroy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stores what devices measure, many messages in one transaction. A message is acknowledged to its broker after the commit, so only when it
 * is safe. What cannot be read, and what a user sends faster than allowed, is counted and acknowledged: trying again would not help.
 *
 * <p>A message that carries an id in the MQTT 5 user property {@value #MESSAGE_ID} is stored once, however often it comes. Without one, a message
 * that the library offers again after a commit of which the outcome is unknown is stored once, too; but one that the broker delivers again
 * after a lost link is stored twice: nothing in it tells the two apart.
 */
@Component
public class SensorDataHandler implements AsyncDeviceMessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SensorDataHandler.class);
    private static final int MAX_WAITING = 10_000;

    /** The user property that identifies a message among those of its device. */
    static final String MESSAGE_ID = "message-id";

    private static final int MAX_MESSAGE_ID = 64;

    private final SensorData sensorData;
    private final UnreadablePayloads unreadable;
    private final MessageRates rates;
    private final EventHub events;
    private final JsonMapper json;

    /** Rows of a transaction that failed because of the store: perhaps they are there. The latest, should some never come again. */
    private final Set<SensorData.Row> inDoubt =
            Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<SensorData.Row, Boolean> eldest) {
                    return size() > MAX_WAITING;
                }
            }));

    private final Set<SensorData.Row> repeated = ConcurrentHashMap.newKeySet();
    private final GroupCommit<SensorData.Row> rows;

    SensorDataHandler(
            SensorData sensorData,
            UnreadablePayloads unreadable,
            MessageRates rates,
            EventHub events,
            TransactionTemplate transactions,
            ServerProperties properties,
            JsonMapper json) {
        this.sensorData = sensorData;
        this.unreadable = unreadable;
        this.rates = rates;
        this.events = events;
        this.json = json;
        this.rows = new GroupCommit<>(
                "readings",
                properties.readings().batch(),
                MAX_WAITING,
                batch -> repeated.addAll(Objects.requireNonNull(
                        transactions.execute(status -> sensorData.insert(batch, inDoubt::contains)))),
                SensorDataHandler::isUnavailable);
    }

    /** Then no row is at fault. */
    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof NonTransientDataAccessResourceException
                || failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof TransactionException
                || StorageFullException.isIn(failure);
    }

    @Override
    public @Nullable CompletionStage<?> handle(Device device, InboundPublish publish) throws InterruptedException {
        String owner = device.owner();
        if (owner == null) {
            return null;
        }
        if (!rates.admits(owner)) {
            return null;
        }
        PayloadReadings readings = PayloadReadings.of(publish.payload());
        if (readings.omitted() != null && unreadable.count(device, publish, readings.omitted()) == 1) {
            events.devicesChanged(owner);
        }
        // An old message that the broker kept says how things were, which is worth something only where nothing is
        // known.
        if (readings.values().isEmpty() || (publish.retained() && !sensorData.isEmpty(device.id()))) {
            return null;
        }
        return store(new SensorData.Row(
                device, Long.parseLong(owner), publish.receivedAt(), values(readings.values()), messageId(publish)));
    }

    private static @Nullable String messageId(InboundPublish publish) {
        return publish.properties().userProperties().stream()
                .filter(property -> property.name().equals(MESSAGE_ID))
                .map(UserProperty::value)
                .filter(id -> !id.isBlank() && id.length() <= MAX_MESSAGE_ID)
                .findFirst()
                .orElse(null);
    }

    private CompletionStage<?> store(SensorData.Row row) throws InterruptedException {
        return rows.add(row).handle((stored, failure) -> {
            if (failure == null || failure instanceof DataIntegrityViolationException) {
                inDoubt.remove(row);
            } else {
                inDoubt.add(row);
                throw new CompletionException(failure);
            }
            if (failure != null) {
                LOG.debug(
                        "Device {} was deleted while a message of it was stored",
                        row.device().id());
            } else if (!repeated.remove(row)) {
                events.reading(
                        row.device().owner(),
                        new ReadingEvent(Long.parseLong(row.device().id().value()), row.at(), row.values(), row.at()));
            }
            return failure == null;
        });
    }

    /** After the manager, which depends on this. */
    @PreDestroy
    void close() {
        rows.close();
    }

    private String values(Map<String, Double> values) {
        ObjectNode node = json.createObjectNode();
        values.forEach((name, value) -> {
            boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
            if (whole) {
                node.put(name, value.longValue());
            } else {
                node.put(name, value);
            }
        });
        return json.writeValueAsString(node);
    }
}
