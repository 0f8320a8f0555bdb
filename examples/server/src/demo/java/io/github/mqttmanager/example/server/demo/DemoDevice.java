package io.github.mqttmanager.example.server.demo;

import io.github.mqttmanager.topic.TopicTemplate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/** The simulated devices, each in the manner of a real kind. */
enum DemoDevice {
    CLIMATE(
            "Hall climate",
            "hall-climate",
            "climate sensor",
            true,
            "devices/{device_id}/telemetry",
            "devices/{device_id}/commands") {
        @Override
        String payload(Drift drift) {
            return format(
                    "{\"temperature\": %.2f, \"humidity\": %.1f, \"battery\": %.0f}",
                    drift.at("temperature", 21.5, 4, 0.1),
                    drift.at("humidity", 48, 15, 0.4),
                    drift.at("battery", 92, 6, 0.05));
        }
    },
    ZIGBEE(
            "Living room (Zigbee2MQTT)",
            "living-room",
            "zigbee",
            true,
            "zigbee2mqtt/{device_id}",
            "zigbee2mqtt/{device_id}/set") {
        @Override
        String payload(Drift drift) {
            return format(
                    "{\"temperature\":%.2f,\"pressure\":%.1f,\"occupancy\":%s,\"linkquality\":%.0f,"
                            + "\"update\":{\"installed_version\":16777241,\"state\":\"idle\"},\"state\":\"%s\"}",
                    drift.at("temperature", 22.3, 3, 0.08),
                    drift.at("pressure", 1013.2, 12, 0.3),
                    drift.at("occupancy", 0.5, 0.5, 0.1) > 0.6,
                    drift.at("linkquality", 130, 60, 6),
                    drift.isOn() ? "ON" : "OFF");
        }
    },
    TASMOTA(
            "Energy meter (Tasmota)",
            "meter",
            "energy meter",
            true,
            "tele/{device_id}/SENSOR",
            "cmnd/{device_id}/POWER") {
        @Override
        String payload(Drift drift) {
            double power = drift.isOn() ? drift.at("power", 420, 350, 18) : 2.4;
            return format(
                    "{\"Time\":\"%s\",\"ENERGY\":{\"Total\":%.3f,\"Power\":%.0f,\"Voltage\":%.0f,\"Current\":%.3f}}",
                    LocalDateTime.now(ZoneOffset.UTC).withNano(0),
                    drift.sum("total", 1204.5, power / 3_600_000),
                    power,
                    drift.at("voltage", 231, 5, 0.6),
                    power / 231);
        }
    },
    SOIL(
            "Bed 1, soil moisture",
            "bed-1",
            "plain number",
            false,
            "devices/{device_id}/telemetry",
            "devices/{device_id}/commands") {
        @Override
        String payload(Drift drift) {
            return format("%.1f", drift.at("moisture", 41, 12, 0.2));
        }
    },
    PUMP("Pump (Shelly)", "pump", "shelly", false, "shellies/{device_id}/status", "shellies/{device_id}/command") {
        @Override
        String payload(Drift drift) {
            double power = drift.isOn() ? drift.at("power", 55, 9, 1.2) : 0;
            return format(
                    "{\"relays\":[{\"ison\":%s,\"overpower\":false}],\"meters\":[{\"power\":%.1f,\"total\":%.0f}],"
                            + "\"tmp\":{\"tC\":%.1f},\"uptime\":%.0f}",
                    drift.isOn(),
                    power,
                    drift.sum("total", 90210, power / 60),
                    drift.at("chip", 47, 8, 0.3),
                    drift.sum("uptime", 86_400, 2));
        }
    };

    private final String deviceName;
    private final String topicName;
    private final String type;
    private final boolean inHouse;
    private final TopicTemplate telemetryTopic;
    private final TopicTemplate commandTopic;

    DemoDevice(
            String deviceName,
            String topicName,
            String type,
            boolean inHouse,
            String telemetryTopic,
            String commandTopic) {
        this.deviceName = deviceName;
        this.topicName = topicName;
        this.type = type;
        this.inHouse = inHouse;
        this.telemetryTopic = TopicTemplate.of(telemetryTopic);
        this.commandTopic = TopicTemplate.of(commandTopic);
    }

    /** What it publishes next. */
    abstract String payload(Drift drift);

    String deviceName() {
        return deviceName;
    }

    String topicName() {
        return topicName;
    }

    String type() {
        return type;
    }

    /** Whether it is linked to the first broker, else to the greenhouse. */
    boolean isInHouse() {
        return inHouse;
    }

    String telemetryTopic() {
        return telemetryTopic.value();
    }

    TopicTemplate commandTopic() {
        return commandTopic;
    }

    String publishesTo() {
        return telemetryTopic.name(topicName).value();
    }

    String listensTo() {
        return commandTopic.name(topicName).value();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
