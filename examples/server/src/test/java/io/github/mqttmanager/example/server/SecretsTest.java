package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A password that can be recognised is planted everywhere a password can be sent, and then looked for everywhere. */
class SecretsTest extends ServerTest {
    /** Looks for a secret: plain, in Base64 at any alignment, in hexadecimal. */
    private record Search(List<String> needles) {
        static Search of(String secret) {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            Stream<String> base64 = Stream.of(0, 1, 2).flatMap(shift -> {
                byte[] shifted = new byte[bytes.length + shift];
                System.arraycopy(bytes, 0, shifted, shift, bytes.length);
                String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
                // the first and the last characters depend on the neighbours
                String inner = text.substring(shift == 0 ? 0 : 4, text.length() - 3);
                return Stream.of(inner, inner.replace('+', '-').replace('/', '_'));
            });
            String hex = HexFormat.of().formatHex(bytes);
            return new Search(Stream.concat(
                            Stream.of(
                                    secret,
                                    hex,
                                    hex.toUpperCase(Locale.ROOT),
                                    new StringBuilder(secret).reverse().toString()),
                            base64)
                    .distinct()
                    .toList());
        }

        Optional<String> in(String text) {
            return needles.stream().filter(text::contains).findFirst();
        }

        Optional<String> in(byte[] bytes) {
            Optional<String> narrow = in(new String(bytes, StandardCharsets.ISO_8859_1));
            // characters of two bytes: without the zeros
            return narrow.isPresent() ? narrow : in(new String(bytes, StandardCharsets.ISO_8859_1).replace("\0", ""));
        }
    }

    private static String canary(String kind) {
        return "Canary-" + kind + "-" + UUID.randomUUID();
    }

    @Test
    void theSearchFindsWhatIsThere() throws IOException {
        String secret = canary("measure");
        Search search = Search.of(secret);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        assertThat(search.in("a log line with " + secret + ".")).isPresent();
        assertThat(search.in("hex " + HexFormat.of().formatHex(bytes))).isPresent();
        for (String before : List.of("", "a", "ab", "abc")) {
            String encoded =
                    Base64.getEncoder().encodeToString((before + secret + "after").getBytes(StandardCharsets.UTF_8));
            assertThat(search.in(encoded))
                    .as("Base64 after %d characters", before.length())
                    .isPresent();
        }
        assertThat(search.in("nothing")).isEmpty();
        Path file = Files.writeString(temporary().resolve("planted"), "xx" + secret);
        assertThat(search.in(Files.readAllBytes(file))).isPresent();
        assertThat(search.in(secret.getBytes(StandardCharsets.UTF_16LE))).isPresent();
        assertThat(search.in(secret.getBytes(StandardCharsets.UTF_16BE))).isPresent();
        assertThat(search.in(secret.getBytes(StandardCharsets.UTF_16LE))).isPresent();
        // a user name is no secret: it is found where the passwords must not be
        try (LogCapture log = new LogCapture()) {
            String visible = canary("visible");
            Api api = newUser().api();
            createBroker(api, passiveBroker(visible));
            api.get("/api/mqtt-brokers/brokers").is(200);
            Search found = Search.of(visible);
            assertThat(Api.ANSWERS).anyMatch(answer -> found.in(answer).isPresent());
            assertThat(log.lines()).isNotEmpty();
            assertThat(filesWith(found)).isNotEmpty();
        }
    }

    @Test
    void passwordsAreNowhere() throws Exception {
        String brokerPassword = canary("broker");
        String changedPassword = canary("changed");
        String userPassword = canary("user").substring(0, 40);
        String newPassword = canary("new").substring(0, 40);
        String refused = canary("refused");
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
                api.get("/api/mqtt-brokers/brokers").is(200);
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
                for (String secret : List.of(brokerPassword, changedPassword)) {
                    assertThat(Search.of(secret)
                                    .in(definition + " " + definition.credentials() + " "
                                            + definition.toBuilder()
                                            + context.getBean(MqttManager.class).statuses()))
                            .isEmpty();
                }
                api.put(
                                "/api/auth/password",
                                json("{'current_password':'%s','new_password':'%s'}"
                                        .formatted(userPassword, newPassword)))
                        .is(204);
            }
            for (String secret : List.of(brokerPassword, changedPassword, userPassword, newPassword, refused)) {
                Search search = Search.of(secret);
                assertThat(Api.ANSWERS)
                        .as("answers and events")
                        .noneMatch(answer -> search.in(answer).isPresent());
                assertThat(log.lines())
                        .as("log")
                        .noneMatch(line -> search.in(line).isPresent());
                assertThat(filesWith(search)).as("files").isEmpty();
            }
        }
    }

    private List<Path> filesWith(Search search) throws IOException {
        try (Stream<Path> files = Files.walk(data())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return search.in(Files.readAllBytes(file)).isPresent();
                        } catch (IOException e) {
                            // gone in the meantime
                            return false;
                        }
                    })
                    .toList();
        }
    }
}
