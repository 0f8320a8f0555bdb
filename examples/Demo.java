import java.io.DataInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Drives the running example server from outside and says what it sees: {@code java examples/Demo.java}.
 *
 * <p>Environment: SERVER_URL (http://localhost:8000), ADMIN_USERNAME and ADMIN_PASSWORD (admin, and the password in
 * DATA_DIR/initial-admin-password), DATA_DIR (./data), DEMO_BROKER_PORT (that of broker 1).
 */
public final class Demo {
    private static final String SERVER = environment("SERVER_URL", "http://localhost:8000");
    private static final String BROKERS = "/api/mqtt-brokers/brokers";
    private static final String DEVICES = "/api/mqtt-brokers/devices";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static String token = "";
    private static int step;

    public static void main(String[] arguments) throws Exception {
        try {
            run();
        } catch (Unexpected | IOException e) {
            System.out.println();
            System.out.println("FAILED: " + (e.getMessage() == null ? e : e.getMessage()));
            System.exit(1);
        }
        System.out.println();
        System.out.println("All of it went as expected.");
    }

    private static void run() throws IOException, InterruptedException {
        say("Log in");
        String login = call("POST", "/api/auth/login", 200, "{\"username\":\"%s\",\"password\":\"%s\"}"
                .formatted(environment("ADMIN_USERNAME", "admin"), password()));
        token = text(login, "access_token");
        see("a token for " + number(login, "expires_in") + " s");

        int port = Integer.parseInt(environment("DEMO_BROKER_PORT", "0"));
        if (port == 0) {
            port = (int) number(call("GET", BROKERS + "/1", 200, null), "broker_port");
        }

        say("Create a broker on localhost:" + port);
        String deviceId = "demo-" + Long.toString(System.currentTimeMillis(), 36);
        String broker = call("POST", BROKERS, 201,
                ("{\"broker_name\":\"Demo script\",\"broker_host\":\"localhost\",\"broker_port\":%d,"
                        + "\"username\":\"user\",\"password\":\"pass\",\"is_active\":false}").formatted(port));
        long brokerId = number(broker, "id");
        see("broker " + brokerId + ", " + text(broker, "state"));
        expect(!broker.contains("\"pass\""), "the password is not in the answer");
        try {
            say("Connect it");
            call("POST", BROKERS + "/" + brokerId + "/control", 202, "{\"action\":\"connect\"}");
            await("the broker is connected",
                    () -> get(BROKERS + "/" + brokerId).contains("\"is_connected\":true"));
            see(text(get(BROKERS + "/" + brokerId), "state"));

            say("Create a device");
            String device = call("POST", DEVICES, 201,
                    "{\"device_name\":\"Demo device\",\"device_id\":\"%s\",\"mqtt_broker_id\":%d}"
                            .formatted(deviceId, brokerId));
            long id = number(device, "id");
            see("device " + id + " publishes to devices/" + deviceId + "/telemetry");
            await("the broker granted the subscription",
                    () -> get(BROKERS + "/" + brokerId).matches(".*\"filter\":\"devices/" + deviceId + "/telemetry\",\"qos\":\\d,\"granted\":\\d.*"));

            say("Publish as the device, over MQTT");
            publish(port, "devices/" + deviceId + "/telemetry", "{\"temperature\":21.5,\"door\":{\"open\":false}}");
            see("the broker acknowledged it");

            say("Read the sensor data");
            await("the reading is stored", () -> get(DEVICES + "/" + id + "/readings").contains("\"temperature\":21.5"));
            see(get(DEVICES + "/" + id + "/readings"));
            String read = get(DEVICES + "/" + id);
            expect(text(read, "presence").equals("ONLINE"), "the device is online");
            see("the device is " + text(read, "presence") + ", last seen " + text(read, "last_seen"));

            say("Send it a command");
            String outcome = call("POST", DEVICES + "/" + id + "/commands", 202, "{\"payload\":{\"led\":\"on\"}}");
            expect(text(outcome, "outcome").equals("ACKNOWLEDGED"), "the broker acknowledged the command");
            see(outcome);

            say("Read the status of all brokers");
            Matcher status = Pattern.compile("\"broker_name\":\"([^\"]*)\",\"is_active\":\\w+,\"is_connected\":(\\w+),\"state\":\"(\\w+)\"")
                    .matcher(get("/api/mqtt-brokers/status"));
            while (status.find()) {
                see("%-30s %-13s %s".formatted(status.group(1), status.group(3), status.group(2).equals("true") ? "green" : "red"));
            }

            say("Disconnect the broker");
            call("POST", BROKERS + "/" + brokerId + "/control", 202, "{\"action\":\"disconnect\"}");
            await("the broker is disconnected", () -> get(BROKERS + "/" + brokerId).contains("\"state\":\"DISCONNECTED\""));
            see(text(get(BROKERS + "/" + brokerId), "state"));
            call("POST", BROKERS + "/" + brokerId + "/control", 200, "{\"action\":\"disconnect\"}");
            see("asked again, nothing changes");
        } finally {
            say("Clean up");
            call("DELETE", BROKERS + "/" + brokerId + "?devices=delete", 204, null);
            call("GET", BROKERS + "/" + brokerId, 404, null);
            see("broker and device are gone");
        }
    }

