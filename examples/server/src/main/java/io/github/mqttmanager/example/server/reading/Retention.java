package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.example.server.ServerProperties;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Deletes readings that are too old or too many, in small transactions. */
@Component
class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final SensorData sensorData;
    private final ServerProperties.Readings settings;

    Retention(SensorData sensorData, ServerProperties properties) {
        this.sensorData = sensorData;
        this.settings = properties.readings();
    }

    @Scheduled(initialDelayString = "PT1M", fixedDelayString = "PT10M")
    void clean() {
        Instant oldest = Instant.now().minus(settings.keep());
        long deleted = 0;
        for (int chunk = sensorData.deleteOlder(oldest); chunk > 0; chunk = sensorData.deleteOlder(oldest)) {
            deleted += chunk;
        }
        for (var count : sensorData.countByUser().entrySet()) {
            long tooMany = count.getValue() - settings.perUser();
            while (tooMany > 0) {
                int chunk = sensorData.deleteOldest(count.getKey(), tooMany);
                if (chunk == 0) {
                    break;
                }
                tooMany -= chunk;
                deleted += chunk;
            }
        }
        if (deleted > 0) {
            LOG.info("{} old readings were deleted", deleted);
        }
    }
}
