package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretKeysTest {
    private static final String ONE = Base64.getEncoder().encodeToString(TestKeys.bytes(1));
    private static final String TWO = Base64.getEncoder().encodeToString(TestKeys.bytes(2));

    @TempDir
    private Path directory;

    @Test
    void theFirstKeyOfATextIsActive() {
        assertThat(SecretKeys.fromText("# comment\r\nk2=" + TWO + "\n\n  k1 = " + ONE + "\n"))
                .hasToString("SecretKeys[k2, k1]");
        assertThat(SecretKeys.fromText("k1=" + ONE + ",k2=" + TWO)).hasToString("SecretKeys[k1, k2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment", "k1", "=AAAA", "k1=sEcReT", "k1=!sEcReT!", "k 1=sEcReT="})
    void whatIsNoRingIsRefusedWithoutShowingIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretKeys.fromText(text))
                .satisfies(e -> assertThat(e).hasNoCause())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("sEcReT"));
    }

    @Test
    void aKeyTwiceIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SecretKeys.fromText("k1=" + ONE + "\nk1=" + TWO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretKeys.of("k1", TestKeys.bytes(1)).withActive("k1", TestKeys.bytes(2)));
    }

    @Test
    void anAbsentFileIsMadeOnlyWhenAsked() throws IOException {
        Path file = directory.resolve("keys");
        assertThatThrownBy(() -> SecretKeys.fromFile(file)).isInstanceOf(UncheckedIOException.class);
        assertThat(file).doesNotExist();
        String made = SecretKeys.fromFileOrCreate(file).toString();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(SecretKeys.fromFileOrCreate(file)).hasToString(made);
        assertThat(SecretKeys.fromFile(file)).hasToString(made);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void thoseWhoMakeAFileTogetherGetTheSameKey() throws Exception {
        Path file = directory.resolve("keys");
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            Callable<String> start = () -> SecretKeys.fromFileOrCreate(file).toString();
            assertThat(executor.invokeAll(List.of(start, start, start, start)).stream()
                            .map(future -> {
                                try {
                                    return future.get();
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            })
                            .distinct())
                    .hasSize(1);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        Path file = directory.resolve("keys");
        SecretKeys.fromFileOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretKeys.fromFile(file))
                .withMessageContaining("owner only");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(SecretKeys.fromFile(file)).isNotNull();
    }

    @Test
    void aRotatedFileOpensWhatWasSealedBefore() throws GeneralSecurityException, IOException {
        Path file = directory.resolve("keys");
        SecretKeys before = SecretKeys.fromFileOrCreate(file);
        String sealed = new AesGcmSecretCipher(before).seal(Secret.of("secret"), "context");
        SecretKeys after = SecretKeys.rotateFile(file);
        assertThat(after.activeId()).isNotEqualTo(before.activeId());
        assertThat(SecretKeys.fromFile(file)).hasToString(after.toString());
        assertThat(new AesGcmSecretCipher(after).open(sealed, "context")).isEqualTo(Secret.of("secret"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void theRingKeepsACopyOfWhatItWasGiven() throws GeneralSecurityException {
        byte[] key = TestKeys.bytes(1);
        SecretKeys ring = SecretKeys.of("k1", key);
        key[0] = 99;
        String sealed = new AesGcmSecretCipher(ring).seal(Secret.of("secret"), "context");
        assertThat(new AesGcmSecretCipher(SecretKeys.of("k1", TestKeys.bytes(1))).open(sealed, "context"))
                .isEqualTo(Secret.of("secret"));
    }
}
