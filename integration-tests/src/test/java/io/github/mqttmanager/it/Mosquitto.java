package io.github.mqttmanager.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Mosquitto process on loopback, which can be killed and started again on the same port. */
final class Mosquitto implements AutoCloseable {
    private static final List<Path> PROGRAMS = List.of(
            Path.of("/usr/sbin/mosquitto"),
            Path.of("/usr/local/sbin/mosquitto"),
            Path.of("/opt/homebrew/sbin/mosquitto"));

    private final Path directory;
    private final int port;
    private @Nullable Process process;

    private Mosquitto(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts one that keeps sessions in memory and lets anybody in. */
    static Mosquitto start() {
        return start("allow_anonymous true");
    }

    /** Starts one with further lines of configuration, in which {@code DIR} stands for its directory. */
    static Mosquitto start(String... configuration) {
        assumeTrue(isInstalled(), "Mosquitto is not installed");
        try {
            Path directory = Files.createTempDirectory("mosquitto");
            Mosquitto mosquitto = new Mosquitto(directory, freePort());
            List<String> lines = new ArrayList<>(List.of(
                    "listener " + mosquitto.port + " 127.0.0.1",
                    "user root",
                    "max_queued_messages 100000",
                    "log_dest stdout"));
            for (String line : configuration) {
                lines.add(line.replace("DIR", directory.toString()));
            }
            Files.write(directory.resolve("mosquitto.conf"), lines);
            mosquitto.begin();
            return mosquitto;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one that knows one user. */
    static Mosquitto withUser(String username, String password, String... configuration) {
        assumeTrue(isInstalled(), "Mosquitto is not installed");
        try {
            Path file = Files.createTempFile("mosquitto", ".passwords");
            run(List.of("mosquitto_passwd", "-b", "-c", file.toString(), username, password));
            List<String> lines = new ArrayList<>(List.of("allow_anonymous false", "password_file " + file));
            lines.addAll(List.of(configuration));
            return start(lines.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isInstalled() {
        return PROGRAMS.stream().anyMatch(Files::isExecutable);
    }

    /** Such as {@code 2.0.11}. */
    static String version() {
        Path program = PROGRAMS.stream().filter(Files::isExecutable).findFirst().orElseThrow();
        try {
            Process asked = new ProcessBuilder(program.toString(), "-h")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(asked.getInputStream().readAllBytes());
            return said.replaceFirst("(?s).*?version ([0-9.]+).*", "$1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void run(List<String> command) {
        try {
            Process ran = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(ran.getInputStream().readAllBytes());
            if (!ran.waitFor(30, TimeUnit.SECONDS) || ran.exitValue() != 0) {
                throw new IllegalStateException(command.get(0) + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return Objects.requireNonNull(process).pid();
    }

    /** Starts it again, on the same port. */
    void begin() {
        Path program = PROGRAMS.stream().filter(Files::isExecutable).findFirst().orElseThrow();
        try {
            process = new ProcessBuilder(
                            program.toString(),
                            "-c",
                            directory.resolve("mosquitto.conf").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("log").toFile()))
                    .start();
            for (int i = 0; i < 500; i++) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
                    return;
                } catch (IOException e) {
                    process.waitFor(20, TimeUnit.MILLISECONDS);
                }
            }
            throw new IllegalStateException("Mosquitto does not start: " + Files.readString(directory.resolve("log")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code kill -9}. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    @Override
    public void close() {
        kill();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
