package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretKeyFileTest {
    private static final Secret SECRET = Secret.of("secret");
    private static final String ONE = "k1=" + Base64.getEncoder().encodeToString(TestKeys.bytes(1));
    private static final String TWO = "k2=" + Base64.getEncoder().encodeToString(TestKeys.bytes(2));

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("keys");
    }

    @Test
    void anAbsentFileIsMadeOnlyWhenAsked() throws IOException {
        assertThatThrownBy(() -> SecretKeyFile.of(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).doesNotExist();
        String made = SecretKeyFile.ofOrCreate(file).keys().toString();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(SecretKeyFile.ofOrCreate(file).keys()).hasToString(made);
        assertThat(SecretKeyFile.of(file).keys()).hasToString(made);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void thoseWhoMakeAFileTogetherGetTheSameKey() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            Callable<String> start = () -> SecretKeyFile.ofOrCreate(file).keys().toString();
            List<String> rings = new ArrayList<>();
            for (Future<String> ring : executor.invokeAll(List.of(start, start, start, start))) {
                rings.add(ring.get());
            }
            assertThat(rings.stream().distinct()).hasSize(1);
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rwx------", "rw--w----"})
    void aFileThatOthersHaveAccessToIsRefusedWithTheReason(String permissions) throws IOException {
        SecretKeyFile.ofOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretKeyFile.of(file))
                .withMessageContaining(file.toString())
                .withMessageContaining("owner only (chmod 600)")
                .withMessageContaining("open all stored passwords");
    }

    @Test
    void aFileThatNobodyMayWriteIsFine() throws IOException {
        SecretKeyFile.ofOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(SecretKeyFile.of(file).keys().activeId()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# only a comment\n", "k1=", "k1", "k1=sEcReT0123456789sEcReT0123456789sEcRe"})
    void anEmptyOrHalfWrittenFileIsRefusedWithoutShowingIt(String content) throws IOException {
        put(file, content);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretKeyFile.of(file))
                .withMessageContaining("key file " + file)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("sEcReT"));
    }

    @Test
    void whatIsWrittenIntoTheFileIsInForceAtOnce() throws Exception {
        put(file, ONE);
        SecretKeyFile ring = SecretKeyFile.of(file);
        AesGcmSecretCipher cipher = new AesGcmSecretCipher(ring);
        String old = cipher.seal(SECRET, "context");
        put(file, TWO + "\n" + ONE);
        String renewed = cipher.seal(SECRET, "context");
        assertThat(renewed).startsWith("v1:k2:");
        assertThat(cipher.isCurrent(old)).isFalse();
        assertThat(cipher.open(old, "context")).isEqualTo(SECRET);
        put(file, TWO);
        assertThatThrownBy(() -> cipher.open(old, "context")).hasMessageContaining("k1");
        assertThat(cipher.open(renewed, "context")).isEqualTo(SECRET);
    }

    /** As a change within the resolution of the file system's clock would. */
    @Test
    void aChangeThatLeavesTimeAndSizeAsTheyWereIsSeen() throws IOException {
        FileTime now = FileTime.from(Instant.now());
        put(file, ONE);
        Files.setLastModifiedTime(file, now);
        SecretKeyFile ring = SecretKeyFile.of(file);
        Files.writeString(file, TWO, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file, now);
        assertThat(ring.keys()).hasToString("SecretKeys[k2]");
    }

    @Test
    void whatCannotBeUsedIsNotTakenAndTheRingFromBeforeGoesOn() throws IOException {
        put(file, ONE);
        SecretKeyFile ring = SecretKeyFile.of(file);
        for (String content : List.of("", TWO.substring(0, 20), "nonsense")) {
            put(file, content);
            assertThat(ring.keys()).hasToString("SecretKeys[k1]");
            assertThatIllegalArgumentException().isThrownBy(ring::reread);
        }
        put(file, TWO);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(ring.keys()).hasToString("SecretKeys[k1]");
        Files.delete(file);
        assertThat(ring.keys()).hasToString("SecretKeys[k1]");
        assertThatThrownBy(ring::reread).isInstanceOf(UncheckedIOException.class);
        put(file, TWO + "\n" + ONE);
        assertThat(ring.keys()).hasToString("SecretKeys[k2, k1]");
    }

    @Test
    void aNewKeyIsKnownToBothProcessesBeforeOneOfThemSealsWithIt() throws Exception {
        put(file, "# made in 2026, kept\n" + ONE);
        SecretKeyFile one = SecretKeyFile.of(file);
        SecretKeyFile other = SecretKeyFile.of(file);
        String added = one.add();
        assertThat(other.keys()).hasToString("SecretKeys[k1, " + added + "]");
        assertThat(new AesGcmSecretCipher(one).seal(SECRET, "context")).startsWith("v1:k1:");
        one.activate(added);
        String sealed = new AesGcmSecretCipher(one).seal(SECRET, "context");
        assertThat(sealed).startsWith("v1:" + added + ":");
        assertThat(new AesGcmSecretCipher(other).open(sealed, "context")).isEqualTo(SECRET);
        assertThatIllegalArgumentException().isThrownBy(() -> one.remove(added)).withMessageContaining("active");
        other.remove("k1");
        assertThat(one.keys()).hasToString("SecretKeys[" + added + "]");
        assertThat(file).content().contains("# made in 2026, kept");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.activate("k1"))
                .withMessageContaining("k1");
        assertThatIllegalArgumentException().isThrownBy(() -> one.remove("k1")).withMessageContaining("k1");
    }

    @Test
    void aLinkStaysALinkAndItsFileIsChanged() throws IOException {
        Path target = Files.createDirectory(directory.resolve("mounted")).resolve("real");
        put(target, ONE);
        Files.createSymbolicLink(file, target);
        SecretKeyFile ring = SecretKeyFile.of(file);
        String added = ring.add();
        assertThat(file).isSymbolicLink();
        assertThat(target).content().contains("k1=").contains(added + "=");
        Path other = directory.resolve("mounted").resolve("other");
        put(other, TWO);
        Files.delete(file);
        Files.createSymbolicLink(file, other);
        assertThat(ring.keys()).hasToString("SecretKeys[k2]");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatIllegalArgumentException().isThrownBy(() -> SecretKeyFile.of(file));
    }

    @Test
    void thoseWhoAddKeysAtTheSameTimeLoseNone() throws Exception {
        put(file, ONE);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        List<String> added = new ArrayList<>();
        try {
            Callable<String> add = () -> SecretKeyFile.of(file).add();
            for (Future<String> id : executor.invokeAll(List.of(add, add, add, add, add, add, add, add))) {
                added.add(id.get());
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(SecretKeyFile.of(file).keys().toString()).contains(added);
    }

    /** Kills a process that changes the file again and again. */
    @Test
    void aKillWhileTheFileIsChangedLeavesTheOldOrTheNewOne() throws Exception {
        put(file, ONE);
        String sealed = new AesGcmSecretCipher(SecretKeyFile.of(file)).seal(SECRET, "context");
        Random random = new Random(5);
        for (int i = 0; i < 5; i++) {
            Process changing = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Changes.class.getName(),
                            file.toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(changing.getInputStream().read()).isEqualTo('x');
            assertThat(changing.waitFor(random.nextInt(30), TimeUnit.MILLISECONDS))
                    .isFalse();
            changing.destroyForcibly().waitFor();
            SecretKeyFile left = SecretKeyFile.of(file);
            assertThat(new AesGcmSecretCipher(left).open(sealed, "context")).isEqualTo(SECRET);
            left.add();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .as("what a kill left behind is used again")
                    .isSubsetOf("keys", ".keys.lock", ".keys.new");
        }
    }

    static final class Changes {
        public static void main(String[] arguments) {
            SecretKeyFile ring = SecretKeyFile.of(Path.of(arguments[0]));
            System.out.print('x');
            System.out.flush();
            while (true) {
                String added = ring.add();
                ring.activate(added);
                ring.activate("k1");
                ring.remove(added);
            }
        }
    }

    @Test
    void neitherARingNorItsFileIsPrinted() throws IOException, GeneralSecurityException {
        put(file, ONE);
        SecretKeyFile ring = SecretKeyFile.of(file);
        assertThat(ring + " " + ring.keys() + " " + new AesGcmSecretCipher(ring))
                .contains("k1")
                .doesNotContain(ONE.substring(3, 20));
    }

    private static void put(Path path, String content) throws IOException {
        Path written = Files.createTempFile(path.getParent(), "put", null);
        Files.write(written, content.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-------"));
        Files.move(written, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
