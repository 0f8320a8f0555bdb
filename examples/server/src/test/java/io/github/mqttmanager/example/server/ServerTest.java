package io.github.mqttmanager.example.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;
import tools.jackson.databind.JsonNode;

/**
 * A test against the whole server, which runs once for all of them: with its demo, on any ports, in a new directory. With the profile
 * {@code postgres} it runs once more for all that have it, on a database of its own.
 */
@SpringBootTest(
        classes = ExampleServer.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "example.demo.port=0",
            "example.limits.brokers=12",
            "example.limits.devices=12",
            "example.limits.streams=3",
            "example.limits.messages-per-second=20",
            "example.limits.messages-at-once=400",
            "example.readings.per-user=2000",
            "example.login.refill=2m",
            "example.heartbeat=700ms"
        })
@ActiveProfiles("demo")
@ContextConfiguration(initializers = ServerTest.Places.class)
public abstract class ServerTest {
    protected static final String PASSWORD = "correct horse battery";
    private static final AtomicInteger USERS = new AtomicInteger();

    @LocalServerPort
    private int port;

    @Autowired
    ApplicationContext context;

    /** Where this server keeps what it stores. */
    static final class Places implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of("example.data-directory=" + temporary()).applyTo(context);
            if (context.getEnvironment().matchesProfiles("postgres")) {
                TestPropertyValues.of(TestPostgres.properties(TestPostgres.newDatabase()))
                        .applyTo(context);
            }
        }
    }

    static Path temporary() {
        try {
            return Files.createTempDirectory("mqtt-manager-server");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data() {
        return context.getBean(ServerProperties.class).dataDirectory();
    }

    protected int port() {
        return port;
    }

    protected Api anonymous() {
        return new Api("http://127.0.0.1:" + port, null);
    }

    /** The first user. */
    protected Api admin() {
        try {
            return login(
                    "admin",
                    Files.readString(data().resolve("initial-admin-password")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    protected Api login(String username, String password) {
        Api.Answer answer = anonymous()
                .post("/api/auth/login", json("{'username':'%s','password':'%s'}".formatted(username, password)))
                .is(200);
        return anonymous().with(answer.json().path("access_token").stringValue());
    }

    /** Somebody whom nobody has seen before. */
    public record Somebody(long id, String name, Api api) {}

    protected Somebody newUser() {
        String name = getClass().getSimpleName().toLowerCase(Locale.ROOT) + USERS.incrementAndGet();
        JsonNode user = admin().post("/api/users", json("{'username':'%s','password':'%s'}".formatted(name, PASSWORD)))
                .is(201)
                .json();
        return new Somebody(user.path("id").longValue(), name, login(name, PASSWORD));
    }

    /** The port of the embedded broker that accepts user and pass. */
    protected int demoBrokerPort() {
        return admin().get("/api/mqtt-brokers/brokers/1")
                .is(200)
                .json()
                .path("broker_port")
                .intValue();
    }

    /** A broker that nobody connects to. */
    protected static String passiveBroker(String name) {
        return json(
                "{'broker_name':'%s','broker_host':'localhost','broker_port':1883,'is_active':false}".formatted(name));
    }

    protected long createBroker(Api api, String body) {
        return api.post("/api/mqtt-brokers/brokers", body)
                .is(201)
                .json()
                .path("id")
                .longValue();
    }

    /** A new broker definition of the user that connects to the demo's first broker. */
    protected long createDemoBroker(Api api) {
        return createBroker(
                api,
                json(
                        "{'broker_name':'House','broker_host':'localhost','broker_port':%d,'username':'user','password':'pass'}"
                                .formatted(demoBrokerPort())));
    }

    protected long createDevice(Api api, long broker, String deviceId) {
        return api.post(
                        "/api/mqtt-brokers/devices",
                        json("{'device_name':'A device','device_id':'%s','mqtt_broker_id':%d}"
                                .formatted(deviceId, broker)))
                .is(201)
                .json()
                .path("id")
                .longValue();
    }

    /** JSON that is easier to read in Java. */
    protected static String json(String text) {
        return text.replace('\'', '"');
    }
}
