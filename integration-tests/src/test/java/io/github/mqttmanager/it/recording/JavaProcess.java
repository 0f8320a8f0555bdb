package io.github.mqttmanager.it.recording;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A Java process with the class path of this one, which can be killed. It is spoken to by lines. It sees the end of its input when this process
 * ends, however that comes, and should end then; {@link #endInTime} makes sure.
 */
public final class JavaProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Longer than any test. */
    private static final Duration LIFE = Duration.ofMinutes(45);

    private static final String ENDED = "(ended)";

    private final Process process;
    private final Path written;
    private final BufferedWriter input;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

    /** @param written what it writes: a file, for Java may drop what is still in the pipe of a process that is killed while it is read */
    private JavaProcess(Process process, Path written) {
        this.process = process;
        this.written = written;
        this.input = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(this::read, "java-process-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one.
     *
     * @param errors where its error output is appended to
     */
    public static JavaProcess start(Path errors, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.net.preferIPv4Stack=true",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        try {
            Path written = Files.createTempFile("java-process", ".out");
            return new JavaProcess(
                    new ProcessBuilder(command)
                            .redirectOutput(written.toFile())
                            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                            .start(),
                    written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * For the other side, at the beginning of its {@code main}, where anybody may print, such as a logger.
     *
     * @return where lines for the parent go; what others print goes to the error output
     */
    public static PrintStream toParent() {
        PrintStream toParent = System.out;
        System.setOut(System.err);
        return toParent;
    }

    /** For the other side, at the beginning of its {@code main}: whoever was forgotten ends by himself. */
    public static void endInTime() {
        Thread end = new Thread(
                () -> {
                    long begun = System.nanoTime();
                    while (System.nanoTime() - begun < LIFE.toNanos()) {
                        LockSupport.parkNanos(LIFE.toNanos());
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-in-time");
        end.setDaemon(true);
        end.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new Growing(written), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
            Files.delete(written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            output.add(ENDED);
        }
    }

    /** A file that ends when the process has. */
    private final class Growing extends FilterInputStream {
        Growing(Path file) throws IOException {
            super(Files.newInputStream(file));
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            while (true) {
                boolean mayWrite = process.isAlive();
                int read = super.read(bytes, from, length);
                if (read > 0 || !mayWrite) {
                    return read;
                }
                LockSupport.parkNanos(500_000);
            }
        }
    }

    /** The next line that it writes. */
    public String answer() {
        try {
            String line = output.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (line == null || line.equals(ENDED)) {
                throw new IllegalStateException(
                        "process " + pid() + (line == null ? " does not answer" : " has ended"));
            }
            return line;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All lines that it wrote until it ended and that were not asked for; it must have ended, or be about to. */
    public List<String> rest() {
        List<String> rest = new ArrayList<>();
        try {
            String line = output.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            while (line != null && !line.equals(ENDED)) {
                rest.add(line);
                line = output.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            if (line == null) {
                throw new IllegalStateException("process " + pid() + " does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return rest;
    }

    /** Writes a line to it. */
    public void tell(String line) {
        try {
            input.write(line);
            input.write('\n');
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String ask(String line) {
        tell(line);
        return answer();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Ends its input, and it after a while. */
    @Override
    public void close() {
        try {
            input.close();
            if (process.waitFor(20, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // it is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }
}
