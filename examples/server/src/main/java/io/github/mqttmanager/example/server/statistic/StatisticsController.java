package io.github.mqttmanager.example.server.statistic;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.Presence;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.broker.BrokerService;
import io.github.mqttmanager.example.server.device.DeviceService;
import io.github.mqttmanager.example.server.reading.MessageRates;
import io.github.mqttmanager.example.server.reading.SensorData;
import io.github.mqttmanager.example.server.reading.UnreadablePayloads;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.publish.OutboxDepth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Figures of the user who asks. */
@RestController
@RequestMapping(path = "/api/mqtt-brokers", produces = MediaType.APPLICATION_JSON_VALUE)
class StatisticsController {
    private final MqttManager manager;
    private final BrokerService brokers;
    private final DeviceService devices;
    private final SensorData sensorData;
    private final UnreadablePayloads unreadable;
    private final MessageRates rates;
    private final StatisticsView.Limits limits;

    StatisticsController(
            MqttManager manager,
            BrokerService brokers,
            DeviceService devices,
            SensorData sensorData,
            UnreadablePayloads unreadable,
            MessageRates rates,
            ServerProperties properties) {
        this.manager = manager;
        this.brokers = brokers;
        this.devices = devices;
        this.sensorData = sensorData;
        this.unreadable = unreadable;
        this.rates = rates;
        this.limits = new StatisticsView.Limits(
                properties.limits().brokers(),
                properties.limits().devices(),
                properties.limits().streams(),
                properties.readings().perUser(),
                properties.readings().keep().toDays(),
                properties.limits().messagesPerSecond());
    }

    @GetMapping("/statistics")
    StatisticsView statistics(@AuthenticationPrincipal SignedIn user) {
        Instant now = Instant.now();
        List<BrokerStatus> statuses = brokers.all(user.owner()).stream()
                .map(BrokerDefinition::id)
                .map(manager::status)
                .flatMap(Optional::stream)
                .toList();
        List<Device> all = devices.all(user.owner());
        // Readings come in meanwhile: counted in this order, there are never more in the last hour than in all.
        long readingsLastHour = sensorData.count(user.id(), now.minus(Duration.ofHours(1)));
        long readings = sensorData.count(user.id(), Instant.EPOCH);
        OutboxDepth waiting = statuses.stream()
                .map(status -> manager.outboxDepth(status.broker()))
                .reduce(OutboxDepth.EMPTY, OutboxDepth::plus);
        Optional<MessageRates.Refused> refused = rates.refused(user.owner());
        return new StatisticsView(
                brokers.all(user.owner()).size(),
                statuses.stream().filter(BrokerStatus::isConnected).count(),
                all.size(),
                all.stream()
                        .filter(device -> manager.presence(device.id()) == Presence.ONLINE)
                        .count(),
                readings,
                readingsLastHour,
                unreadable.total(user.owner()),
                statuses.stream()
                        .mapToLong(status -> status.counters().unrouted())
                        .sum(),
                refused.map(MessageRates.Refused::count).orElse(0L),
                refused.map(MessageRates.Refused::lastAt).orElse(null),
                waiting.count(),
                waiting.oldest(),
                limits,
                now);
    }
}
