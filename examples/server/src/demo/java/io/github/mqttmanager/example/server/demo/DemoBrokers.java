package io.github.mqttmanager.example.server.demo;

import io.github.mqttmanager.example.server.ServerProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The two brokers of the demo. They start while the rest of the application does. */
@Component
@Profile("demo")
final class DemoBrokers implements DisposableBean {
    static final String HOUSE_USER = "user";
    static final String HOUSE_PASSWORD = "pass";
    static final String VISITOR_USER = "visitor";
    static final String VISITOR_PASSWORD = "welcome";
    static final String GREENHOUSE_USER = "greenhouse";
    static final String GREENHOUSE_PASSWORD = "tomatoes";

    private static final Logger LOG = LoggerFactory.getLogger(DemoBrokers.class);

    private final DemoBroker house;
    private final DemoBroker greenhouse;

    DemoBrokers(ServerProperties properties, @Value("${example.demo.port:1883}") int port) throws IOException {
        Path folder = properties.dataDirectory().toAbsolutePath().normalize().resolve("demo");
        int housePort = DemoBroker.freePort(port);
        if (housePort != port) {
            LOG.warn("Port {} is taken: the demo's first broker listens on port {}", port, housePort);
        }
        house = DemoBroker.start(
                housePort,
                Map.of(HOUSE_USER, HOUSE_PASSWORD, VISITOR_USER, VISITOR_PASSWORD),
                folder.resolve("house"),
                CompletableFuture.completedFuture(null));
        greenhouse = DemoBroker.start(
                DemoBroker.freePort(port == 0 ? 0 : port + 1),
                Map.of(GREENHOUSE_USER, GREENHOUSE_PASSWORD),
                folder.resolve("greenhouse"),
                house.started());
    }

    /** Accepts {@code user} with the password {@code pass}. */
    DemoBroker house() {
        return house;
    }

    DemoBroker greenhouse() {
        return greenhouse;
    }

    void awaitStart() {
        greenhouse.started().join();
        LOG.info(
                "Embedded brokers listen on localhost:{} (user {}) and localhost:{} (user {})",
                house.port(),
                HOUSE_USER,
                greenhouse.port(),
                GREENHOUSE_USER);
    }

    @Override
    public void destroy() {
        CompletableFuture.allOf(house.stop(), greenhouse.stop())
                .orTimeout(10, TimeUnit.SECONDS)
                .exceptionally(e -> {
                    LOG.warn("An embedded broker did not stop", e);
                    return null;
                })
                .join();
    }
}
