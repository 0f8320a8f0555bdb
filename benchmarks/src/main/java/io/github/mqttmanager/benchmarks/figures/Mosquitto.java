package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Mosquitto process on loopback, which can be stopped and continued. */
final class Mosquitto implements AutoCloseable {
    private final Process process;
    private final int port;

    private Mosquitto(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Mosquitto start() throws IOException, InterruptedException {
        Path program = List.of(
                        Path.of("/usr/sbin/mosquitto"),
                        Path.of("/usr/local/sbin/mosquitto"),
                        Path.of("/opt/homebrew/sbin/mosquitto"))
                .stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Mosquitto is not installed"));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path directory = Files.createTempDirectory("mosquitto");
        Path configuration = Files.write(
                directory.resolve("mosquitto.conf"),
                List.of("listener " + port + " 127.0.0.1", "user root", "allow_anonymous true", "log_dest stdout"));
        Process process = new ProcessBuilder(program.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        for (int i = 0; i < 500 && process.isAlive(); i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
                return new Mosquitto(process, port);
            } catch (IOException e) {
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("Mosquitto does not start: " + Files.readString(directory.resolve("log")));
    }

    int port() {
        return port;
    }

    /** {@code SIGSTOP}: it is there and does nothing. */
    void stop() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int result = new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (result != 0) {
            throw new IllegalStateException("kill " + signal + " failed with " + result);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
