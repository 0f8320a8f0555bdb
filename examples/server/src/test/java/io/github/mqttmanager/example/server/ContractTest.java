package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Each line of docs/api.md. */
class ContractTest extends ServerTest {
    private static final String BROKERS = "/api/mqtt-brokers/brokers";
    private static final String DEVICES = "/api/mqtt-brokers/devices";

    @Test
    void theCallsOfTheRequirements() {
        Api api = admin();
        JsonNode first = api.get(BROKERS + "/1").is(200).json();
        assertThat(first.path("broker_host").stringValue()).isEqualTo("localhost");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.get(BROKERS + "/1").json().path("is_connected").booleanValue());
        Api.Answer created = api.post(
                        BROKERS,
                        json(
                                "{'broker_name':'My Broker','broker_host':'localhost','broker_port':%d,'username':'user','password':'pass'}"
                                        .formatted(first.path("broker_port").intValue())))
                .is(201);
        long id = created.json().path("id").longValue();
        assertThat(created.header("location")).hasValue(BROKERS + "/" + id);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(status(api, id).path("state").stringValue()).isEqualTo("CONNECTED"));
        api.post(BROKERS + "/" + id + "/control", json("{'action':'connect'}")).is(200);
        JsonNode stopping = api.post(BROKERS + "/" + id + "/control", json("{'action':'disconnect'}"))
                .is(202)
                .json();
        assertThat(stopping.path("broker_id").longValue()).isEqualTo(id);
        assertThat(stopping.path("is_active").booleanValue()).isFalse();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(status(api, id).path("state").stringValue()).isEqualTo("DISCONNECTED"));
        api.post(BROKERS + "/" + id + "/control", json("{'action':'disconnect'}"))
                .is(200);
        assertThat(api.post(BROKERS + "/" + id + "/control", json("{'action':'connect'}"))
                        .is(202)
                        .json()
                        .path("is_active")
                        .booleanValue())
                .isTrue();
        api.delete(BROKERS + "/" + id).is(204);
        api.get(BROKERS + "/" + id).isProblem(404, "NOT_FOUND");
        api.delete(BROKERS + "/" + id).isProblem(404, "NOT_FOUND");
    }

    private static JsonNode status(Api api, long id) {
        return api.get("/api/mqtt-brokers/status")
                .is(200)
                .json()
                .valueStream()
                .filter(status -> status.path("broker_id").longValue() == id)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNewBrokerHasSafeDefaults() {
        Api api = newUser().api();
        JsonNode broker = api.post(BROKERS, passiveBroker("Défaults ✓")).is(201).json();
        assertThat(broker.propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "broker_name",
                        "broker_host",
                        "broker_port",
                        "username",
                        "has_password",
                        "is_active",
                        "is_connected",
                        "status",
                        "protocol_version",
                        "client_id",
                        "tls",
                        "ca_certificate",
                        "verify_hostname",
                        "keep_alive",
                        "clean_start",
                        "will",
                        "birth",
                        "device_count",
                        "version",
                        "created_at",
                        "updated_at");
        assertThat(broker.path("broker_name").stringValue()).isEqualTo("Défaults ✓");
        assertThat(broker.path("username").isNull()).isTrue();
        assertThat(broker.path("has_password").booleanValue()).isFalse();
        assertThat(broker.path("protocol_version").stringValue()).isEqualTo("5");
        assertThat(broker.path("client_id").stringValue()).isNotBlank();
        assertThat(broker.path("tls").booleanValue()).isFalse();
        assertThat(broker.path("verify_hostname").booleanValue()).isTrue();
        assertThat(broker.path("keep_alive").intValue()).isEqualTo(20);
        assertThat(broker.path("clean_start").booleanValue()).isFalse();
        assertThat(broker.path("device_count").intValue()).isZero();
        assertThat(broker.path("version").intValue()).isEqualTo(1);
        assertThat(Instant.parse(broker.path("created_at").stringValue()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        assertThat(broker.path("created_at").stringValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(broker.path("status").propertyNames())
                .containsExactlyInAnyOrder(
                        "broker_id",
                        "broker_name",
                        "is_active",
                        "is_connected",
                        "state",
                        "since",
                        "attempt",
                        "next_attempt_at",
                        "failure",
                        "subscriptions",
                        "last_message_at",
                        "received",
                        "delivered",
                        "published",
                        "session_present",
                        "responsive",
                        "round_trip_ms",
                        "certificate",
                        "grants",
                        "endpoint",
                        "waiting_position",
                        "traffic",
                        "handling",
                        "at");
        assertThat(broker.path("status").path("state").stringValue()).isEqualTo("DISCONNECTED");
    }

    @Test
    void theHistoryTellsWhatHappenedByWhomAndWhy() {
        Somebody somebody = newUser();
        Api api = somebody.api();
        long id = createBroker(
                api,
                json(
                        "{'broker_name':'H','broker_host':'localhost','broker_port':%d,'username':'user','password':'wrong'}"
                                .formatted(demoBrokerPort())));
        String events = BROKERS + "/" + id + "/events";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(api, id).path("state").stringValue().equals("FAILED"));
        api.put(BROKERS + "/" + id, json("{'password':'pass'}")).is(200);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(api, id).path("is_connected").booleanValue());
        api.post(BROKERS + "/" + id + "/control", json("{'action':'disconnect'}"))
                .is(202);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(api.get(events).is(200).json().valueStream())
                        .extracting(event -> event.path("type").stringValue() + " "
                                + event.path("actor").stringValue("nobody"))
                        .startsWith("DISCONNECTED " + somebody.name(), "DISCONNECT_REQUESTED " + somebody.name()));
        List<JsonNode> told = api.get(events).json().valueStream().toList();
        assertThat(told)
                .extracting(event -> event.path("type").stringValue())
                .containsSubsequence(
                        "DISCONNECTED", "DISCONNECT_REQUESTED", "CONNECTED", "DEFINITION_CHANGED", "ATTEMPT_FAILED");
        assertThat(told)
                .extracting(event -> event.path("sequence").longValue())
                .isSortedAccordingTo(Comparator.reverseOrder());
        JsonNode failed = told.stream()
                .filter(event -> event.path("type").stringValue().equals("ATTEMPT_FAILED"))
                .findFirst()
                .orElseThrow();
        assertThat(failed.path("failure").path("kind").stringValue()).isEqualTo("MQTT_BAD_CREDENTIALS");
        assertThat(failed.path("failure").path("remedy").stringValue()).isNotBlank();
        assertThat(failed.path("endpoint").path("port").intValue()).isEqualTo(demoBrokerPort());
        assertThat(api.get(events + "?limit=2").is(200).json().size()).isEqualTo(2);
        api.get(events + "?limit=0").refuses("limit");
        api.get(events + "?limit=101").refuses("limit");
        newUser().api().get(events).isProblem(404, "NOT_FOUND");
    }

    @Test
    void willAndBirthArePublishedAndKeptByAnUpdateThatDoesNotNameThem() throws Exception {
        Api api = newUser().api();
        try (TestDevice mqtt = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
            mqtt.listen("presence/api");
            long id = createBroker(
                    api,
                    json(
                            ("{'broker_name':'W','broker_host':'localhost','broker_port':%d,'username':'user','password':'pass',"
                                            + "'will':{'topic':'presence/api','payload':'gone','retain':true,'delay':5},"
                                            + "'birth':{'topic':'presence/api','payload':'here','qos':2}}")
                                    .formatted(demoBrokerPort())));
            assertThat(mqtt.next()).isEqualTo("here");
            JsonNode kept = api.put(BROKERS + "/" + id, json("{'broker_name':'W2'}"))
                    .is(200)
                    .json();
            assertThat(kept.path("will"))
                    .isEqualTo(Api.JSON.readTree(
                            json("{'topic':'presence/api','payload':'gone','qos':1,'retain':true,'delay':5}")));
            assertThat(kept.path("birth"))
                    .isEqualTo(Api.JSON.readTree(
                            json("{'topic':'presence/api','payload':'here','qos':2,'retain':false}")));
            JsonNode cleared = api.put(BROKERS + "/" + id, json("{'will':null,'birth':null}"))
                    .is(200)
                    .json();
            assertThat(cleared.path("will").isNull()).isTrue();
            assertThat(cleared.path("birth").isNull()).isTrue();
            api.put(BROKERS + "/" + id, json("{'will':{'topic':'a/#'}}")).refuses("will.topic");
            api.put(BROKERS + "/" + id, json("{'birth':{'payload':'x'}}")).refuses("birth.topic");
            api.put(BROKERS + "/" + id, json("{'birth':{'topic':'x','qos':0}}")).refuses("birth.qos");
            api.put(BROKERS + "/" + id, json("{'birth':{'topic':'x','payload':'%s'}}".formatted("ä".repeat(8_001))))
                    .refuses("birth.payload");
            api.put(BROKERS + "/" + id, json("{'will':{'topic':'x','colour':1}}"))
                    .refuses("will.colour");
            api.put(BROKERS + "/" + id, json("{'will':'x'}")).refuses("will");
        }
    }

    @Test
    void aStatusShowsWhatTheBrokerGranted() {
        Api api = newUser().api();
        long id = createDemoBroker(api);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(api, id).path("is_connected").booleanValue());
        JsonNode status = status(api, id);
        assertThat(status.path("grants").propertyNames())
                .containsExactlyInAnyOrder(
                        "session_present",
                        "keep_alive",
                        "session_expiry",
                        "receive_maximum",
                        "maximum_packet_size",
                        "maximum_qos",
                        "retain_available",
                        "wildcard_available",
                        "shared_available",
                        "assigned_client_id");
        assertThat(status.path("grants").path("keep_alive").intValue()).isEqualTo(20);
        assertThat(status.path("grants").path("receive_maximum").intValue()).isPositive();
        assertThat(status.path("endpoint").path("host").stringValue()).isEqualTo("localhost");
        assertThat(status.path("endpoint").path("port").intValue()).isEqualTo(demoBrokerPort());
        assertThat(status.path("waiting_position").isNull()).isTrue();
    }

    @Test
    void anUpdateKeepsWhatIsAbsent() {
        Api api = newUser().api();
        long id = createBroker(
                api,
                json(
                        "{'broker_name':'Old','broker_host':'localhost','broker_port':1883,'username':'u','password':'p',"
                                + "'is_active':false,'client_id':'me','keep_alive':30,'clean_start':true,'protocol_version':'3.1.1'}"));
        JsonNode changed = api.put(BROKERS + "/" + id, json("{'broker_name':'New'}"))
                .is(200)
                .json();
        assertThat(changed.path("broker_name").stringValue()).isEqualTo("New");
        assertThat(changed.path("username").stringValue()).isEqualTo("u");
        assertThat(changed.path("has_password").booleanValue()).isTrue();
        assertThat(changed.path("client_id").stringValue()).isEqualTo("me");
        assertThat(changed.path("keep_alive").intValue()).isEqualTo(30);
        assertThat(changed.path("clean_start").booleanValue()).isTrue();
        assertThat(changed.path("protocol_version").stringValue()).isEqualTo("3.1.1");
        assertThat(changed.path("version").intValue()).isEqualTo(2);
        // null clears, and MQTT 3.1.1 has no password without a user name
        api.put(BROKERS + "/" + id, json("{'username':null}")).refuses("username");
        JsonNode cleared = api.put(BROKERS + "/" + id, json("{'username':null,'password':null}"))
                .is(200)
                .json();
        assertThat(cleared.path("username").isNull()).isTrue();
        assertThat(cleared.path("has_password").booleanValue()).isFalse();
        api.put(BROKERS + "/" + id, json("{'broker_name':null}")).refuses("broker_name");
    }

    @Test
    void aStaleVersionIsAConflict() {
        Api api = newUser().api();
        long id = createBroker(api, passiveBroker("Versions"));
        api.put(BROKERS + "/" + id, json("{'broker_name':'Second','version':1}"))
                .is(200);
        Api.Answer stale = api.put(BROKERS + "/" + id, json("{'broker_name':'Third','version':1}"))
                .isProblem(409, "CONFLICT");
        assertThat(stale.json().path("current_version").longValue())
                .as("what to build the change on")
                .isEqualTo(2);
        assertThat(api.get(BROKERS + "/" + id).json().path("broker_name").stringValue())
                .isEqualTo("Second");
        api.put(BROKERS + "/" + id, json("{'broker_name':'Third'}")).is(200);
    }

    @Test
    void aStoredPasswordDoesNotFollowToAnotherServer() {
        Api api = newUser().api();
        long id = createBroker(
                api,
                json(
                        "{'broker_name':'P','broker_host':'localhost','broker_port':1883,'username':'u','password':'p','is_active':false}"));
        for (String change : List.of(
                "{'broker_host':'127.0.0.2'}",
                "{'broker_port':1884}",
                "{'tls':true}",
                "{'tls':true,'verify_hostname':false}")) {
            api.put(BROKERS + "/" + id, json(change)).refuses("password");
        }
        JsonNode moved = api.put(BROKERS + "/" + id, json("{'broker_port':1884,'password':'p2'}"))
                .is(200)
                .json();
        assertThat(moved.path("broker_port").intValue()).isEqualTo(1884);
        JsonNode without = api.put(BROKERS + "/" + id, json("{'broker_port':1885,'password':null}"))
                .is(200)
                .json();
        assertThat(without.path("has_password").booleanValue()).isFalse();
        api.put(BROKERS + "/" + id, json("{'broker_port':1886}")).is(200);
    }

    @Test
    void aBrokerWithDevicesIsNotDeletedByAccident() {
        Api api = newUser().api();
        long broker = createBroker(api, passiveBroker("In use"));
        long device = createDevice(api, broker, "d-1");
        assertThat(api.get(BROKERS + "/" + broker).json().path("device_count").intValue())
                .isEqualTo(1);
        api.delete(BROKERS + "/" + broker).isProblem(409, "BROKER_IN_USE");
        api.delete(BROKERS + "/" + broker + "?devices=perhaps").refuses("devices");
        api.get(DEVICES + "/" + device).is(200);
        api.delete(BROKERS + "/" + broker + "?devices=delete").is(204);
        api.get(DEVICES + "/" + device).isProblem(404, "NOT_FOUND");
        assertThat(api.get(BROKERS).json().size()).isZero();
    }

    @Test
    void theDevicesOfABrokerThatIsDeletedCanBeMoved() {
        Api api = newUser().api();
        long broker = createBroker(api, passiveBroker("Old"));
        long other = createBroker(api, passiveBroker("New"));
        long device = createDevice(api, broker, "d-1");
        createDevice(api, broker, "d-2");
        long twin = createDevice(api, other, "d-2");
        String path = BROKERS + "/" + broker;

        api.delete(path + "?devices=move").refuses("to");
        api.delete(path + "?to=" + other).refuses("to");
        api.delete(path + "?devices=move&to=" + broker).refuses("to");
        long foreign = createBroker(newUser().api(), passiveBroker("Foreign"));
        assertThat(api.delete(path + "?devices=move&to=" + foreign)
                        .refuses("to")
                        .body())
                .isEqualTo(api.delete(path + "?devices=move&to=999999")
                        .refuses("to")
                        .body());
        Api.Answer taken = api.delete(path + "?devices=move&to=" + other).isProblem(409, "CONFLICT");
        assertThat(taken.body()).contains("d-2");
        assertThat(api.get(path).is(200).json().path("device_count").intValue()).isEqualTo(2);

        api.delete(DEVICES + "/" + twin).is(204);
        api.delete(path + "?devices=move&to=" + other).is(204);
        api.get(path).isProblem(404, "NOT_FOUND");
        assertThat(api.get(DEVICES + "/" + device)
                        .is(200)
                        .json()
                        .path("mqtt_broker_id")
                        .longValue())
                .isEqualTo(other);
        assertThat(api.get(BROKERS + "/" + other).json().path("device_count").intValue())
                .isEqualTo(2);
    }

    @Test
    void devicesAreCreatedChangedAndDeleted() {
        Api api = newUser().api();
        long broker = createBroker(api, passiveBroker("First"));
        long other = createBroker(api, passiveBroker("Second"));
        Api.Answer created = api.post(
                        DEVICES,
                        json("{'device_name':'Boiler','device_id':'boiler-1','mqtt_broker_id':%d}".formatted(broker)))
                .is(201);
        JsonNode device = created.json();
        long id = device.path("id").longValue();
        assertThat(created.header("location")).hasValue(DEVICES + "/" + id);
        assertThat(device.propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "device_name",
                        "device_id",
                        "mqtt_broker_id",
                        "device_type",
                        "telemetry_topics",
                        "command_topic",
                        "availability_topic",
                        "expected_interval",
                        "last_seen",
                        "presence",
                        "latest",
                        "unreadable",
                        "version",
                        "created_at",
                        "updated_at");
        assertThat(device.path("telemetry_topics").get(0).stringValue()).isEqualTo("devices/{device_id}/telemetry");
        assertThat(device.path("command_topic").stringValue()).isEqualTo("devices/{device_id}/commands");
        assertThat(device.path("availability_topic").isNull()).isTrue();
        assertThat(device.path("expected_interval").intValue()).isEqualTo(60);
        assertThat(device.path("presence").stringValue()).isEqualTo("UNKNOWN");
        assertThat(device.path("latest").isNull()).isTrue();
        assertThat(device.path("unreadable").isNull()).isTrue();

        api.post(DEVICES, json("{'device_name':'Twin','device_id':'boiler-1','mqtt_broker_id':%d}".formatted(broker)))
                .isProblem(409, "CONFLICT");
        api.post(DEVICES, json("{'device_name':'Twin','device_id':'boiler-1','mqtt_broker_id':%d}".formatted(other)))
                .is(201);
        JsonNode changed = api.put(
                        DEVICES + "/" + id,
                        json(
                                "{'device_type':'heating','telemetry_topics':['a/{device_id}/b','c/#'],'command_topic':null,'availability_topic':'up/{device_id}'}"))
                .is(200)
                .json();
        assertThat(changed.path("device_name").stringValue()).isEqualTo("Boiler");
        assertThat(changed.path("device_type").stringValue()).isEqualTo("heating");
        assertThat(changed.path("telemetry_topics").size()).isEqualTo(2);
        assertThat(changed.path("command_topic").isNull()).isTrue();
        assertThat(changed.path("availability_topic").stringValue()).isEqualTo("up/{device_id}");
        assertThat(api.put(DEVICES + "/" + id, json("{'availability_topic':null}"))
                        .is(200)
                        .json()
                        .path("availability_topic")
                        .isNull())
                .isTrue();
        JsonNode none = api.post(DEVICES + "/" + id + "/commands", json("{'payload':'on'}"))
                .is(202)
                .json();
        assertThat(none.path("outcome").stringValue()).isEqualTo("FAILED");
        assertThat(none.path("failure").path("kind").stringValue()).isEqualTo("NO_TOPIC");
        assertThat(api.put(DEVICES + "/" + id, json("{'device_type':null}"))
                        .is(200)
                        .json()
                        .path("device_type")
                        .isNull())
                .isTrue();
        api.put(DEVICES + "/" + id, json("{'mqtt_broker_id':%d}".formatted(other)))
                .isProblem(409, "CONFLICT");
        api.delete(DEVICES + "/" + id).is(204);
        api.delete(DEVICES + "/" + id).isProblem(404, "NOT_FOUND");
        assertThat(api.get(DEVICES).json().size()).isEqualTo(1);
    }

    @Test
    void whatADevicePublishesIsStoredAndCommandsReachIt() throws Exception {
        Api api = newUser().api();
        long broker = createDemoBroker(api);
        long device = createDevice(api, broker, "contract-1");
        await().atMost(Duration.ofSeconds(30)).until(() -> subscribed(api, broker));
        try (TestDevice mqtt = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
            mqtt.listen("devices/contract-1/commands");
            mqtt.publish("devices/contract-1/telemetry", "{\"temperature\": 21.5, \"nested\": {\"on\": true}}");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(api.get(DEVICES + "/" + device)
                                    .json()
                                    .path("latest")
                                    .path("values")
                                    .toString())
                            .isEqualTo("{\"temperature\":21.5,\"nested.on\":1}"));
            mqtt.publish("devices/contract-1/telemetry", "no number at all");
            mqtt.publish("devices/contract-1/telemetry", "17");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(api.get(DEVICES + "/" + device + "/readings")
                                    .json()
                                    .size())
                            .isEqualTo(2));
            JsonNode read = api.get(DEVICES + "/" + device).json();
            assertThat(read.path("presence").stringValue()).isEqualTo("ONLINE");
            assertThat(read.path("last_seen").isString()).isTrue();
            assertThat(read.path("unreadable").path("count").intValue()).isEqualTo(1);
            assertThat(read.path("unreadable").path("last_sample").stringValue())
                    .isEqualTo("no number at all");
            assertThat(read.path("unreadable").path("last_topic").stringValue())
                    .isEqualTo("devices/contract-1/telemetry");
            JsonNode newest = api.get(DEVICES + "/" + device + "/readings?limit=1")
                    .is(200)
                    .json();
            assertThat(newest.size()).isEqualTo(1);
            assertThat(newest.get(0).path("values").toString()).isEqualTo("{\"value\":17}");
            String at = newest.get(0).path("at").stringValue();
            assertThat(api.get(DEVICES + "/" + device + "/readings?to=" + at)
                            .json()
                            .size())
                    .isEqualTo(1);
            assertThat(api.get(DEVICES + "/" + device + "/readings?from=" + at)
                            .json()
                            .size())
                    .isEqualTo(1);

            JsonNode sent = api.post(DEVICES + "/" + device + "/commands", json("{'payload':{'led':'on','n':1}}"))
                    .is(202)
                    .json();
            assertThat(sent.path("outcome").stringValue()).isEqualTo("ACKNOWLEDGED");
            assertThat(sent.path("topic").stringValue()).isEqualTo("devices/contract-1/commands");
            assertThat(sent.path("failure").isNull()).isTrue();
            assertThat(mqtt.next()).isEqualTo("{\"led\":\"on\",\"n\":1}");
            api.post(DEVICES + "/" + device + "/commands", json("{'payload':'plain text'}"))
                    .is(202);
            assertThat(mqtt.next()).isEqualTo("plain text");

            JsonNode statistics =
                    api.get("/api/mqtt-brokers/statistics").is(200).json();
            assertThat(statistics.path("brokers_total").intValue()).isEqualTo(1);
            assertThat(statistics.path("brokers_connected").intValue()).isEqualTo(1);
            assertThat(statistics.path("devices_online").intValue()).isEqualTo(1);
            assertThat(statistics.path("readings_total").intValue()).isEqualTo(2);
            assertThat(statistics.path("readings_last_hour").intValue()).isEqualTo(2);
            assertThat(statistics.path("unreadable_total").intValue()).isEqualTo(1);
        }
        api.post(BROKERS + "/" + broker + "/control", json("{'action':'disconnect'}"))
                .is(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !status(api, broker).path("is_connected").booleanValue());
        JsonNode failed = api.post(DEVICES + "/" + device + "/commands", json("{'payload':1}"))
                .is(202)
                .json();
        assertThat(failed.path("outcome").stringValue()).isEqualTo("FAILED");
        assertThat(failed.path("failure").path("kind").stringValue()).isEqualTo("NOT_CONNECTED");

        JsonNode stored = api.post(
                        DEVICES + "/" + device + "/commands",
                        json("{'payload':'later','durable':true,'expires_in':600}"))
                .is(202)
                .json();
        assertThat(stored.path("outcome").stringValue()).isEqualTo("STORED");
        assertThat(stored.path("topic").stringValue()).isEqualTo("devices/contract-1/commands");
        await().atMost(Duration.ofSeconds(30)).until(() -> waiting(api) == 1);
        try (TestDevice mqtt = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
            mqtt.listen("devices/contract-1/commands");
            api.post(BROKERS + "/" + broker + "/control", json("{'action':'connect'}"))
                    .is(202);
            assertThat(mqtt.next()).isEqualTo("later");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> waiting(api) == 0);
        api.delete(BROKERS + "/" + broker + "?devices=delete").is(204);
    }

    private static long waiting(Api api) throws Exception {
        return api.get("/api/mqtt-brokers/statistics")
                .is(200)
                .json()
                .path("commands_waiting")
                .longValue();
    }

    @Test
    void whatTheBrokerKeptIsStoredOnceAndOnlyWhereNothingIsKnown() throws Exception {
        Api api = newUser().api();
        long broker = createDemoBroker(api);
        try (TestDevice mqtt = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
            mqtt.publish("kept/known/state", "1", true);
            mqtt.publish("kept/unknown/state", "2", true);
            long known = createDevice(api, broker, "kept-known");
            await().atMost(Duration.ofSeconds(30)).until(() -> subscribed(api, broker));
            mqtt.publish("devices/kept-known/telemetry", "3");
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            api.get(DEVICES + "/" + known + "/readings").json().size() == 1);
            long unknown = createDevice(api, broker, "kept-unknown");
            api.put(DEVICES + "/" + known, json("{'telemetry_topics':['kept/known/state']}"))
                    .is(200);
            api.put(DEVICES + "/" + unknown, json("{'telemetry_topics':['kept/unknown/state']}"))
                    .is(200);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> api.get(DEVICES + "/" + unknown + "/readings")
                                    .json()
                                    .size()
                            == 1);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> status(api, broker).path("received").intValue() >= 3);
            assertThat(api.get(DEVICES + "/" + known + "/readings").json().size())
                    .isEqualTo(1);
            assertThat(api.get(DEVICES + "/" + unknown)
                            .json()
                            .path("latest")
                            .path("values")
                            .toString())
                    .isEqualTo("{\"value\":2}");
            mqtt.publish("kept/known/state", "", true);
            mqtt.publish("kept/unknown/state", "", true);
        }
        api.delete(BROKERS + "/" + broker + "?devices=delete").is(204);
    }

    static boolean subscribed(Api api, long broker) {
        JsonNode subscriptions = status(api, broker).path("subscriptions");
        return !subscriptions.isEmpty()
                && subscriptions
                        .valueStream()
                        .allMatch(one -> one.path("granted").isNumber());
    }

    @Test
    void administratorsManageUsers() {
        Api admin = admin();
        Api.Answer created = admin.post(
                        "/api/users", json("{'username':'Contract.User','password':'%s'}".formatted(PASSWORD)))
                .is(201);
        long id = created.json().path("id").longValue();
        assertThat(created.header("location")).hasValue("/api/users/" + id);
        assertThat(created.json().propertyNames())
                .containsExactlyInAnyOrder("id", "username", "is_admin", "created_at");
        admin.post("/api/users", json("{'username':'contract.user','password':'%s'}".formatted(PASSWORD)))
                .isProblem(409, "CONFLICT");
        assertThat(admin.get("/api/users/" + id).is(200).json().path("username").stringValue())
                .isEqualTo("Contract.User");
        Api user = login("contract.USER", PASSWORD);
        assertThat(user.get("/api/auth/me").is(200).json().path("id").longValue())
                .isEqualTo(id);
        user.get("/api/users").isProblem(403, "FORBIDDEN");
        long broker = createDemoBroker(user);
        long device = createDevice(user, broker, "orphan");
        admin.delete("/api/users/" + id).is(204);
        user.get("/api/auth/me").isProblem(401, "UNAUTHORIZED");
        admin.get("/api/users/" + id).isProblem(404, "NOT_FOUND");
        admin.delete("/api/users/" + id).isProblem(404, "NOT_FOUND");
        admin.get(DEVICES + "/" + device).isProblem(404, "NOT_FOUND");
        var manager = context.getBean(io.github.mqttmanager.MqttManager.class);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                manager.status(io.github.mqttmanager.broker.BrokerId.of(Long.toString(broker))))
                        .isEmpty());
        long self = admin.get("/api/auth/me").json().path("id").longValue();
        admin.delete("/api/users/" + self).isProblem(409, "CONFLICT");
    }

    @Test
    void aNewPasswordEndsAllTokens() {
        Somebody somebody = newUser();
        Api other = login(somebody.name(), PASSWORD);
        somebody.api()
                .put("/api/auth/password", json("{'current_password':'wrong','new_password':'another password'}"))
                .refuses("current_password");
        somebody.api()
                .put("/api/auth/password", json("{'current_password':'%s','new_password':'short'}".formatted(PASSWORD)))
                .refuses("new_password");
        somebody.api()
                .put(
                        "/api/auth/password",
                        json("{'current_password':'%s','new_password':'another password'}".formatted(PASSWORD)))
                .is(204);
        somebody.api().get("/api/auth/me").isProblem(401, "UNAUTHORIZED");
        other.get("/api/auth/me").isProblem(401, "UNAUTHORIZED");
        login(somebody.name(), "another password").get("/api/auth/me").is(200);
    }
}
