package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * Every operation that the OpenAPI document knows, tried as its owner, as another user and without a token. An operation that is not
 * in the table fails the test.
 */
class OwnershipTest extends ServerTest {
    /** What owner and stranger get; a list that is one's own is 200 for both, but must not hold what is somebody else's. */
    private record Expected(
            int owner, int stranger, @Nullable String body) {}

    private static final Map<String, Expected> TABLE = new LinkedHashMap<>();

    static {
        TABLE.put("GET /api/auth/me", new Expected(200, 200, null));
        TABLE.put("PUT /api/auth/password", new Expected(400, 400, "{}"));
        TABLE.put("POST /api/auth/login", new Expected(400, 400, "{}"));
        TABLE.put("GET /api/users", new Expected(403, 403, null));
        TABLE.put("POST /api/users", new Expected(403, 403, "{}"));
        TABLE.put("GET /api/users/{id}", new Expected(403, 403, null));
        TABLE.put("DELETE /api/users/{id}", new Expected(403, 403, null));
        TABLE.put("POST /api/secrets/reseal", new Expected(403, 403, null));
        TABLE.put("GET /api/mqtt-brokers/brokers", new Expected(200, 200, null));
        TABLE.put("POST /api/mqtt-brokers/brokers", new Expected(400, 400, "{}"));
        TABLE.put("GET /api/mqtt-brokers/brokers/{id}", new Expected(200, 404, null));
        TABLE.put("PUT /api/mqtt-brokers/brokers/{id}", new Expected(200, 404, "{}"));
        TABLE.put("POST /api/mqtt-brokers/brokers/{id}/control", new Expected(200, 404, "{\"action\":\"disconnect\"}"));
        TABLE.put("POST /api/mqtt-brokers/brokers/test", new Expected(200, 404, "{\"id\":{id}}"));
        TABLE.put("GET /api/mqtt-brokers/brokers/{id}/events", new Expected(200, 404, null));
        TABLE.put("GET /api/mqtt-brokers/brokers/{id}/explain", new Expected(200, 404, null));
        TABLE.put("GET /api/mqtt-brokers/status", new Expected(200, 200, null));
        TABLE.put("GET /api/mqtt-brokers/statistics", new Expected(200, 200, null));
        TABLE.put("GET /api/mqtt-brokers/events", new Expected(200, 200, null));
        TABLE.put("GET /api/mqtt-brokers/devices", new Expected(200, 200, null));
        TABLE.put("POST /api/mqtt-brokers/devices", new Expected(400, 400, "{}"));
        TABLE.put("GET /api/mqtt-brokers/devices/{id}", new Expected(200, 404, null));
        TABLE.put("PUT /api/mqtt-brokers/devices/{id}", new Expected(200, 404, "{}"));
        TABLE.put("GET /api/mqtt-brokers/devices/{id}/readings", new Expected(200, 404, null));
        TABLE.put("GET /api/mqtt-brokers/devices/{id}/readings/buckets", new Expected(200, 404, null));
        TABLE.put("GET /api/mqtt-brokers/devices/{id}/readings.csv", new Expected(200, 404, null));
        TABLE.put("POST /api/mqtt-brokers/devices/{id}/commands", new Expected(202, 404, "{\"payload\":\"x\"}"));
        TABLE.put("DELETE /api/mqtt-brokers/devices/{id}", new Expected(204, 404, null));
        TABLE.put("DELETE /api/mqtt-brokers/brokers/{id}", new Expected(204, 404, null));
    }

    private static final String SECRET_NAME = "Name-that-only-the-owner-sees";
    private static @Nullable Somebody owner;
    private static @Nullable Somebody stranger;
    private static long broker;
    private static long device;

    @BeforeAll
    static void nobodyYet() {
        owner = null;
    }

    private void somebody() {
        if (owner == null) {
            owner = newUser();
            stranger = newUser();
            broker = createBroker(owner.api(), passiveBroker(SECRET_NAME));
            device = createDevice(owner.api(), broker, "owned");
        }
    }

    private Set<String> documented() {
        Set<String> operations = new TreeSet<>();
        JsonNode paths = anonymous().get("/v3/api-docs").is(200).json().path("paths");
        for (String path : paths.propertyNames()) {
            for (String method : paths.get(path).propertyNames()) {
                operations.add(method.toUpperCase(Locale.ROOT) + " " + path);
            }
        }
        return operations;
    }

