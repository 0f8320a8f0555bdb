package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;

/** Readings do not pile up. */
class RetentionTest extends ServerTest {
    @Test
    void theOldAndTheTooManyGo() {
        Somebody somebody = newUser();
        long device = createDevice(somebody.api(), createBroker(somebody.api(), passiveBroker("R")), "retention");
        JdbcClient jdbc = context.getBean(JdbcClient.class);
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        for (int i = 0; i < 2300; i++) {
            jdbc.sql(
                            "insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings) values (?,?,?,?,?)")
                    .params(
                            somebody.id(),
                            Long.toString(device),
                            "retention",
                            i < 100 ? now.minusDays(31).plusSeconds(i) : now.minusSeconds(3000 - i),
                            "{\"n\":" + i + "}")
                    .update();
        }
        ReflectionTestUtils.invokeMethod(context.getBean("retention"), "clean");
        String readings = "/api/mqtt-brokers/devices/" + device + "/readings?limit=2000";
        var kept = somebody.api().get(readings).is(200).json();
        assertThat(kept.size()).isEqualTo(2000);
        assertThat(kept.get(0).path("values").path("n").intValue()).isEqualTo(2299);
        assertThat(kept.get(1999).path("values").path("n").intValue()).isEqualTo(300);
        assertThat(somebody.api()
                        .get("/api/mqtt-brokers/statistics")
                        .json()
                        .path("readings_total")
                        .intValue())
                .isEqualTo(2000);
    }
}
