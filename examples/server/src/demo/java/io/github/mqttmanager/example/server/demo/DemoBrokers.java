package io.github.mqttmanager.example.server.demo;

import io.github.mqttmanager.example.server.ServerProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The two brokers of the demo, and what it takes to fail at them. They start while the rest of the application does. */
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

    private final Map<DemoPort, Integer> ports;
    private final CompletableFuture<String> authority;
    private final DemoBroker house;
    private final DemoBroker greenhouse;
    private final SilentListener silent;

    DemoBrokers(ServerProperties properties, @Value("${example.demo.port:1883}") int port) throws IOException {
        Path folder = properties.dataDirectory().toAbsolutePath().normalize().resolve("demo");
        ports = DemoPort.free(port);
        if (port != 0 && port(DemoPort.HOUSE) != port) {
            LOG.warn("Port {} is taken: the demo's first broker listens on port {}", port, port(DemoPort.HOUSE));
        }
        Path certificates = folder.resolve("certificates");
        authority = CompletableFuture.supplyAsync(() -> readOrMake(certificates));
        house = DemoBroker.start(
                port(DemoPort.HOUSE),
                List.of(
                        secure(DemoPort.TLS, DemoCertificates.Kind.FINE, certificates),
                        secure(DemoPort.EXPIRED, DemoCertificates.Kind.EXPIRED, certificates),
                        secure(DemoPort.ELSEWHERE, DemoCertificates.Kind.ELSEWHERE, certificates)),
                Map.of(HOUSE_USER, HOUSE_PASSWORD, VISITOR_USER, VISITOR_PASSWORD),
                folder.resolve("house"),
                authority.thenAccept(made -> {}));
        greenhouse = DemoBroker.start(
                port(DemoPort.GREENHOUSE),
                List.of(),
                Map.of(GREENHOUSE_USER, GREENHOUSE_PASSWORD),
                folder.resolve("greenhouse"),
                house.started());
        silent = new SilentListener(port(DemoPort.SILENT));
    }

    private static String readOrMake(Path folder) {
        try {
            return DemoCertificates.readOrMake(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DemoBroker.SecureListener secure(DemoPort port, DemoCertificates.Kind kind, Path folder) {
        return new DemoBroker.SecureListener(port(port), kind.keyStore(folder));
    }

    int port(DemoPort port) {
        return Objects.requireNonNull(ports.get(port));
    }

    /** The certificate of the demo's own authority in PEM. */
    String authority() {
        return authority.join();
    }

    void awaitStart() {
        greenhouse.started().join();
        LOG.info(
                "Embedded brokers listen on localhost:{} (user {}; with TLS on {}) and localhost:{} (user {})",
                port(DemoPort.HOUSE),
                HOUSE_USER,
                port(DemoPort.TLS),
                port(DemoPort.GREENHOUSE),
                GREENHOUSE_USER);
    }

    @Override
    public void destroy() throws IOException {
        silent.close();
        CompletableFuture.allOf(house.stop(), greenhouse.stop())
                .orTimeout(10, TimeUnit.SECONDS)
                .exceptionally(e -> {
                    LOG.warn("An embedded broker did not stop", e);
                    return null;
                })
                .join();
    }
}