    private static String password() throws IOException {
        String given = System.getenv("ADMIN_PASSWORD");
        if (given != null && !given.isEmpty()) {
            return given;
        }
        Path file = Path.of(environment("DATA_DIR", "./data"), "initial-admin-password");
        if (!Files.exists(file)) {
            throw new Unexpected(file + " does not exist: set ADMIN_PASSWORD, or DATA_DIR to the server's");
        }
        return Files.readString(file).strip();
    }

    private static String get(String path) {
        return call("GET", path, 200, null);
    }

    private static String call(String method, String path, int expected, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(SERVER + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(method, body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            expect(response.statusCode() == expected,
                    method + " " + path + " answers " + expected + ", but it was " + response.statusCode() + " "
                            + (path.contains("/auth/") && response.statusCode() < 300 ? "" : response.body()));
            return response.body();
        } catch (IOException e) {
            throw new Unexpected(method + " " + SERVER + path + ": no answer (" + e + "); is the server running?");
        } catch (InterruptedException e) {
            throw new Unexpected("interrupted");
        }
    }

    private static String text(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(json);
        expect(matcher.find(), "there is a text " + field + " in " + json);
        return matcher.group(1);
    }

    private static long number(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":(\\d+)").matcher(json);
        expect(matcher.find(), "there is a number " + field + " in " + json);
        return Long.parseLong(matcher.group(1));
    }

    private static void await(String what, Supplier<Boolean> condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.get()) {
            expect(System.nanoTime() < end, what + " within 20 s");
            Thread.sleep(100);
        }
    }

    private static void expect(boolean met, String what) {
        if (!met) {
            throw new Unexpected("expected that " + what);
        }
    }

    private static void say(String what) {
        System.out.println();
        System.out.println(++step + ". " + what);
    }

    private static void see(String what) {
        System.out.println("   " + what);
    }

    private static String environment(String name, String otherwise) {
        return Objects.requireNonNullElse(System.getenv(name), otherwise);
    }

    /** Something was not as it should be. */
    private static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unexpected(String message) {
            super(message);
        }
    }

    // ---- MQTT 3.1.1, as little of it as a device needs: CONNECT, PUBLISH with QoS 1, DISCONNECT

    private static void publish(int port, String topic, String payload) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());

            ByteArrayOutputStream connect = new ByteArrayOutputStream();
            DataOutputStream fields = new DataOutputStream(connect);
            fields.writeUTF("MQTT");
            fields.write(4); // version 3.1.1
            fields.write(0b1100_0010); // user name, password, clean session
            fields.writeShort(30); // keep-alive in seconds
            fields.writeUTF("demo-script");
            fields.writeUTF("user");
            fields.writeUTF("pass");
            packet(out, 0x10, connect.toByteArray());
            byte[] connack = packet(in, 0x20);
            expect(connack[1] == 0, "the broker accepts the device, but its return code was " + connack[1]);

            ByteArrayOutputStream publish = new ByteArrayOutputStream();
            fields = new DataOutputStream(publish);
            fields.writeUTF(topic);
            fields.writeShort(1); // packet identifier
            fields.write(payload.getBytes(StandardCharsets.UTF_8));
            packet(out, 0x32, publish.toByteArray());
            packet(in, 0x40);

            packet(out, 0xE0, new byte[0]);
        }
    }

    private static void packet(DataOutputStream out, int type, byte[] content) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(type);
        int length = content.length;
        do {
            packet.write(length > 127 ? length % 128 | 0x80 : length);
            length /= 128;
        } while (length > 0);
        packet.write(content);
        out.write(packet.toByteArray());
        out.flush();
    }

    private static byte[] packet(DataInputStream in, int expectedType) throws IOException {
        int type = in.readUnsignedByte();
        expect(type == expectedType, "the broker sends packet type " + expectedType + ", but it was " + type);
        byte[] content = new byte[in.readUnsignedByte()];
        in.readFully(content);
        return content;
    }
}
