package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.device.AsyncDeviceMessageHandler;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.publish.InboundPublish;
import jakarta.annotation.PreDestroy;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
 * is safe. What cannot be read is counted and acknowledged: trying again would not help. A message that comes twice, after a lost link or a
 * commit of which the outcome is unknown, is stored twice: nothing in it tells the two apart.
 */
@Component
public class SensorDataHandler implements AsyncDeviceMessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SensorDataHandler.class);
    private static final int MAX_WAITING = 10_000;

    private final SensorData sensorData;
    private final UnreadablePayloads unreadable;
    private final EventHub events;
    private final JsonMapper json;
    private final GroupCommit<SensorData.Row> rows;

    SensorDataHandler(
            SensorData sensorData,
            UnreadablePayloads unreadable,
            EventHub events,
            TransactionTemplate transactions,
            ServerProperties properties,
            JsonMapper json) {
        this.sensorData = sensorData;
        this.unreadable = unreadable;
        this.events = events;
        this.json = json;
        this.rows = new GroupCommit<>(
                "readings",
                properties.readings().batch(),
                MAX_WAITING,
                batch -> transactions.executeWithoutResult(status -> sensorData.insert(batch)),
                SensorDataHandler::isUnavailable);
    }

    /** Then no row is at fault. */
    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof NonTransientDataAccessResourceException
                || failure instanceof TransientDataAccessException
                || failure instanceof RecoverableDataAccessException
                || failure instanceof TransactionException;
    }

    @Override
    public @Nullable CompletionStage<?> handle(Device device, InboundPublish publish) throws InterruptedException {
        String owner = device.owner();
        if (owner == null) {
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
        return store(
                new SensorData.Row(device, Long.parseLong(owner), publish.receivedAt(), values(readings.values())));
    }

    private CompletionStage<?> store(SensorData.Row row) throws InterruptedException {
        return rows.add(row)
                .thenRun(() -> events.reading(
                        row.device().owner(),
                        new ReadingEvent(Long.parseLong(row.device().id().value()), row.at(), row.values(), row.at())))
                .exceptionally(failure -> {
                    if (failure.getCause() instanceof DataIntegrityViolationException) {
                        LOG.debug(
                                "Device {} was deleted while a message of it was stored",
                                row.device().id());
                        return null;
                    }
                    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
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
