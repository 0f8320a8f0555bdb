package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.test.Canary;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A password that can be recognised is planted everywhere a password can be sent, and then looked for everywhere. */
class SecretsTest extends ServerTest {
    @Test
    void theSearchFindsWhatIsPlantedOpenly() {
        // a user name is no secret: it is found where the passwords must not be
        try (LogCapture log = new LogCapture()) {
            Canary visible = Canary.generate("visible");
            Api api = newUser().api();
            createBroker(api, passiveBroker(visible.text()));
            api.get("/api/mqtt-brokers/brokers").is(200);
            assertThat(Api.ANSWERS).anyMatch(answer -> visible.in(answer).isPresent());
            assertThat(log.lines())
                    .as("bound parameters")
                    .anyMatch(line -> visible.in(line).isPresent());
            assertThat(visible.filesIn(data())).isNotEmpty();
        }
    }

    @Test
    void passwordsAreNowhere() throws Exception {
        Canary brokers = Canary.generate("broker");
        Canary changed = Canary.generate("changed");
        Canary users = Canary.generate("user");
        Canary renewed = Canary.generate("new");
        Canary refusal = Canary.generate("refused");
        String brokerPassword = brokers.text();
        String changedPassword = changed.text();
        String userPassword = users.text();
        String newPassword = renewed.text();
        String refused = refusal.text();
        try (LogCapture log = new LogCapture()) {
            String name = "canary-keeper";
            admin().post("/api/users", json("{'username':'%s','password':'%s'}".formatted(name, userPassword)))
                    .is(201);
            Api api = login(name, userPassword);
            try (Events events = api.events()) {
                events.await("snapshot", data -> true);
                String base = "{'broker_name':'Canary','broker_host':'localhost','broker_port':%d,'username':'user',"
                        .formatted(demoBrokerPort());
                long id = createBroker(api, json(base + "'password':'%s'}".formatted(brokerPassword)));
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(api.get("/api/mqtt-brokers/brokers/" + id)
                                        .json()
                                        .path("status")
                                        .path("failure")
                                        .path("kind")
                                        .asString(""))
                                .isEqualTo("MQTT_BAD_CREDENTIALS"));
                api.put("/api/mqtt-brokers/brokers/" + id, json("{'password':'%s'}".formatted(changedPassword)))
                        .is(200);
                for (String path : List.of(
                        "/api/mqtt-brokers/brokers",
                        "/api/mqtt-brokers/brokers/" + id + "/events",
                        "/api/mqtt-brokers/brokers/" + id + "/explain?topic=a",
                        "/api/mqtt-brokers/status",
                        "/api/mqtt-brokers/statistics",
                        "/api/mqtt-brokers/devices",
                        "/api/auth/me",
                        "/actuator/health",
                        "/v3/api-docs")) {
                    api.get(path).is(200);
                }
                api.post("/api/mqtt-brokers/brokers/test", json("{'id':%d}".formatted(id)))
                        .is(200);
                api.post("/api/mqtt-brokers/brokers/test", json(base + "'password':'%s'}".formatted(brokerPassword)))
                        .is(200);
                api.post("/api/mqtt-brokers/brokers/" + id + "/control", json("{'action':'disconnect'}"))
                        .is(202);
                // refusals must not repeat what they refuse
                api.post("/api/mqtt-brokers/brokers", json("{'password':{'%s':1}}".formatted(refused)))
                        .is(400);
                api.post("/api/mqtt-brokers/brokers", json("{'broker_port':'x','password':'%s'}".formatted(refused)))
                        .is(400);
                api.post("/api/mqtt-brokers/brokers", json("{'password':'%s'".formatted(refused)))
                        .is(400);
                api.post("/api/mqtt-brokers/brokers", json("{'password':%s}".formatted(refused)))
                        .is(400);
                api.post("/api/mqtt-brokers/brokers", json(base + "'password':'%s'}".formatted(refused.repeat(40))))
                        .is(400);
                admin().post("/api/users", json("{'username':'x','password':'%s'}".formatted(refused)))
                        .is(400);
                anonymous()
                        .post("/api/auth/login", json("{'username':'%s','password':'%s'}".formatted(name, refused)))
                        .is(401);
                api.put(
                                "/api/auth/password",
                                json("{'current_password':'%s','new_password':'%s'}".formatted(refused, newPassword)))
                        .is(400);
                BrokerDefinition definition = context.getBean(MqttManager.class)
                        .brokers()
                        .find(BrokerId.of(Long.toString(id)))
                        .orElseThrow();
                assertThat(definition.credentials().password().reveal())
                        .isEqualTo(changedPassword.getBytes(StandardCharsets.UTF_8));
                MqttManager manager = context.getBean(MqttManager.class);
                for (Canary secret : List.of(brokers, changed)) {
                    assertThat(secret.in(definition + " " + definition.credentials() + " " + definition.toBuilder()
                                    + manager.statuses() + manager.history(definition.id()) + manager.traffic()))
                            .isEmpty();
                }
                api.put(
                                "/api/auth/password",
                                json("{'current_password':'%s','new_password':'%s'}"
                                        .formatted(userPassword, newPassword)))
                        .is(204);
            }
            for (Canary search : List.of(brokers, changed, users, renewed, refusal)) {
                assertThat(Api.ANSWERS)
                        .as("answers and events")
                        .noneMatch(answer -> search.in(answer).isPresent());
                assertThat(log.lines())
                        .as("log")
                        .noneMatch(line -> search.in(line).isPresent());
                assertThat(search.filesIn(data())).as("files").isEmpty();
            }
        }
    }
}
