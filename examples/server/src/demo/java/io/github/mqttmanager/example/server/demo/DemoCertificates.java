package io.github.mqttmanager.example.server.demo;

import io.github.mqttmanager.example.server.setting.PrivateFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The demo's own authority and what it signed. Made at the first start and kept, because definitions hold the authority's
 * certificate; its key is used once and kept nowhere.
 */
final class DemoCertificates {
    /** HiveMQ wants one; the file is protected by its permissions. */
    static final String PASSWORD = "demo";

    private static final Duration LONG = Duration.ofDays(3650);

    /** What is wrong with a broker's certificate. */
    enum Kind {
        FINE,
        EXPIRED,
        ELSEWHERE;

        /** Where the certificate and its key are. */
        Path keyStore(Path folder) {
            return folder.resolve(name().toLowerCase(Locale.ROOT) + ".p12");
        }
    }

    private DemoCertificates() {}

    /** @return the authority's certificate in PEM */
    static String readOrMake(Path folder) throws IOException {
        Path authority = folder.resolve("authority.pem");
        if (!Files.exists(authority)) {
            try {
                // The authority comes last: where it is, all the others are.
                PrivateFile.write(authority, pem(make(folder)).getBytes(StandardCharsets.US_ASCII));
            } catch (GeneralSecurityException | OperatorCreationException e) {
                throw new IOException("the demo's certificates cannot be made", e);
            }
        }
        return Files.readString(authority);
    }

    private static X509Certificate make(Path folder)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        Instant now = Instant.now();
        KeyPair own = newKeys();
        X500Name issuer = new X500Name("CN=Demo authority");
        X509v3CertificateBuilder authority = certificate(issuer, issuer, own, now, now.plus(LONG));
        authority.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        for (Kind kind : Kind.values()) {
            String host = kind == Kind.ELSEWHERE ? "broker.example" : "localhost";
            Instant end = kind == Kind.EXPIRED ? now.minus(Duration.ofDays(3)) : now.plus(LONG);
            KeyPair keys = newKeys();
            X509v3CertificateBuilder builder = certificate(issuer, new X500Name("CN=" + host), keys, now, end);
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
            store(kind.keyStore(folder), keys, signed(builder, own));
        }
        return signed(authority, own);
    }

    private static X509v3CertificateBuilder certificate(
            X500Name issuer, X500Name subject, KeyPair keys, Instant now, Instant end) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(64, new SecureRandom()),
                Date.from(now.minus(Duration.ofDays(30))),
                Date.from(end),
                subject,
                keys.getPublic());
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, KeyPair authority)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static void store(Path file, KeyPair keys, X509Certificate certificate)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("broker", keys.getPrivate(), PASSWORD.toCharArray(), new Certificate[] {certificate});
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, PASSWORD.toCharArray());
        PrivateFile.write(file, bytes.toByteArray());
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
    }
}
