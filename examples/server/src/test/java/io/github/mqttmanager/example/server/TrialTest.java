package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Connection tests: what is not saved yet is tried. */
class TrialTest extends ServerTest {
    private static final String BROKERS = "/api/mqtt-brokers/brokers";
    private static final String TEST = BROKERS + "/test";

    private static String settings(int port, String more) {
        return json("{'broker_name':'T','broker_host':'localhost','broker_port':%d%s}".formatted(port, more));
    }

    private String house(String password) {
        return settings(demoBrokerPort(), ",'username':'user','password':'%s'".formatted(password));
    }

    private int portOf(int broker) {
        return admin().get(BROKERS + "/" + broker)
                .is(200)
                .json()
                .path("broker_port")
                .intValue();
    }

    private static List<String> steps(JsonNode test) {
        return test.path("steps")
                .valueStream()
                .map(step -> step.path("stage").stringValue() + " "
                        + step.path("outcome").stringValue())
                .toList();
    }

    @Test
    void settingsThatWorkPassEachStepAndNothingIsSaved() {
        Api api = newUser().api();
        Api.Answer answer = api.post(TEST, house("pass")).is(200);
        assertThat(answer.header("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        JsonNode test = answer.json();
        assertThat(test.path("succeeded").booleanValue()).isTrue();
        assertThat(steps(test)).startsWith("DNS PASSED", "TCP PASSED", "MQTT PASSED");
        assertThat(test.path("failure").isNull()).isTrue();
        assertThat(test.path("grants").path("keep_alive").intValue()).isEqualTo(20);
        assertThat(test.path("endpoint").path("port").intValue()).isEqualTo(demoBrokerPort());
        assertThat(test.path("took_ms").doubleValue()).isPositive();
        assertThat(api.get(BROKERS).json().size()).isZero();
    }

    @Test
    void theStepThatFailsSaysWhyAndTheRestIsSkipped() {
        JsonNode wrong = newUser().api().post(TEST, house("wrong")).is(200).json();
        assertThat(wrong.path("succeeded").booleanValue()).isFalse();
        assertThat(steps(wrong)).containsExactly("DNS PASSED", "TCP PASSED", "MQTT FAILED", "SUBSCRIBE SKIPPED");
        assertThat(wrong.path("failure").path("kind").stringValue()).isEqualTo("MQTT_BAD_CREDENTIALS");
        assertThat(wrong.path("failure").path("remedy").stringValue()).isNotBlank();

        JsonNode untrusted = newUser()
                .api()
                .post(TEST, settings(portOf(4), ",'tls':true"))
                .is(200)
                .json();
        assertThat(steps(untrusted))
                .containsExactly("DNS PASSED", "TCP PASSED", "TLS FAILED", "MQTT SKIPPED", "SUBSCRIBE SKIPPED");
        assertThat(untrusted.path("failure").path("kind").stringValue()).isEqualTo("TLS_UNKNOWN_CA");
        assertThat(untrusted.path("certificate").path("issuer").stringValue("")).contains("Demo authority");

        JsonNode refused = newUser().api().post(TEST, settings(1, "")).is(200).json();
        assertThat(steps(refused)).containsExactly("DNS PASSED", "TCP FAILED", "MQTT SKIPPED", "SUBSCRIBE SKIPPED");
    }

    @Test
    void aStoredPasswordIsUsedOnlyWhereItWasMeantToGo() {
        Api api = newUser().api();
        long id =
                createBroker(api, settings(demoBrokerPort(), ",'username':'user','password':'pass','is_active':false"));
        JsonNode same = api.post(TEST, "{\"id\":" + id + "}").is(200).json();
        assertThat(same.path("succeeded").booleanValue()).as("%s", same).isTrue();
        for (String change :
                List.of("'broker_host':'127.0.0.1'", "'broker_port':%d".formatted(portOf(2)), "'tls':true")) {
            api.post(TEST, json("{'id':%d,%s}".formatted(id, change))).refuses("password");
        }
        JsonNode typed = api.post(TEST, json("{'id':%d,'broker_host':'127.0.0.1','password':'pass'}".formatted(id)))
                .is(200)
                .json();
        assertThat(typed.path("succeeded").booleanValue()).isTrue();
        newUser().api().post(TEST, "{\"id\":" + id + "}").isProblem(404, "NOT_FOUND");
        assertThat(api.get(BROKERS + "/" + id)
                        .json()
                        .path("status")
                        .path("state")
                        .stringValue())
                .isEqualTo("DISCONNECTED");
    }

    @Test
    void whatIsWrongWithTheSettingsIsSaidOfTheField() {
        Api api = newUser().api();
        api.post(TEST, settings(0, "")).refuses("broker_port");
        api.post(TEST, settings(1883, ",'version':1")).refuses("version");
        api.post(TEST, "{\"id\":\"x\"}").refuses("id");
        anonymous().post(TEST, settings(1883, "")).isProblem(401, "UNAUTHORIZED");
    }

    /** Its own end of the request, to be closed in the middle. */
    private Socket ask(Api api, String body) throws IOException {
        Socket request = new Socket("127.0.0.1", port());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        request.getOutputStream()
                .write(("POST " + TEST + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Accept-Encoding: gzip\r\nContent-Length: " + bytes.length
                                + "\r\nAuthorization: Bearer " + api.token() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        request.getOutputStream().write(bytes);
        request.getOutputStream().flush();
        return request;
    }

    private static void untilTheEnd(InputStream in) throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            // a reset is an end, too
        }
    }

    @Test
    void aTestEndsWithItsRequest() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            silent.setSoTimeout(20_000);
            Socket request = ask(newUser().api(), settings(silent.getLocalPort(), ""));
            try (Socket tested = silent.accept()) {
                tested.setSoTimeout(20_000);
                InputStream in = tested.getInputStream();
                assertThat(in.read()).as("the first byte of CONNECT").isEqualTo(0x10);
                request.close();
                long closed = System.nanoTime();
                untilTheEnd(in);
                // left alone it would wait for 10 s
                assertThat((System.nanoTime() - closed) / 1_000_000).isLessThan(5_000);
            }
        }
    }

    @Test
    void aUserHasTenTestsAtOnceAndThirtyInAMinute() throws Exception {
        Api api = newUser().api();
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try (ServerSocket silent = new ServerSocket(0, 20, InetAddress.getByName("127.0.0.1"))) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                open.add(ask(api, settings(silent.getLocalPort(), "")));
                open.get(i).getInputStream().read();
            }
            Api.Answer refused = api.post(TEST, settings(1, "")).isProblem(429, "TOO_MANY_ATTEMPTS");
            assertThat(refused.header("retry-after")).isPresent();
            newUser().api().post(TEST, settings(1, "")).is(200);
            for (Socket socket : open) {
                socket.close();
            }
            List<Future<Integer>> more = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                more.add(threads.submit(() -> api.post(TEST, settings(1, "")).status()));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> one : more) {
                statuses.add(one.get());
            }
            assertThat(statuses).contains(429);
            assertThat(api.post(TEST, settings(1, ""))
                            .isProblem(429, "TOO_MANY_ATTEMPTS")
                            .header("retry-after"))
                    .isPresent();
        } finally {
            threads.shutdownNow();
        }
    }
}
