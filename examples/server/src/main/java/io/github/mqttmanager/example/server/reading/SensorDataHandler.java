package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.publish.InboundPublish;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stores what devices measure. It returns after the commit, so a message is acknowledged to its broker only when it is safe. What
 * cannot be read is counted and acknowledged: trying again would not help.
 */
@Component
public class SensorDataHandler implements DeviceMessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SensorDataHandler.class);

    private final SensorData sensorData;
    private final UnreadablePayloads unreadable;
    private final EventHub events;
    private final TransactionTemplate transactions;
    private final JsonMapper json;

    SensorDataHandler(
            SensorData sensorData,
            UnreadablePayloads unreadable,
            EventHub events,
            TransactionTemplate transactions,
            JsonMapper json) {
        this.sensorData = sensorData;
        this.unreadable = unreadable;
        this.events = events;
        this.transactions = transactions;
        this.json = json;
    }

    @Override
    public void handle(Device device, InboundPublish publish) {
        String owner = device.owner();
        if (owner == null) {
            return;
        }
        PayloadReadings readings = PayloadReadings.of(publish.payload());
        if (readings.omitted() != null && unreadable.count(device, publish, readings.omitted()) == 1) {
            events.devicesChanged(owner);
        }
        if (!readings.values().isEmpty()) {
            store(device, publish, Long.parseLong(owner), values(readings.values()));
        }
    }

    private void store(Device device, InboundPublish publish, long userId, String values) {
        boolean stored;
        try {
            stored = Boolean.TRUE.equals(transactions.execute(status -> {
                // An old message that the broker kept says how things were, which is worth something only where nothing
                // is known.
                if (publish.retained() && !sensorData.isEmpty(device.id())) {
                    return false;
                }
                sensorData.insert(device, userId, publish.receivedAt(), values);
                return true;
            }));
        } catch (DataIntegrityViolationException e) {
            LOG.debug("Device {} was deleted while a message of it was stored", device.id());
            return;
        }
        if (stored) {
            events.reading(
                    device.owner(),
                    new ReadingEvent(
                            Long.parseLong(device.id().value()), publish.receivedAt(), values, publish.receivedAt()));
        }
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
