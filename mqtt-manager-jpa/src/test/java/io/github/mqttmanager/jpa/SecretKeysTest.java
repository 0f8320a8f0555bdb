package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.broker.Secret;
import java.security.GeneralSecurityException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretKeysTest {
    private static final String ONE = Base64.getEncoder().encodeToString(TestKeys.bytes(1));
    private static final String TWO = Base64.getEncoder().encodeToString(TestKeys.bytes(2));

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
    void aCommentMayHoldCommas() {
        assertThat(SecretKeys.fromText("# 2026-11, made by: openssl rand -base64 32\nk1=" + ONE))
                .hasToString("SecretKeys[k1]");
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
