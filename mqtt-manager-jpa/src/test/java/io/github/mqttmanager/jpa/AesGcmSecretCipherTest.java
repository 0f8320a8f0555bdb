package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mqttmanager.broker.Secret;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AesGcmSecretCipherTest {
    private final AesGcmSecretCipher cipher = new AesGcmSecretCipher(SecretKeys.of("k1", TestKeys.bytes(1)));

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 1_000, 65_535})
    void whatWasSealedCanBeOpened(int length) throws GeneralSecurityException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        String sealed = cipher.seal(Secret.of(bytes), "context");
        assertThat(sealed).startsWith("v1:k1:").doesNotContain("\n");
        assertThat(cipher.open(sealed, "context")).isEqualTo(Secret.of(bytes));
    }

    @Test
    void theSameSecretNeverLooksTheSame() {
        Set<String> seen = new HashSet<>();
        Set<String> vectors = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String sealed = cipher.seal(Secret.of("same"), "context");
            seen.add(sealed);
            vectors.add(sealed.substring("v1:k1:".length(), "v1:k1:".length() + 16));
        }
        assertThat(seen).hasSize(1_000);
        assertThat(vectors).hasSize(1_000);
    }

    @Test
    void whatWasSealedForAnotherPlaceCannotBeOpened() {
        String sealed = cipher.seal(Secret.of("secret"), "table\n1\nowner\nfield");
        assertRefused(cipher, sealed, "table\n2\nowner\nfield");
        assertRefused(cipher, sealed, "table\n1\nother\nfield");
        assertRefused(cipher, sealed, "");
    }

    @Test
    void whatWasAlteredCannotBeOpened() {
        String sealed = cipher.seal(Secret.of("secret"), "context");
        String prefix = "v1:k1:";
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(prefix.length()));
        for (int i = 0; i < bytes.length; i++) {
            byte[] altered = bytes.clone();
            altered[i] ^= 1;
            assertRefused(cipher, prefix + Base64.getEncoder().encodeToString(altered), "context");
        }
    }

    @Test
    void noPartMayBeExchangedOrCutOff() {
        AesGcmSecretCipher both =
                new AesGcmSecretCipher(SecretKeys.of("k1", TestKeys.bytes(1)).withActive("k2", TestKeys.bytes(1)));
        String sealed = cipher.seal(Secret.of("sEcReT"), "context");
        assertRefused(both, "v2" + sealed.substring(2), "context");
        assertRefused(both, sealed.replace("v1:k1:", "v1:k2:"), "context");
        assertRefused(both, sealed + "A", "context");
        for (int length = 0; length < sealed.length(); length++) {
            String cut = sealed.substring(0, length);
            if (!isTheSame(cut, sealed)) {
                assertRefused(both, cut, "context");
            }
        }
    }

    /** Without the padding it is the same value. */
    private static boolean isTheSame(String cut, String sealed) {
        return sealed.startsWith(cut) && sealed.substring(cut.length()).chars().allMatch(c -> c == '=');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "v1:k1", "v1:k1:", "v1:k1:AAAA", "v1:k1:???", "v2:k1:AAAA", "v1:k1:AAAA:x"})
    void whatIsNotSealedCannotBeOpened(String text) {
        assertRefused(cipher, text, "context");
    }

    @Test
    void anotherKeyOfTheSameNameOpensNothing() {
        String sealed = cipher.seal(Secret.of("secret"), "context");
        assertRefused(new AesGcmSecretCipher(SecretKeys.of("k1", TestKeys.bytes(2))), sealed, "context");
    }

    @Test
    void aMissingKeyIsNamed() {
        String sealed = cipher.seal(Secret.of("secret"), "context");
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(
                        () -> new AesGcmSecretCipher(SecretKeys.of("k2", TestKeys.bytes(1))).open(sealed, "context"))
                .withMessageContaining("k1");
    }

    @Test
    void anOldKeyOpensUntilItIsRemoved() throws GeneralSecurityException {
        String old = cipher.seal(Secret.of("secret"), "context");
        SecretKeys ring = SecretKeys.of("k1", TestKeys.bytes(1)).withActive("k2", TestKeys.bytes(2));
        AesGcmSecretCipher rotated = new AesGcmSecretCipher(ring);
        assertThat(rotated.open(old, "context")).isEqualTo(Secret.of("secret"));
        assertThat(rotated.isCurrent(old)).isFalse();
        String renewed = rotated.seal(Secret.of("secret"), "context");
        assertThat(renewed).startsWith("v1:k2:");
        assertThat(rotated.isCurrent(renewed)).isTrue();
        AesGcmSecretCipher later = new AesGcmSecretCipher(SecretKeys.of("k2", TestKeys.bytes(2)));
        assertThat(later.open(renewed, "context")).isEqualTo(Secret.of("secret"));
        assertRefused(later, old, "context");
    }

    private static void assertRefused(SecretCipher cipher, String sealed, String context) {
        assertThatExceptionOfType(GeneralSecurityException.class)
                .isThrownBy(() -> cipher.open(sealed, context))
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("sEcReT"))
                .satisfies(e -> assertThat(sealed.length() < 10 || !e.toString().contains(sealed.substring(6)))
                        .as("the message shows nothing of what is stored")
                        .isTrue());
    }
}
