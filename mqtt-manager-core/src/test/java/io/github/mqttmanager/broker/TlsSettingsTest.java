package io.github.mqttmanager.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.testing.Canary;
import io.github.mqttmanager.testing.TestCertificate;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {
    private static final TestCertificate EC = TestCertificate.of("EC");

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void readsCertificatesAndKeysOfEveryKind(String algorithm) {
        TestCertificate made = TestCertificate.of(algorithm);

        assertThat(Pem.certificates(made.certificatePem(), "certificate"))
                .singleElement()
                .satisfies(certificate -> assertThat(
                                certificate.getSubjectX500Principal().getName())
                        .isEqualTo("CN=localhost"));
        assertThat(Pem.privateKey(Secret.of(made.keyPem())).getEncoded()).isNotEmpty();
        new TlsSettings.ClientCertificate(made.certificatePem(), Secret.of(made.keyPem()));
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                + "-----\n";
    }

    /** As AWS IoT gives them to its devices. */
    @Test
    void readsAnRsaKeyAsOpenSslWroteItBefore() {
        TestCertificate made = TestCertificate.of("RSA");
        PrivateKey key = Pem.privateKey(Secret.of(made.keyPem()));
        // SEQUENCE, version, algorithm, OCTET STRING: the older kind is what the last one holds
        byte[] older = Arrays.copyOfRange(key.getEncoded(), 26, key.getEncoded().length);

        assertThat(Pem.privateKey(Secret.of(pem("RSA PRIVATE KEY", older)))).isEqualTo(key);
    }

    @Test
    void readsAnEllipticKeyAsOpenSslWroteItBefore() {
        KeyPair pair;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        byte[] number = new byte[32];
        byte[] s = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
        int length = Math.min(s.length, 32);
        System.arraycopy(s, s.length - length, number, 32 - length, length);
        byte[] older = HexFormat.of()
                .parseHex("30310201010420" + HexFormat.of().formatHex(number) + "a00a06082a8648ce3d030107");
        String withParameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                + pem("EC PRIVATE KEY", older);

        assertThat(Pem.privateKey(Secret.of(withParameters)))
                .isInstanceOfSatisfying(
                        ECPrivateKey.class,
                        read -> assertThat(read.getS()).isEqualTo(((ECPrivateKey) pair.getPrivate()).getS()));
        byte[] nameless = Arrays.copyOf(older, 39);
        nameless[1] = 37;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.privateKey(Secret.of(pem("EC PRIVATE KEY", nameless))))
                .withMessage("private key does not name its curve");
    }

    @Test
    void anEllipticKeyThatIsDamagedIsRefusedLikeAnyOther() {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = new byte[random.nextInt(40)];
            random.nextBytes(damaged);
            if (damaged.length > 4 && i % 2 == 0) {
                damaged[0] = 0x30;
                damaged[1] = (byte) (damaged.length - 2);
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Pem.privateKey(Secret.of(pem("EC PRIVATE KEY", damaged))))
                    .withMessageContaining("private key")
                    .withNoCause();
        }
    }

    @Test
    void readsSeveralCertificatesWithWordsInBetween() {
        String chain = "# the first\n" + EC.certificatePem() + EC.certificatePem();
        assertThat(Pem.certificates(chain, "certificate")).hasSize(2);
        assertThat(TlsSettings.authorities(chain).trust()).hasToString("Authorities[2]");
    }

    @Test
    void refusesWhatIsNoCertificate() {
        for (String bad : new String[] {
            "",
            "x",
            EC.keyPem(),
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
            EC.certificatePem().substring(0, 200),
            "x".repeat(200_001)
        }) {
            assertThatIllegalArgumentException()
                    .as(bad.length() > 300 ? "long" : bad)
                    .isThrownBy(() -> TlsSettings.authorities(bad))
                    .withMessageContaining("CA certificate");
        }
    }

    @Test
    void refusesWhatIsNoKeyWithoutAWordOfIt() {
        for (String bad : new String[] {
            "",
            Canary.TEXT,
            EC.certificatePem(),
            "-----BEGIN PRIVATE KEY-----\n" + Canary.TEXT + "\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----",
            EC.keyPem().replace("PRIVATE", "RSA PRIVATE"),
            EC.keyPem().replace("PRIVATE", "ENCRYPTED PRIVATE")
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TlsSettings.ClientCertificate(EC.certificatePem(), Secret.of(bad)))
                    .withMessageContaining("private key")
                    .satisfies(e -> assertThat(Canary.in(String.valueOf(e))).isEmpty())
                    .withNoCause();
        }
    }

    @Test
    void aPinIsAFingerprintInAnyUsualSpelling() {
        String hex = "ab".repeat(32);
        assertThat(new TlsSettings.Pinned("AB:".repeat(31) + "AB").sha256()).isEqualTo(hex);
        for (String bad : new String[] {"", "ab", "zz".repeat(32), hex + "ab"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TlsSettings.Pinned(bad))
                    .withMessageContaining("pinned certificate");
        }
    }

    @Test
    void aBundleHasAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsSettings.Bundle(" "))
                .withMessageContaining("TLS bundle");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsBundles.none().bundle("x"))
                .withMessageContaining("x");
    }

    @Test
    void verifiesHostNamesUnlessToldOtherwise() {
        assertThat(TlsSettings.SYSTEM.verifyHostname()).isTrue();
        assertThat(TlsSettings.authorities(EC.certificatePem()).verifyHostname())
                .isTrue();
        assertThat(TlsSettings.SYSTEM.withVerifyHostname(false).verifyHostname())
                .isFalse();
    }
}
