package io.github.mqttmanager.example.server.demo;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

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
                %s
              </listeners>
              <persistence>
                <mode>in-memory</mode>
              </persistence>
              <anonymous-usage-statistics>
                <enabled>false</enabled>
              </anonymous-usage-statistics>
            </hivemq>
            """;

    private static final String SECURE_LISTENER = """
            <tls-tcp-listener>
              <port>%d</port>
              <bind-address>127.0.0.1</bind-address>
              <tls>
                <keystore>
                  <path>%s</path>
                  <password>%s</password>
                  <private-key-password>%s</private-key-password>
                </keystore>
              </tls>
            </tls-tcp-listener>
            """;

    /** A further listener. @param keyStore what it proves itself with */
    record SecureListener(int port, Path keyStore) {
        private String configuration() {
            String path = keyStore.toString().replace("&", "&amp;").replace("<", "&lt;");
            return SECURE_LISTENER.formatted(port, path, DemoCertificates.PASSWORD, DemoCertificates.PASSWORD);
        }
    }

    private final EmbeddedHiveMQ broker;
    private final CompletableFuture<Void> started;

    private DemoBroker(EmbeddedHiveMQ broker, CompletableFuture<Void> before) {
        this.broker = broker;
        this.started = before.thenCompose(nothing -> broker.start());
    }

    /**
     * Begins to start a broker.
     *
     * @param secure its further listeners
     * @param accounts passwords by user name
     * @param folder for what it keeps
     * @param before what must be done first: extensions find their broker through static fields, so brokers start one by one
     */
    static DemoBroker start(
            int port,
            List<SecureListener> secure,
            Map<String, String> accounts,
            Path folder,
            CompletableFuture<Void> before)
            throws IOException {
        Path configuration = Files.createDirectories(folder.resolve("conf"));
        String further = secure.stream().map(SecureListener::configuration).collect(Collectors.joining());
        Files.writeString(configuration.resolve("config.xml"), CONFIGURATION.formatted(port, further));
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
        return new DemoBroker(broker, before);
    }

    /** Completes when clients can connect. */
    CompletableFuture<Void> started() {
        return started;
    }

    /** Begins to stop. */
    CompletableFuture<Void> stop() {
        return broker.stop();
    }
}
