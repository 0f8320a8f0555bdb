package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** What remains, and what does not come back, when the server is started again. */
@ExtendWith(OutputCaptureExtension.class)
class RestartTest {
    private static final String BROKERS = "/api/mqtt-brokers/brokers";

    private final Path data = ServerTest.temporary().resolve("new");

    /** Further arguments, for a database of another kind. */
    List<String> database() {
        return List.of();
    }

    private ConfigurableApplicationContext start(Map<String, Object> properties) {
        SpringApplication application = ExampleServer.application();
        application.setAdditionalProfiles("demo");
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--example.data-directory=" + data,
                "--example.demo.port=0",
                "--MQTT_BROKER_HOST=broker.invalid",
                "--MQTT_BROKER_PORT=18830",
                "--MQTT_USERNAME=operator"));
        arguments.addAll(database());
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return application.run(arguments.toArray(String[]::new));
    }

    @Test
    void seedsAreNotResurrected(CapturedOutput output) throws Exception {
        String password;
        String token;
        try (ConfigurableApplicationContext first = start(Map.of("ADMIN_USERNAME", "operator"))) {
            Path file = data.resolve("initial-admin-password");
            password = Files.readString(file).strip();
            assertThat(output.getAll()).contains(file.toString()).doesNotContain(password);
            Api api = Api.of(first).signedIn("operator", password);
            token = api.token();
            JsonNode brokers = api.get(BROKERS).is(200).json();
            assertThat(brokers.valueStream()
                            .map(broker -> broker.path("broker_name").stringValue()))
                    .containsExactly(
                            "Demo broker",
                            "Greenhouse",
                            "Unreachable (gallery)",
                            "Over TLS (gallery)",
                            "Wrong password (gallery)",
                            "Unknown CA (gallery)",
                            "Expired certificate (gallery)",
                            "Wrong host name (gallery)",
                            "Silent (gallery)",
                            "Refused topic (gallery)",
                            "Default broker");
            assertThat(brokers.get(0).path("id").longValue()).isEqualTo(1);
            assertThat(brokers.get(10).path("broker_host").stringValue()).isEqualTo("broker.invalid");
            assertThat(brokers.get(10).path("username").stringValue()).isEqualTo("operator");
            assertThat(api.get("/api/mqtt-brokers/devices").json().size()).isEqualTo(6);
            api.delete(BROKERS + "/2?devices=delete").is(204);
            for (int id = 5; id <= 11; id++) {
                api.delete(BROKERS + "/" + id + "?devices=delete").is(204);
            }
            api.post(BROKERS + "/3/control", ServerTest.json("{'action':'disconnect'}"))
                    .is(202);
        }
        try (ConfigurableApplicationContext second = start(Map.of("ADMIN_PASSWORD", "not used any more"))) {
            Api api = Api.of(second).with(token);
            JsonNode brokers = api.get(BROKERS).is(200).json();
            assertThat(brokers.valueStream().map(broker -> broker.path("id").longValue()))
                    .containsExactly(1L, 3L, 4L);
            assertThat(brokers.get(1).path("is_active").booleanValue())
                    .as("control survives")
                    .isFalse();
            assertThat(brokers.get(1).path("status").path("state").stringValue())
                    .isEqualTo("DISCONNECTED");
            // their ports were any, and are others now; the authority is the same
            for (int id : new int[] {1, 4}) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> api.get(BROKERS + "/" + id)
                                .json()
                                .path("is_connected")
                                .booleanValue());
            }
            api.put(
                            "/api/auth/password",
                            ServerTest.json(
                                    "{'current_password':'%s','new_password':'a better password'}".formatted(password)))
                    .is(204);
            assertThat(data.resolve("initial-admin-password")).doesNotExist();
            Api.of(second).signedIn("operator", "a better password");
        }
    }
}
