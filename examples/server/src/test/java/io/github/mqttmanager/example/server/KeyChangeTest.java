package io.github.mqttmanager.example.server;

import static io.github.mqttmanager.example.server.PlainServer.BROKERS;
import static io.github.mqttmanager.example.server.PlainServer.awaitConnected;
import static io.github.mqttmanager.example.server.PlainServer.broker;
import static io.github.mqttmanager.example.server.PlainServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.test.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The key that passwords are encrypted with is changed by hand while the server runs, as docs/secrets.md says. */
class KeyChangeTest {
    private static final String RESEAL = "/api/secrets/reseal";

    @TempDir
    private Path data;

    @Test
    void theOldKeyCanGoWhenNothingRemainsAndConnectionsStayAsTheyAre() throws Exception {
        try (EmbeddedBroker guarded =
                        EmbeddedBroker.builder().user("user", "pass").start();
                ConfigurableApplicationContext server = PlainServer.start(data)) {
            Api api = Api.of(server).signedIn("admin", ServerTest.PASSWORD);
            for (int i = 1; i <= 2; i++) {
                api.post(BROKERS, broker("b" + i, guarded.port(), ",'username':'user','password':'pass'"))
                        .is(201);
                awaitConnected(api, i);
            }
            String since = status(api, 1).path("since").stringValue();
            Path ring = data.resolve("secret-keys");
            String old = Files.readString(ring).strip();
            String added = "added=" + Base64.getEncoder().encodeToString(new byte[32]);

            replace(ring, added + "\n" + old + "\n");
            JsonNode report = api.post(RESEAL, "").is(200).json();
            assertThat(report.path("resealed").longValue()).isEqualTo(2);
            assertThat(report.path("remaining").longValue()).isZero();
            assertThat(api.post(RESEAL, "").is(200).json().path("resealed").longValue())
                    .isZero();

            replace(ring, added + "\n");
            api.put(BROKERS + "/2", ServerTest.json("{'broker_name':'renamed'}"))
                    .is(200);
            assertThat(status(api, 1).path("since").stringValue())
                    .as("nothing was connected anew")
                    .isEqualTo(since);

            replace(ring, old + "\n");
            JsonNode left = api.post(RESEAL, "").is(200).json();
            assertThat(left.path("remaining").longValue()).isEqualTo(2);
            assertThat(left.path("unreadable").get(0).path("broker_id").longValue())
                    .isEqualTo(1);
            assertThat(left.path("unreadable").get(0).path("message").stringValue())
                    .contains("credentials.password of broker 1 (b1)", "key added is not in the key ring");
            assertThat(left.toString())
                    .doesNotContain(added.substring(6))
                    .doesNotContain(old.substring(old.indexOf('=') + 1));
        }
    }

    /** In one step, as an editor or {@code mv} does it. */
    private static void replace(Path ring, String text) throws Exception {
        Path next = Files.copy(ring, ring.resolveSibling("next"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(next, text);
        Files.move(next, ring, StandardCopyOption.ATOMIC_MOVE);
    }
}
