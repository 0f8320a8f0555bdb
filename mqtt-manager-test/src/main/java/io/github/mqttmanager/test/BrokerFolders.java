package io.github.mqttmanager.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The temporary folders of an embedded broker.
 *
 * @param home holds the others
 */
record BrokerFolders(Path home) {
    static BrokerFolders make() {
        try {
            BrokerFolders folders = new BrokerFolders(Files.createTempDirectory("embedded-broker-"));
            for (Path folder : List.of(folders.configuration(), folders.data(), folders.extensions())) {
                Files.createDirectory(folder);
            }
            return folders;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path configuration() {
        return home.resolve("conf");
    }

    Path data() {
        return home.resolve("data");
    }

    Path extensions() {
        return home.resolve("extensions");
    }

    void configure(int port, boolean persistent, long maxQueuedMessages) {
        String text = """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener>
                      <port>%d</port>
                      <bind-address>127.0.0.1</bind-address>
                    </tcp-listener>
                  </listeners>
                  <mqtt>
                    <queued-messages>
                      <max-queue-size>%d</max-queue-size>
                    </queued-messages>
                  </mqtt>
                  <persistence>
                    <mode>%s</mode>
                  </persistence>
                  <anonymous-usage-statistics>
                    <enabled>false</enabled>
                  </anonymous-usage-statistics>
                </hivemq>
                """.formatted(port, maxQueuedMessages, persistent ? "file" : "in-memory");
        try {
            Files.writeString(configuration().resolve("config.xml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete() {
        try (Stream<Path> found = Files.walk(home)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
