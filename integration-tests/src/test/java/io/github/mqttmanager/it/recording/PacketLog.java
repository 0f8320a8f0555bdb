package io.github.mqttmanager.it.recording;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of all packets, which is also what sessions are made of again after a {@code kill -9}. What follows from a line, such as an answer,
 * happens when the line is written; and if a message was accepted, when it was forced to disk. Lines that come while the disk is busy are
 * written together.
 */
final class PacketLog {
    private record Entry(
            @Nullable LoggedPacket packet, @Nullable Runnable then) {}

    private final FileChannel channel;
    private final Executor afterwards;
    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

    /**
     * Opens it at its end.
     *
     * @param afterwards runs what follows from lines, in their order
     */
    PacketLog(Path file, Executor afterwards) throws IOException {
        this.channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        this.afterwards = afterwards;
        Thread thread = new Thread(this::write, "packet-log");
        thread.setDaemon(true);
        thread.start();
    }

    /** What earlier processes wrote, in order. A line that a kill cut off was never answered; it is taken away. */
    static void replay(Path file, Consumer<LoggedPacket> packets) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        trim(file);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                packets.accept(LoggedPacket.parse(line));
            }
        }
    }

    private static void trim(Path file) throws IOException {
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            long end = written.length();
            while (end > 0) {
                written.seek(end - 1);
                if (written.read() == '\n') {
                    break;
                }
                end--;
            }
            written.setLength(end);
        }
    }

    void append(LoggedPacket packet) {
        entries.add(new Entry(packet, null));
    }

    /** Runs this when everything that was appended before is written, and is on disk where it must be. */
    void afterwards(Runnable task) {
        entries.add(new Entry(null, task));
    }

    private void write() {
        List<Entry> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(entries.take());
                entries.drainTo(batch);
                StringBuilder text = new StringBuilder();
                boolean durable = false;
                List<Runnable> tasks = new ArrayList<>();
                for (Entry entry : batch) {
                    if (entry.packet() != null) {
                        text.append(entry.packet().line());
                        durable |= entry.packet().isAccepted();
                    } else if (entry.then() != null) {
                        tasks.add(entry.then());
                    }
                }
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                if (durable) {
                    channel.force(false);
                }
                afterwards.execute(() -> tasks.forEach(Runnable::run));
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // A broker that cannot keep its word must not give it.
            throw new UncheckedIOException(e);
        }
    }
}
