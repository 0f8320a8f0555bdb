package io.github.mqttmanager.it;

import io.github.mqttmanager.broker.Pem;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** An authority of our own and what it signed, made with the JDK's keytool for one test. */
final class Certificates implements AutoCloseable {
    private static final String STORE_PASSWORD = "changeit";

    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    static Certificates make() {
        try {
            Certificates made = new Certificates(Files.createTempDirectory("certificates"));
            made.keytool("-genkeypair", "-alias", "ca", "-dname", "CN=Test CA", "-ext", "bc:c", "-validity", "30");
            made.sign("server", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "30");
            made.sign("elsewhere", "-ext", "san=dns:broker.example", "-validity", "30");
            made.sign("expired", "-ext", "san=dns:localhost", "-startdate", "-10d", "-validity", "5");
            made.sign("future", "-ext", "san=dns:localhost", "-startdate", "+5d", "-validity", "5");
            made.sign("client", "-ext", "eku=clientAuth", "-validity", "30");
            made.sign("client-renewed", "-ext", "eku=clientAuth", "-validity", "60");
            made.keytool("-exportcert", "-rfc", "-alias", "ca", "-file", made.path("ca.pem"));
            made.keytool("-genkeypair", "-alias", "stranger", "-dname", "CN=stranger", "-validity", "30");
            made.keytool("-exportcert", "-rfc", "-alias", "stranger", "-file", made.path("stranger.pem"));
            made.writeKey("stranger");
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sign(String alias, String... options) {
        keytool("-genkeypair", "-alias", alias, "-dname", "CN=" + alias);
        keytool("-certreq", "-alias", alias, "-file", path(alias + ".csr"));
        List<String> arguments = new ArrayList<>(List.of(
                "-gencert", "-rfc", "-alias", "ca", "-infile", path(alias + ".csr"), "-outfile", path(alias + ".pem")));
        arguments.addAll(List.of(options));
        keytool(arguments.toArray(String[]::new));
        writeKey(alias);
    }

    private void writeKey(String alias) {
        try (InputStream file = Files.newInputStream(directory.resolve("store.p12"))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(file, STORE_PASSWORD.toCharArray());
            byte[] key = store.getKey(alias, STORE_PASSWORD.toCharArray()).getEncoded();
            String pem = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
            Files.writeString(
                    directory.resolve(alias + ".key"),
                    "-----BEGIN PRIVATE KEY-----\n" + pem + "\n-----END PRIVATE KEY-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", path("store.p12"), "-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
        if (List.of(arguments).contains("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        Mosquitto.run(command);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    String authority() {
        return text("ca.pem");
    }

    private String text(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The certificate and its key, as an application is given them. */
    TlsSettings.ClientCertificate pair(String name) {
        return new TlsSettings.ClientCertificate(text(name + ".pem"), Secret.of(text(name + ".key")));
    }

    /** What a host keeps under a name: whom to believe, and one of the certificates to show. */
    TlsBundles.Material material(String name) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "key",
                    Pem.privateKey(Secret.of(text(name + ".key"))),
                    new char[0],
                    Pem.certificates(text(name + ".pem"), name).toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            authorities.setCertificateEntry(
                    "ca", Pem.certificates(authority(), "ca").get(0));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            return new TlsBundles.Material(trust, keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TLS in this process with one of the certificates. */
    SSLServerSocketFactory sockets(String name) {
        return context(name).getServerSocketFactory();
    }

    /** TLS in this process with one of the certificates, which believes clients of the authority. */
    SSLContext context(String name) {
        try {
            TlsBundles.Material material = material(name);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    Objects.requireNonNull(material.key()).getKeyManagers(),
                    material.trust().getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its SHA-256, as it is pinned. */
    String fingerprint(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(Pem.certificates(text(name + ".pem"), name)
                                    .get(0)
                                    .getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A broker that speaks TLS with one of {@code server}, {@code elsewhere}, {@code expired} and {@code future}. */
    Mosquitto mosquitto(String name, String... configuration) {
        List<String> lines = new ArrayList<>(List.of(
                "allow_anonymous true",
                "cafile " + path("ca.pem"),
                "certfile " + path(name + ".pem"),
                "keyfile " + path(name + ".key")));
        lines.addAll(List.of(configuration));
        return Mosquitto.start(lines.toArray(String[]::new));
    }

    @Override
    public void close() {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
