package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Whatever is refused is a problem document that names the field and the reason. */
class RefusalTest extends ServerTest {
    private static final String BROKERS = "/api/mqtt-brokers/brokers";
    private static final String DEVICES = "/api/mqtt-brokers/devices";
    private static Api api;

    @BeforeEach
    void somebody() {
        if (api == null) {
            api = newUser().api();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "broker_name | null",
                "broker_name | ''",
                "broker_name | '   '",
                "broker_name | 7",
                "broker_name | 'a\\nb'",
                "broker_name | '\\ud800'",
                "broker_host | null",
                "broker_host | 'tcp://localhost'",
                "broker_host | 'local host'",
                "broker_host | 'localhost:1883'",
                "broker_host | 'localhost/x'",
                "broker_host | '-x'",
                "broker_host | 'a\\u0000b'",
                "broker_host | ['localhost']",
                "broker_port | 0",
                "broker_port | 65536",
                "broker_port | -1",
                "broker_port | 1883.5",
                "broker_port | 1883.0",
                "broker_port | '1883'",
                "broker_port | null",
                "broker_port | true",
                "broker_port | 1e999",
                "broker_port | 99999999999999999999999",
                "username | ''",
                "username | 5",
                "password | ''",
                "password | 12345678",
                "password | {}",
                "is_active | 'true'",
                "is_active | 1",
                "is_active | null",
                "protocol_version | 5",
                "protocol_version | '4'",
                "client_id | ''",
                "tls | 'yes'",
                "ca_certificate | 'not a certificate'",
                "ca_certificate | '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----'",
                "verify_hostname | 0",
                "keep_alive | 4",
                "keep_alive | 3601",
                "clean_start | 'x'",
                "broker_nme | 'typo'",
                "version | 1"
            })
    void ofABroker(String field, String value) {
        ObjectNode body = (ObjectNode) Api.JSON.readTree(passiveBroker("Refused"));
        String text = body.toString();
        String sent = body.has(field)
                ? text.replace("\"" + field + "\":" + body.get(field), "\"" + field + "\":" + json(value))
                : text.substring(0, text.length() - 1) + ",\"" + field + "\":" + json(value) + "}";
        api.post(BROKERS, sent).refuses(field);
        assertThat(api.get(BROKERS).json().size()).as("nothing is half saved").isZero();
    }

    @Test
    void overlongNamesOfABroker() {
        api.post(BROKERS, passiveBroker("x".repeat(101))).refuses("broker_name");
        api.post(BROKERS, passiveBroker("ok").replace("localhost", "h".repeat(300)))
                .refuses("broker_host");
        api.post(BROKERS, passiveBroker("ok").replace("}", ",\"client_id\":\"" + "c".repeat(129) + "\"}"))
                .refuses("client_id");
    }

