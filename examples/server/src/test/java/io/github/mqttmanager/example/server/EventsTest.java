package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The event stream. */
class EventsTest extends ServerTest {
    @Test
    void everyChangeIsToldAtOnceAndOnlyToItsOwner() throws Exception {
        Api api = newUser().api();
        Api stranger = newUser().api();
        try (Events events = api.events();
                Events elsewhere = api.events();
                Events foreign = stranger.events()) {
            assertThat(events.response().headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/event-stream");
            assertThat(events.response().headers().firstValue("cache-control")).hasValue("no-store");
            assertThat(events.response().headers().firstValue("x-accel-buffering"))
                    .hasValue("no");
            assertThat(events.response().headers().firstValue("content-encoding"))
                    .isEmpty();
            JsonNode snapshot = events.await("snapshot", data -> true).json();
            assertThat(snapshot.propertyNames()).containsExactlyInAnyOrder("statuses", "devices");
            assertThat(snapshot.path("statuses").size()).isZero();
            foreign.await("snapshot", data -> true);

            long broker = createDemoBroker(api);
            events.await("devices-changed", JsonNode::isEmpty);
            events.await("status", status -> is(status, broker, "CONNECTED"));
            elsewhere.await("status", status -> is(status, broker, "CONNECTED"));
            long device = createDevice(api, broker, "events-1");
            events.await("devices-changed", JsonNode::isEmpty);
            await().atMost(Duration.ofSeconds(30)).until(() -> ContractTest.subscribed(api, broker));
            try (TestDevice mqtt = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
                mqtt.publish("devices/events-1/telemetry", "{\"t\":1.5}");
            }
            JsonNode reading = events.await("reading", data -> true).json();
            assertThat(reading.propertyNames()).containsExactlyInAnyOrder("device_id", "at", "values", "last_seen");
            assertThat(reading.path("device_id").longValue()).isEqualTo(device);
            assertThat(reading.path("values").path("t").doubleValue()).isEqualTo(1.5);
            // traffic alone is told, too, within a few seconds
            events.await("status", status -> status.path("received").longValue() == 1);

            api.post("/api/mqtt-brokers/brokers/" + broker + "/control", json("{'action':'disconnect'}"))
                    .is(202);
            events.await("status", status -> is(status, broker, "DISCONNECTED"));
            api.delete("/api/mqtt-brokers/brokers/" + broker + "?devices=delete")
                    .is(204);
            events.await("broker-removed", data -> data.path("broker_id").longValue() == broker);
            assertThat(foreign.find("status", data -> true, Duration.ofMillis(100)))
                    .isEmpty();
            assertThat(foreign.find("devices-changed", data -> true, Duration.ofMillis(100)))
                    .isEmpty();
        }
    }

    /** By what the device says of itself, by its will, and by the loss of its broker. */
    @Test
    void presenceIsToldAsItChanges() {
        Api api = newUser().api();
        Api stranger = newUser().api();
        try (Events events = api.events();
                Events foreign = stranger.events()) {
            events.await("snapshot", data -> true);
            foreign.await("snapshot", data -> true);
            long broker = createDemoBroker(api);
            long device = api.post(
                            "/api/mqtt-brokers/devices",
                            json(
                                    "{'device_name':'P','device_id':'presence-1','mqtt_broker_id':%d,'availability_topic':'devices/{device_id}/status'}"
                                            .formatted(broker)))
                    .is(201)
                    .json()
                    .path("id")
                    .longValue();
            await().atMost(Duration.ofSeconds(30)).until(() -> ContractTest.subscribed(api, broker));
            try (TestDevice mqtt = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
                mqtt.publish("devices/presence-1/status", "online", true);
                JsonNode online = events.await("presence", data -> true).json();
                assertThat(online.propertyNames()).containsExactlyInAnyOrder("device_id", "presence", "at");
                assertThat(online.path("device_id").longValue()).isEqualTo(device);
                assertThat(online.path("presence").stringValue()).isEqualTo("ONLINE");
                mqtt.publish("devices/presence-1/status", "offline", true);
                events.await(
                        "presence", data -> data.path("presence").stringValue().equals("OFFLINE"));
                assertThat(api.get("/api/mqtt-brokers/devices/" + device)
                                .is(200)
                                .json()
                                .path("presence")
                                .stringValue())
                        .isEqualTo("OFFLINE");
            }
            api.post("/api/mqtt-brokers/brokers/" + broker + "/control", json("{'action':'disconnect'}"))
                    .is(202);
            events.await("presence", data -> data.path("presence").stringValue().equals("UNKNOWN"));
            assertThat(foreign.find("presence", data -> true, Duration.ofMillis(100)))
                    .isEmpty();
        }
    }

    private static boolean is(JsonNode status, long broker, String state) {
        return status.path("broker_id").longValue() == broker
                && status.path("state").stringValue().equals(state);
    }

    @Test
    void aCommentComesWhenNothingElseDoes() {
        try (Events events = newUser().api().events()) {
            events.await("snapshot", data -> true);
            events.await("", data -> true);
            events.await("", data -> true);
        }
    }

    @Test
    void oneStreamTooManyEndsTheOldest() {
        Api api = newUser().api();
        List<Events> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Events events = api.events();
            events.await("snapshot", data -> true);
            streams.add(events);
        }
        Events fourth = api.events();
        fourth.await("snapshot", data -> true);
        assertThat(streams.get(0).ends()).isTrue();
        createBroker(api, passiveBroker("Told to the others"));
        streams.get(1).await("devices-changed", data -> true);
        fourth.await("devices-changed", data -> true);
        streams.forEach(Events::close);
        fourth.close();
    }

    @Test
    void theStreamEndsWithTheToken() throws Exception {
        Somebody somebody = newUser();
        ECKey key = ECKey.parse(Files.readString(data().resolve("token-key.json")));
        Instant end = Instant.now().plusSeconds(8);
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .keyID(key.getKeyID())
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer("mqtt-manager-example-server")
                        .audience("mqtt-manager-example-api")
                        .subject(Long.toString(somebody.id()))
                        .expirationTime(Date.from(end))
                        .claim("gen", 0)
                        .build());
        token.sign(new ECDSASigner(key));
        try (Events events = anonymous().with(token.serialize()).events()) {
            events.await("snapshot", data -> true);
            assertThat(events.ends()).isTrue();
            assertThat(Instant.now()).isAfter(end.minusSeconds(2));
        }
    }

    @Test
    void theStreamEndsWithTheUser() {
        Somebody somebody = newUser();
        try (Events events = somebody.api().events()) {
            events.await("snapshot", data -> true);
            admin().delete("/api/users/" + somebody.id()).is(204);
            assertThat(events.ends()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsNobodyUp() throws Exception {
        Api api = newUser().api();
        try (Socket slow = new Socket("127.0.0.1", port());
                Events events = api.events()) {
            slow.setReceiveBufferSize(1024);
            slow.getOutputStream()
                    .write(("GET /api/mqtt-brokers/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                                    + "Authorization: Bearer " + api.token() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            events.await("snapshot", data -> true);
            long broker = createBroker(api, passiveBroker("x".repeat(100)));
            for (int i = 0; i < 60; i++) {
                api.put("/api/mqtt-brokers/brokers/" + broker, json("{'keep_alive':%d}".formatted(10 + i)))
                        .is(200);
            }
            events.await("devices-changed", data -> true);
        }
    }
}
