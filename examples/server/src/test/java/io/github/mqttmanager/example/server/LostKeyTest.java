package io.github.mqttmanager.example.server;

import static io.github.mqttmanager.example.server.PlainServer.BROKERS;
import static io.github.mqttmanager.example.server.PlainServer.awaitConnected;
import static io.github.mqttmanager.example.server.PlainServer.broker;
import static io.github.mqttmanager.example.server.PlainServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.test.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The server is started without the key that its brokers' passwords were encrypted with, and gets it back while it runs. */
class LostKeyTest {
    @TempDir
    private Path data;

    @Test
    void brokersWithoutTheirKeyAreExplainedAndTheOthersRun() throws Exception {
        Path key = data.resolve("secret-keys");
        Path backup = data.resolve("backup");
        try (EmbeddedBroker open = EmbeddedBroker.builder().start();
                EmbeddedBroker guarded =
                        EmbeddedBroker.builder().user("user", "pass").start()) {
            try (ConfigurableApplicationContext server = PlainServer.start(data)) {
                Api api = Api.of(server).signedIn("admin", ServerTest.PASSWORD);
                api.post(BROKERS, broker("open", open.port(), "")).is(201);
                api.post(BROKERS, broker("entered", guarded.port(), ",'username':'user','password':'pass'"))
                        .is(201);
                api.post(BROKERS, broker("restored", guarded.port(), ",'username':'user','password':'pass'"))
                        .is(201);
                awaitConnected(api, 1, 2, 3);
            }
            Files.move(key, backup);
            // without the feed, that would look at what was edited here once more: the manager has to look by itself
            try (ConfigurableApplicationContext server =
                    PlainServer.start(data, "--mqtt-manager.jpa.change-feed.enabled=false")) {
                Api api = Api.of(server).signedIn("admin", ServerTest.PASSWORD);
                awaitConnected(api, 1);
                assertIsExplained(api);
                nothingIsLostByAnEdit(api);
                thePasswordCanBeEnteredAgain(api);

                // the old key comes back, as a further one
                Files.writeString(key, Files.readString(backup), StandardOpenOption.APPEND);
                awaitConnected(api, 1, 2, 3);
                assertThat(api.get(BROKERS + "/3")
                                .is(200)
                                .json()
                                .path("broker_name")
                                .stringValue())
                        .isEqualTo("restored");
                api.put(BROKERS + "/3", ServerTest.json("{'broker_name':'edited'}"))
                        .is(200);
                awaitConnected(api, 3);
            }
        }
    }

    private static void assertIsExplained(Api api) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> failure(api, 3).path("kind").asString("").equals("DEFINITION_UNREADABLE"));
        assertThat(failure(api, 3).path("message").stringValue())
                .contains("credentials.password of broker 3 (restored)", "is not in the key ring");
        assertThat(failure(api, 3).path("remedy").stringValue())
                .contains("Put the key back into the key ring, or enter credentials.password again");
        JsonNode all = api.get(BROKERS).is(200).json();
        assertThat(all.valueStream().map(each -> each.path("broker_name").stringValue()))
                .containsExactly("open", "entered", "restored");
        assertThat(all.valueStream().map(each -> each.path("has_password").booleanValue()))
                .containsExactly(false, true, true);
        assertThat(all.valueStream().map(each -> each.path("is_connected").booleanValue()))
                .containsExactly(true, false, false);
        assertThat(api.get("/api/mqtt-brokers/status").is(200).json().valueStream())
                .hasSize(3);
        assertThat(api.get(BROKERS + "/3").is(200).json().path("username").stringValue())
                .isEqualTo("user");
        api.get(BROKERS + "/3/events").is(200);
        api.get(BROKERS + "/3/explain?topic=a").is(200);
        api.get("/api/mqtt-brokers/statistics").is(200);
        api.post(BROKERS + "/3/control", ServerTest.json("{'action':'disconnect'}"))
                .is(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(api, 3).path("state").stringValue().equals("DISCONNECTED"));
        api.post(BROKERS + "/3/control", ServerTest.json("{'action':'connect'}"))
                .is(202);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(api, 3).path("state").stringValue().equals("FAILED"));
        api.post("/api/mqtt-brokers/devices", ServerTest.json("{'device_name':'d','device_id':'d','mqtt_broker_id':3}"))
                .is(201);
        api.delete(BROKERS + "/3").isProblem(409, "BROKER_IN_USE");
    }

    private static void nothingIsLostByAnEdit(Api api) {
        String detail = api.put(BROKERS + "/3", ServerTest.json("{'broker_name':'renamed'}"))
                .isProblem(409, "BROKER_UNREADABLE")
                .json()
                .path("detail")
                .stringValue();
        assertThat(detail).contains("broker 3 (restored)", "Put the key back", "enter credentials.password again");
        api.post(BROKERS + "/test", ServerTest.json("{'id':3}")).isProblem(409, "BROKER_UNREADABLE");
    }

    private static void thePasswordCanBeEnteredAgain(Api api) {
        api.put(BROKERS + "/2", ServerTest.json("{'password':'pass'}")).is(200);
        awaitConnected(api, 2);
    }

    private static JsonNode failure(Api api, int id) {
        return status(api, id).path("failure");
    }
}
