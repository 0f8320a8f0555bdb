package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Figures that fit together, also while readings come in. */
class StatisticsTest extends ServerTest {
    private static final int MESSAGES = 300;

    @Test
    void thereAreNeverMoreReadingsInTheLastHourThanInAll() {
        Somebody somebody = newUser();
        String deviceId = "flood-" + somebody.id();
        createDevice(somebody.api(), createDemoBroker(somebody.api()), deviceId);
        try (TestDevice device = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < MESSAGES; i++) {
                    device.publish("devices/" + deviceId + "/telemetry", String.valueOf(i));
                }
            });
            long last = 0;
            while (!flood.isDone()) {
                JsonNode statistics = somebody.api()
                        .get("/api/mqtt-brokers/statistics")
                        .is(200)
                        .json();
                last = statistics.path("readings_total").longValue();
                assertThat(statistics.path("readings_last_hour").longValue()).isLessThanOrEqualTo(last);
            }
            flood.join();
            assertThat(last).as("readings while they came in").isPositive();
        }
    }
}