    @Test
    void everyOperationIsInTheTable() {
        assertThat(documented()).containsExactlyInAnyOrderElementsOf(TABLE.keySet());
    }

    /** Strangers first: what they may not do must not have happened when the owner comes. */
    @TestFactory
    Stream<DynamicTest> everybodyTriesEverything() {
        somebody();
        return Stream.of("nobody", "stranger", "owner")
                .flatMap(who -> TABLE.entrySet().stream()
                        .map(entry -> DynamicTest.dynamicTest(
                                who + ": " + entry.getKey(), () -> attempt(who, entry.getKey(), entry.getValue()))));
    }

    private void attempt(String who, String operation, Expected expected) {
        String method = operation.substring(0, operation.indexOf(' '));
        String id = Long.toString(operation.contains("/devices") ? device : broker);
        String path = operation.substring(operation.indexOf(' ') + 1).replace("{id}", id);
        if (path.endsWith("mqtt-brokers/events") && !who.equals("nobody")) {
            events(who.equals("owner") ? owner.api() : stranger.api(), who.equals("owner"));
            return;
        }
        if (path.endsWith("/explain")) {
            path += "?topic=devices/owned/telemetry";
        }
        Api api = switch (who) {
            case "owner" -> owner.api();
            case "stranger" -> stranger.api();
            default -> anonymous();
        };
        Api.Answer answer = api.send(
                method, path, expected.body() == null ? null : expected.body().replace("{id}", id));
        int status = switch (who) {
            case "owner" -> expected.owner();
            case "stranger" -> expected.stranger();
            default -> path.endsWith("/login") ? 400 : 401;
        };
        answer.is(status);
        if (status >= 400) {
            assertThat(answer.header("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        }
        if (!who.equals("owner")) {
            assertThat(answer.body()).doesNotContain(SECRET_NAME);
        }
    }

    private void events(Api api, boolean isOwner) {
        try (Events events = api.events()) {
            String snapshot = events.await("snapshot", data -> true).data();
            assertThat(snapshot.contains(SECRET_NAME)).isEqualTo(isOwner);
        }
    }

    @Test
    void devicesAreNotLinkedToABrokerOfSomebodyElse() {
        Somebody one = newUser();
        Somebody two = newUser();
        long foreign = createBroker(one.api(), passiveBroker("Foreign"));
        Api.Answer refused = two.api()
                .post(
                        "/api/mqtt-brokers/devices",
                        json("{'device_name':'D','device_id':'d','mqtt_broker_id':%d}".formatted(foreign)))
                .refuses("mqtt_broker_id");
        Api.Answer unknown = two.api()
                .post("/api/mqtt-brokers/devices", json("{'device_name':'D','device_id':'d','mqtt_broker_id':999999}"))
                .refuses("mqtt_broker_id");
        assertThat(refused.body()).isEqualTo(unknown.body());
    }

    @Test
    void aTopicIsExplainedWithoutTheDevicesOfOthers() {
        Somebody one = newUser();
        Somebody two = newUser();
        long brokerOfOne = createBroker(one.api(), passiveBroker("One"));
        long brokerOfTwo = createBroker(two.api(), passiveBroker("Two"));
        createDevice(one.api(), brokerOfOne, "explained");
        String topic = "/explain?topic=devices/explained/telemetry";
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(one.api()
                                .get("/api/mqtt-brokers/brokers/" + brokerOfOne + topic)
                                .is(200)
                                .json()
                                .path("routes")
                                .path(0)
                                .path("device_id")
                                .stringValue(""))
                        .isEqualTo("explained"));
        JsonNode ofTwo = two.api()
                .get("/api/mqtt-brokers/brokers/" + brokerOfTwo + topic)
                .is(200)
                .json();
        assertThat(ofTwo.path("routes").isEmpty()).isTrue();
        assertThat(ofTwo.path("near_misses").isEmpty()).isTrue();
        assertThat(ofTwo.path("summary").stringValue())
                .isEqualTo("No device of this broker has a template that matches.");
    }
}
