package io.github.mqttmanager.test;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file system of a few megabytes in memory, of which a file takes a part until space is needed: for tests of what happens when the disk of a
 * database is full. On Linux, as root.
 */
public final class SmallDisk implements AutoCloseable {
    private final Path at;
    private final Path filler;

    private SmallDisk(Path at, Path filler) {
        this.at = at;
        this.filler = filler;
    }

    /**
     * Mounts one; where that is not allowed, the test is skipped.
     *
     * @param at a directory, made if it is not there
     * @param taken how many of the megabytes are taken until {@link #free}
     */
    public static SmallDisk mount(Path at, int megabytes, int taken) throws IOException, InterruptedException {
        Files.createDirectories(at);
        assumeTrue(
                Files.isExecutable(Path.of("/bin/mount"))
                        && run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", at.toString()),
                "a small file system cannot be mounted here");
        return new SmallDisk(at, Files.write(at.resolve("filler"), new byte[taken * 1024 * 1024]));
    }

    /** A directory on it that a database may use, whoever it runs as. */
    public Path directory() throws IOException, InterruptedException {
        Path directory = Files.createDirectory(at.resolve("space"));
        run("chmod", "-R", "777", directory.toString());
        run("chmod", "755", at.toString(), at.resolve("..").toString());
        return directory;
    }

    /** Takes all that is left, until {@link #free}. */
    public void fill() throws IOException {
        try (OutputStream rest = Files.newOutputStream(filler, StandardOpenOption.APPEND)) {
            byte[] page = new byte[4096];
            while (true) {
                rest.write(page);
            }
        } catch (IOException e) {
            if (at.toFile().getUsableSpace() > 0) {
                throw e;
            }
        }
    }

    /** There is space again. */
    public void free() throws IOException {
        Files.delete(filler);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", "-l", at.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }
}
