package io.github.mqttmanager.example.server.demo;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An MQTT broker within the process, on the loopback address only, that demands credentials. */
final class DemoBroker {
    private static final String CONFIGURATION = """
            <?xml version="1.0" encoding="UTF-8"?>
            <hivemq>
              <listeners>
                <tcp-listener>
                  <port>%d</port>
                  <bind-address>127.0.0.1</bind-address>
                </tcp-listener>
              </listeners>
              <persistence>
                <mode>in-memory</mode>
              </persistence>
              <anonymous-usage-statistics>
                <enabled>false</enabled>
              </anonymous-usage-statistics>
            </hivemq>
            """;

    private final int port;
    private final EmbeddedHiveMQ broker;
    private final CompletableFuture<Void> started;

    private DemoBroker(int port, EmbeddedHiveMQ broker, CompletableFuture<Void> before) {
        this.port = port;
        this.broker = broker;
        this.started = before.thenCompose(nothing -> broker.start());
    }

    /**
     * Begins to start a broker.
     *
     * @param accounts passwords by user name
     * @param folder for what it keeps
     * @param before what must be done first: extensions find their broker through static fields, so brokers start one by one
     */
    static DemoBroker start(int port, Map<String, String> accounts, Path folder, CompletableFuture<Void> before)
            throws IOException {
        Path configuration = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(configuration.resolve("config.xml"), CONFIGURATION.formatted(port));
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(configuration)
                .withDataFolder(Files.createDirectories(folder.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                .withEmbeddedExtension(EmbeddedExtension.builder()
                        .withId("namespaces")
                        .withName("Namespaces")
                        .withVersion("1")
                        .withAuthor("mqtt-manager")
                        .withPriority(0)
                        .withStartPriority(0)
                        .withExtensionMain(new Namespaces(accounts))
                        .build())
                .withoutLoggingBootstrap()
                .build();
        return new DemoBroker(port, broker, before);
    }

    int port() {
        return port;
    }

    /** Completes when clients can connect. */
    CompletableFuture<Void> started() {
        return started;
    }

    /** The wanted port if nobody has it, else any other. */
    static int freePort(int wanted) throws IOException {
        try {
            return tryPort(wanted);
        } catch (IOException e) {
            return tryPort(0);
        }
    }

    private static int tryPort(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return socket.getLocalPort();
        }
    }

    /** Begins to stop. */
    CompletableFuture<Void> stop() {
        return broker.stop();
    }
}