    @Test
    void allFieldsAtOnce() {
        Api.Answer answer = api.post(BROKERS, "{\"broker_port\": 0, \"colour\": 1}");
        answer.refuses("broker_name")
                .refuses("broker_host")
                .refuses("broker_port")
                .refuses("colour");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "device_name | ''",
                "device_name | null",
                "device_id | ''",
                "device_id | 'a/b'",
                "device_id | 'a b'",
                "device_id | '+'",
                "device_id | '#'",
                "device_id | 'a\\u0000'",
                "device_id | 'ä'",
                "device_id | 5",
                "mqtt_broker_id | 999999",
                "mqtt_broker_id | -1",
                "mqtt_broker_id | '1'",
                "mqtt_broker_id | null",
                "mqtt_broker_id | 1",
                "device_type | ''",
                "device_type | 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
                "telemetry_topics | []",
                "telemetry_topics | 'a/b'",
                "telemetry_topics | null",
                "telemetry_topics | [5]",
                "telemetry_topics | ['a/#/b']",
                "telemetry_topics | ['a+/b']",
                "telemetry_topics | ['{nonsense}/b']",
                "telemetry_topics | ['a/b\\u0000']",
                "telemetry_topics | ['a','b','c','d','e','f','g','h','i','j','k','l','m','n','o','p','q']",
                "command_topic | 'a/#'",
                "command_topic | ''",
                "command_topic | 'a/+/b'",
                "availability_topic | ''",
                "availability_topic | 'a/+/b'",
                "availability_topic | 'a/#'",
                "availability_topic | '$share/g/a'",
                "availability_topic | 'devices/{device_id}/telemetry'",
                "availability_topic | 5",
                "expected_interval | 0",
                "expected_interval | 604801",
                "expected_interval | 'often'",
                "colour | 'red'"
            })
    void ofADevice(String field, String value) {
        long broker = brokerOf(api);
        String text = json("{'device_name':'D','device_id':'refused','mqtt_broker_id':%d}".formatted(broker));
        ObjectNode body = (ObjectNode) Api.JSON.readTree(text);
        String sent = body.has(field)
                ? body.toString().replace("\"" + field + "\":" + body.get(field), "\"" + field + "\":" + json(value))
                : text.substring(0, text.length() - 1) + ",\"" + field + "\":" + json(value) + "}";
        try {
            api.post(DEVICES, sent).refuses(field);
            assertThat(api.get(DEVICES).json().size())
                    .as("nothing is half saved")
                    .isZero();
        } finally {
            api.delete(BROKERS + "/" + broker).is(204);
        }
    }

    private long brokerOf(Api user) {
        return createBroker(user, passiveBroker("For devices"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "username | 'ab'",
                "username | 'a b c'",
                "username | 'ünï'",
                "username | 5",
                "password | 'short'",
                "password | 5",
                "is_admin | 'yes'",
                "role | 'x'"
            })
    void ofAUser(String field, String value) {
        String text = json("{'username':'refused','password':'%s'}".formatted(PASSWORD));
        ObjectNode body = (ObjectNode) Api.JSON.readTree(text);
        String sent = body.has(field)
                ? body.toString().replace("\"" + field + "\":" + body.get(field), "\"" + field + "\":" + json(value))
                : text.substring(0, text.length() - 1) + ",\"" + field + "\":" + json(value) + "}";
        admin().post("/api/users", sent).refuses(field);
    }

    @Test
    void aPasswordLongerThanBcryptReads() {
        admin().post("/api/users", json("{'username':'longpass','password':'%s'}".formatted("ä".repeat(37))))
                .refuses("password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[]",
                "null",
                "5",
                "\"text\"",
                "{\"broker_name\":}",
                "{\"a\":1}{\"b\":2}",
                "{'a':1}",
                "{\"broker_name\":\"a\",\"broker_name\":\"b\"}",
                "{\"broker_name\":\"a\" /* comment */}",
                "\u0000"
            })
    void ofWhatIsNoJsonObject(String body) {
        api.send("POST", BROKERS, BodyPublishers.ofString(body), true).isProblem(400, "INVALID");
    }

    @Test
    void ofNumbersThatAreNone() {
        for (String number : new String[] {"NaN", "Infinity", "-Infinity", "0x10", "01", "1.", ".5", "+1"}) {
            api.post(BROKERS, passiveBroker("N").replace("1883", number)).refuses("broker_port");
        }
        api.post(BROKERS, passiveBroker("N").replace("1883", "1".repeat(500))).refuses("broker_port");
    }

    @Test
    void ofDeepNesting() {
        api.post(BROKERS, "{\"broker_name\":" + "[".repeat(5000) + "]".repeat(5000) + "}")
                .isProblem(400, "INVALID");
        api.post(BROKERS, "{\"a\":".repeat(5000) + "1" + "}".repeat(5000)).isProblem(400, "INVALID");
    }

    @Test
    void ofInvalidUtf8() {
        byte[] body = passiveBroker("X?X").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '?' ? (byte) 0xFF : body[i];
        }
        api.send("POST", BROKERS, BodyPublishers.ofByteArray(body), true).isProblem(400, "INVALID");
    }

    @Test
    void ofBodiesThatAreTooLong() {
        String body = passiveBroker("x".repeat(70_000));
        api.post(BROKERS, body).isProblem(413, "TOO_LARGE");
        // without a length: chunked
        api.send(
                        "POST",
                        BROKERS,
                        BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))),
                        true)
                .isProblem(413, "TOO_LARGE");
    }

    @Test
    void ofActions() {
        long id = brokerOf(api);
        try {
            String control = BROKERS + "/" + id + "/control";
            api.post(control, json("{'action':'explode'}")).refuses("action");
            api.post(control, json("{'action':'CONNECT'}")).refuses("action");
            api.post(control, json("{'action':null}")).refuses("action");
            api.post(control, "{}").refuses("action");
            api.post(control, json("{'action':'connect','now':true}")).refuses("now");
        } finally {
            api.delete(BROKERS + "/" + id).is(204);
        }
    }

    @Test
    void ofIds() {
        api.get(BROKERS + "/abc").refuses("id");
        api.get(BROKERS + "/1.5").refuses("id");
        api.get(BROKERS + "/99999999999999999999").refuses("id");
        api.get(BROKERS + "/0").isProblem(404, "NOT_FOUND");
        api.get(BROKERS + "/-1").isProblem(404, "NOT_FOUND");
        assertThat(api.get(BROKERS + "/1").body())
                .as("somebody else's is like one that does not exist")
                .isEqualTo(api.get(BROKERS + "/999999").body());
        assertThat(api.get(DEVICES + "/1").body())
                .isEqualTo(api.get(DEVICES + "/999999").body());
    }

    @Test
    void ofQueries() {
        long broker = brokerOf(api);
        long device = createDevice(api, broker, "queries");
        try {
            String explain = BROKERS + "/" + broker + "/explain";
            api.get(explain).refuses("topic");
            api.get(explain + "?topic=").refuses("topic");
            api.get(explain + "?topic=a/%2B/b").refuses("topic");
            api.get(explain + "?topic=" + "x".repeat(1001)).refuses("topic");
            String readings = DEVICES + "/" + device + "/readings";
            api.get(readings + "?limit=0").refuses("limit");
            api.get(readings + "?limit=2001").refuses("limit");
            api.get(readings + "?limit=ten").refuses("limit");
            api.get(readings + "?from=yesterday").refuses("from");
            api.get(readings + "?to=2026-13-01T00:00:00Z").refuses("to");
            api.get(readings + "?from=2026-11-23T10:00:00").refuses("from");
            api.get(readings + "?from=-999999999-01-01T00:00:00Z").refuses("from");
            api.get(readings + "?from=2026-11-23T10:00:00%2B01:00&limit=2000").is(200);
            api.post(DEVICES + "/" + device + "/commands", "{}").refuses("payload");
            api.post(DEVICES + "/" + device + "/commands", json("{'payload':1,'durable':'yes'}"))
                    .refuses("durable");
            api.post(DEVICES + "/" + device + "/commands", json("{'payload':1,'expires_in':60}"))
                    .refuses("expires_in");
            api.post(DEVICES + "/" + device + "/commands", json("{'payload':1,'durable':true,'expires_in':0}"))
                    .refuses("expires_in");
            api.post(DEVICES + "/" + device + "/commands", json("{'payload':1,'qos':2}"))
                    .refuses("qos");
        } finally {
            api.delete(BROKERS + "/" + broker + "?devices=delete").is(204);
        }
    }

    @Test
    void ofTheLogin() {
        anonymous().post("/api/auth/login", "{}").refuses("username").refuses("password");
        anonymous()
                .post("/api/auth/login", json("{'username':5,'password':null}"))
                .refuses("username")
                .refuses("password");
        anonymous()
                .post("/api/auth/login", json("{'username':'a','password':'b','otp':1}"))
                .refuses("otp");
        anonymous().get("/api/auth/login").isProblem(405, "METHOD_NOT_ALLOWED");
    }

    @Test
    void ofAddressesMethodsAndTypes() {
        api.get("/api/nothing").isProblem(404, "NOT_FOUND");
        api.get("/api").isProblem(404, "NOT_FOUND");
        api.get("/api/mqtt-brokers/brokers/1/nothing").isProblem(404, "NOT_FOUND");
        anonymous().get("/nothing.js").isProblem(404, "NOT_FOUND");
        anonymous().get("/actuator/env").isProblem(404, "NOT_FOUND");
        anonymous().get("/error").isProblem(404, "NOT_FOUND");
        assertThat(api.delete("/api/mqtt-brokers/status")
                        .isProblem(405, "METHOD_NOT_ALLOWED")
                        .header("allow"))
                .isPresent();
        api.send("PATCH", BROKERS, "{}").isProblem(405, "METHOD_NOT_ALLOWED");
        anonymous().post("/", "{}").isProblem(405, "METHOD_NOT_ALLOWED");
        api.post(BROKERS, "a=b", "Content-Type", "application/x-www-form-urlencoded")
                .isProblem(415, "UNSUPPORTED_MEDIA_TYPE");
        api.post(BROKERS, "{}", "Content-Type", "text/plain").isProblem(415, "UNSUPPORTED_MEDIA_TYPE");
        api.get(BROKERS, "Accept", "text/html").isProblem(406, "NOT_ACCEPTABLE");
        api.get(BROKERS, "Accept", "nonsense").is(406);
        anonymous().get(BROKERS).isProblem(401, "UNAUTHORIZED");
        anonymous()
                .get("/api/mqtt-brokers/events", "Accept", "text/event-stream")
                .isProblem(401, "UNAUTHORIZED");
        api.get("/api/mqtt-brokers/events", "Accept", "application/json").isProblem(406, "NOT_ACCEPTABLE");
        api.get("/api/users").isProblem(403, "FORBIDDEN");
    }

    @Test
    void ofWhatTomcatSeesFirst() throws IOException {
        assertThat(raw("GET /a|b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json")
                .contains("\"code\":\"INVALID\"");
        assertThat(raw("GET /a//b;c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json");
        assertThat(raw("TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("application/problem+json");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json");
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anErrorOfOurOwnSaysNothingOfItself() {
        assertThat(BreakingController.reached).isFalse();
        Api.Answer answer = admin().get("/api/test/break").isProblem(500, "INTERNAL");
        assertThat(answer.body()).doesNotContain("inside").doesNotContain("Exception");
        assertThat(BreakingController.reached).isTrue();
    }
}
