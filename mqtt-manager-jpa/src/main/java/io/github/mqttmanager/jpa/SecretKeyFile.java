package io.github.mqttmanager.jpa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key ring in a file, which may be changed while processes run: each looks at the file whenever it uses a key, and reads it again when it
 * is another one. What cannot be used, such as a file that is gone or half written, is logged, and the ring from before goes on.
 *
 * <p>A new key is taken into use in steps, so that no process meets a secret that it cannot read:
 *
 * <pre>{@code
 * String id = file.add();          // everybody can read what it will encrypt; copy the file to other machines now
 * file.activate(id);               // from now on secrets are encrypted with it
 * repository.resealSecrets();      // until nothing remains
 * file.remove(oldId);              // keep a copy for as long as there are backups from before
 * }</pre>
 *
 * <p>The file, which may be a symbolic link, must be readable by its owner only: whoever has it and a copy of the database has all passwords.
 * It is replaced as a whole, so a crash leaves the old one or the new one. Changes by several processes of one machine wait for each other.
 * This class is thread-safe.
 */
public final class SecretKeyFile implements SecretKeySource {
    private static final Logger LOG = LoggerFactory.getLogger(SecretKeyFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /** Two changes in this time may leave the same time at the file. */
    private static final Duration COARSE = Duration.ofSeconds(1);

    private static final Object CHANGES = new Object();

    private final Path file;
    private volatile Content content;
    private volatile @Nullable String trouble;

    /** @param settled whether a file that looks the same is the same */
    private record Content(SecretKeys ring, State state, boolean settled) {}

    private record State(
            FileTime changed, long size, @Nullable Object file) {}

    private SecretKeyFile(Path file) {
        this.file = file;
        this.content = read(file);
    }

    /**
     * The ring in the file.
     *
     * @throws IllegalArgumentException if it holds none, or others than its owner have access to it; the message says nothing of the keys
     * @throws UncheckedIOException if it cannot be read
     */
    public static SecretKeyFile of(Path file) {
        return new SecretKeyFile(file);
    }

    /**
     * As {@link #of}; where the file is absent, it is made with a random key, readable by its owner only. Back it up: without it, the
     * secrets in the database are lost.
     */
    public static SecretKeyFile ofOrCreate(Path file) {
        if (Files.notExists(file)) {
            try {
                Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
                Path written = Files.createTempFile(directory, ".keys", ".tmp", ownerOnly());
                try {
                    write(written, SecretKeys.randomLine());
                    // fails where another process was faster, whose key then holds
                    Files.createLink(file, written);
                } finally {
                    Files.delete(written);
                }
            } catch (FileAlreadyExistsException e) {
                return of(file);
            } catch (IOException e) {
                throw new UncheckedIOException("key file " + file + " cannot be made", e);
            }
        }
        return of(file);
    }

    @Override
    public SecretKeys keys() {
        Content known = content;
        try {
            return known.settled && known.state.equals(state(file)) ? known.ring : reread();
        } catch (IOException | RuntimeException e) {
            note(e);
            return known.ring;
        }
    }

    /**
     * Reads the file now.
     *
     * @throws IllegalArgumentException if it holds no ring, or others than its owner have access to it; the ring from before goes on
     * @throws UncheckedIOException if it cannot be read; the ring from before goes on
     */
    public SecretKeys reread() {
        Content now = read(file);
        String before = content.ring.toString();
        content = now;
        trouble = null;
        if (!before.equals(now.ring.toString())) {
            LOG.info("Key file {} was read again: {} instead of {}", file, now.ring, before);
        }
        return now.ring;
    }

    private void note(Exception e) {
        String said = String.valueOf(e.getMessage());
        if (!said.equals(trouble)) {
            trouble = said;
            LOG.warn("Key file {} cannot be read, so {} go on: {}", file, content.ring, said);
        }
    }

    /**
     * Adds a new random key, as the last one: it opens what others may seal with it, and seals nothing yet.
     *
     * @return its id
     */
    public String add() {
        String line = SecretKeys.randomLine();
        String id = line.substring(0, line.indexOf('='));
        change(lines -> {
            lines.add(line.strip());
            return lines;
        });
        return id;
    }

    /** Makes the key the one that seals. @throws IllegalArgumentException if it is not in the file */
    public void activate(String id) {
        change(lines -> {
            lines.add(0, take(lines, id));
            return lines;
        });
    }

    /**
     * Removes a key that does not seal. What is still sealed with it cannot be read from then on.
     *
     * @throws IllegalArgumentException if it is not in the file, or is the active one
     */
    public void remove(String id) {
        change(lines -> {
            if (SecretKeys.fromText(String.join("\n", lines)).activeId().equals(id)) {
                throw new IllegalArgumentException("key " + id + " is the active one; activate another one first");
            }
            take(lines, id);
            return lines;
        });
    }

    private static String take(List<String> lines, String id) {
        for (String line : lines) {
            if (SecretKeys.isOf(line, id)) {
                lines.remove(line);
                return line;
            }
        }
        throw new IllegalArgumentException("key " + id + " is not in the key file");
    }

    /** Of the file itself, not of a link to it: writes another one beside it, and puts it in its place. */
    private void change(UnaryOperator<List<String>> edit) {
        synchronized (CHANGES) {
            try {
                Path real = file.toRealPath();
                try (FileChannel guard = FileChannel.open(
                                beside(real, ".lock"),
                                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                ownerOnly());
                        FileLock lock = guard.lock()) {
                    read(real);
                    List<String> lines = SecretKeys.entries(Files.readString(real, StandardCharsets.UTF_8));
                    String text = String.join("\n", edit.apply(new ArrayList<>(lines))) + "\n";
                    SecretKeys.fromText(text);
                    Path written = beside(real, ".new");
                    write(written, text);
                    Files.move(written, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("key file " + file + " cannot be changed", e);
            }
            reread();
        }
    }

    private static Path beside(Path file, String end) {
        return file.resolveSibling("." + file.getFileName() + end);
    }

    /** To the disk, for what is sealed with a key of it must not outlive it. */
    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                ownerOnly())) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static Content read(Path file) {
        try {
            if (posix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
                throw new IllegalArgumentException("key file " + file
                        + " must be readable by its owner only (chmod 600), for its keys open all stored passwords");
            }
            State before = state(file);
            SecretKeys ring = SecretKeys.fromText(Files.readString(file, StandardCharsets.UTF_8));
            boolean settled = before.equals(state(file))
                    && before.changed.toInstant().isBefore(Instant.now().minus(COARSE));
            return new Content(ring, before, settled);
        } catch (IllegalArgumentException e) {
            String said = String.valueOf(e.getMessage());
            throw said.startsWith("key file ") ? e : new IllegalArgumentException("key file " + file + ": " + said);
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + file + " cannot be read", e);
        }
    }

    private static State state(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(found.lastModifiedTime(), found.size(), found.fileKey());
    }

    private static FileAttribute<?>[] ownerOnly() {
        return posix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    /** Where it is, and the ids of its keys. */
    @Override
    public String toString() {
        return file + " " + content.ring;
    }
}
