package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Somebody edits the database while a request is under way: after it has read, and before it writes. */
class StaleEditTest extends ServerTest {
    @Autowired
    private DataSource database;

    @Test
    void anEditThatWasOvertakenIsToldTheCurrentVersion() throws Exception {
        Api api = newUser().api();
        long broker = createBroker(api, passiveBroker("Mine"));
        long device = createDevice(api, broker, "d-1");
        overtaken(api, "/api/mqtt-brokers/brokers/" + broker, "mqtt_manager_broker", broker, "broker_name");
        overtaken(api, "/api/mqtt-brokers/devices/" + device, "mqtt_manager_device", device, "device_name");
    }

    private void overtaken(Api api, String path, String table, long id, String field) throws Exception {
        CompletableFuture<Api.Answer> answer;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate(
                    "update " + table + " set version = version + 1, name = 'theirs' where id = '" + id + "'");
            answer = CompletableFuture.supplyAsync(() -> api.put(path, json("{'%s':'mine'}".formatted(field))));
            awaitWaiting(statement);
            connection.commit();
        }
        Api.Answer stale = answer.get(30, TimeUnit.SECONDS).isProblem(409, "CONFLICT");
        assertThat(stale.json().path("current_version").longValue()).isEqualTo(2);
        assertThat(api.get(path).json().path(field).stringValue()).isEqualTo("theirs");
        api.put(path, json("{'%s':'mine','version':2}".formatted(field))).is(200);
    }

    private static void awaitWaiting(Statement statement) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(9);
        int waiting = 0;
        while (waiting == 0) {
            assertThat(System.nanoTime()).as("the request waits for the row").isLessThan(end);
            try (ResultSet result = statement.executeQuery(
                    "select count(*) from information_schema.sessions where blocker_id is not null")) {
                result.next();
                waiting = result.getInt(1);
            }
        }
    }
}
