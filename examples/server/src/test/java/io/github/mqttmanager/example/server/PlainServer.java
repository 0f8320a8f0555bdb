package io.github.mqttmanager.example.server;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A server without the demo, for tests that start it anew or touch its files, and its brokers. */
final class PlainServer {
    static final String BROKERS = "/api/mqtt-brokers/brokers";

    private PlainServer() {}

    /** @param more further arguments */
    static ConfigurableApplicationContext start(Path data, String... more) {
        return ExampleServer.application()
                .run(Stream.concat(
                                Stream.of(
                                        "--spring.profiles.active=plain",
                                        "--server.port=0",
                                        "--example.data-directory=" + data,
                                        "--example.network=everything",
                                        "--ADMIN_PASSWORD=" + ServerTest.PASSWORD),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    /** @param more further fields, each with a comma before it */
    static String broker(String name, int port, String more) {
        return ServerTest.json(
                "{'broker_name':'%s','broker_host':'127.0.0.1','broker_port':%d%s}".formatted(name, port, more));
    }

    static JsonNode status(Api api, int id) {
        return api.get(BROKERS + "/" + id).is(200).json().path("status");
    }

    static void awaitConnected(Api api, int... ids) {
        for (int id : ids) {
            await("broker " + id + " is connected")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> status(api, id).path("is_connected").booleanValue());
        }
    }
}
