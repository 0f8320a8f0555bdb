package io.github.mqttmanager.it.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * What a host application wrote down of its messages: the other side of the history. A line is with the operating system when a method returns, so
 * that it survives the end of the process; {@link #commit} waits for the disk, too. Several processes may write one after the other. Thread-safe.
 */
public final class HostLog implements AutoCloseable {
    /** What happened to a message. */
    public enum Event {
        /** A host process began; no message. */
        STARTED,
        /** The library took an outbound publish. */
        ACCEPTED,
        /** The library gave a receipt. */
        RECEIPT,
        /** The library gave a typed failure. */
        FAILED,
        /** A handler was called. */
        ENTERED,
        /** A handler made the message durable; it had not returned yet. */
        COMMITTED,
        /** A handler is about to return. */
        LEFT,
        /** The host's transaction, of which the message was part, was rolled back. */
        ROLLED_BACK
    }

    /** One line. */
    public record Entry(Event event, String message) {}

    private final FileChannel channel;

    private HostLog(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens it at its end. */
    public static HostLog open(Path file) {
        try {
            return new HostLog(FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void write(Event event, String message) {
        ByteBuffer line = StandardCharsets.UTF_8.encode(event + "\t" + message + "\n");
        try {
            synchronized (this) {
                while (line.hasRemaining()) {
                    channel.write(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes that the message is committed, and forces it to disk. */
    public void commit(String message) {
        write(Event.COMMITTED, message);
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in the file; to be closed. What a kill cut off is left out. */
    public static Stream<Entry> read(Path file) {
        try {
            return Files.lines(file).flatMap(line -> {
                int tab = line.indexOf('\t');
                return Stream.of(Event.values())
                        .filter(event -> tab > 0 && event.name().equals(line.substring(0, tab)))
                        .map(event -> new Entry(event, line.substring(tab + 1)));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
