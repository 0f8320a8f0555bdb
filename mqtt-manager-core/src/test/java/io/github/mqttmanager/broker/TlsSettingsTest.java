package io.github.mqttmanager.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.testing.Canary;
import io.github.mqttmanager.testing.TestCertificate;
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
