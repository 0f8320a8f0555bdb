package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The example's server as a process, as it goes into production, with a data directory of its own. */
final class ExampleServer implements AutoCloseable {
    private static final String PASSWORD = "a password for loopback only";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Process process;
    private final int port;
    private final Path log;

    private ExampleServer(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    static ExampleServer start(Path data) throws IOException {
        return start(data, Map.of());
    }

    /** @param environment what differs from the usual settings */
    static ExampleServer start(Path data, Map<String, String> environment) throws IOException {
        Path log = data.resolve("log");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.addAll(List.of("-jar", jar().toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "DATA_DIR",
                        data.toString(),
                        "SERVER_ADDRESS",
                        "127.0.0.1",
                        "SERVER_PORT",
                        String.valueOf(port),
                        "ADMIN_PASSWORD",
                        PASSWORD,
                        "EXAMPLE_NETWORK",
                        "everything",
                        "EXAMPLE_LIMITS_BROKERS",
                        "1000"));
        builder.environment().putAll(environment);
        return new ExampleServer(builder.start(), port, log);
    }

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("examples/server/target"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("examples/server is not packaged"));
        }
    }

    /** Until its health is told, whatever it is. @return the HTTP status */
    int awaitHealth() throws IOException, InterruptedException {
        long began = System.nanoTime();
        HttpRequest health = request("/actuator/health").build();
        while (process.isAlive() && System.nanoTime() - began < PATIENCE.toNanos()) {
            try {
                return http.send(health, HttpResponse.BodyHandlers.discarding()).statusCode();
            } catch (IOException e) {
                Thread.sleep(10);
            }
        }
        throw new IllegalStateException("the server did not start: " + Files.readString(log));
    }

    /** Stores brokers on port 1883 of the hosts, all to be connected to. */
    void create(List<String> hosts) throws IOException, InterruptedException {
        String token = login();
        for (int i = 0; i < hosts.size(); i++) {
            createBroker(token, "broker " + i, hosts.get(i), 1883);
        }
    }

    String login() throws IOException, InterruptedException {
        String login = send(request("/api/auth/login")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"admin\",\"password\":\"" + PASSWORD + "\"}")));
        Matcher token = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(login);
        if (!token.find()) {
            throw new IllegalStateException("no token");
        }
        return token.group(1);
    }

    /** @return its number */
    long createBroker(String token, String name, String host, int port) throws IOException, InterruptedException {
        String broker = post(
                token,
                "brokers",
                "{\"broker_name\":\"" + name + "\",\"broker_host\":\"" + host + "\",\"broker_port\":" + port + "}");
        Matcher id = Pattern.compile("\"id\":([0-9]+)").matcher(broker);
        if (!id.find()) {
            throw new IllegalStateException("no number: " + broker);
        }
        return Long.parseLong(id.group(1));
    }

    void createDevice(String token, String topicName, long broker) throws IOException, InterruptedException {
        post(
                token,
                "devices",
                "{\"device_name\":\"" + topicName + "\",\"device_id\":\"" + topicName + "\",\"mqtt_broker_id\":"
                        + broker + "}");
    }

    /** How many brokers are connected. */
    long connected(String token) throws IOException, InterruptedException {
        return Pattern.compile("\"is_connected\":true")
                .matcher(send(request("/api/mqtt-brokers/status").header("Authorization", "Bearer " + token)))
                .results()
                .count();
    }

    private String post(String token, String what, String body) throws IOException, InterruptedException {
        return send(request("/api/mqtt-brokers/" + what)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException("HTTP " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json");
    }

    /** Ends it as an operator does. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
