package io.github.mqttmanager.it;

import io.github.mqttmanager.broker.Pem;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.TlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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
        return read("ca.pem");
    }

    private String read(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a client shows: {@code client}, signed by the authority, or {@code stranger}, signed by itself. */
    TlsSettings.ClientCertificate clientCertificate(String name) {
        return new TlsSettings.ClientCertificate(read(name + ".pem"), Secret.of(read(name + ".key")));
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

    /** TLS for a server of the JDK with the certificate {@code server}, which believes clients of the authority. */
    SSLContext serverContext() {
        try (InputStream file = Files.newInputStream(directory.resolve("store.p12"))) {
            KeyStore all = KeyStore.getInstance("PKCS12");
            all.load(file, STORE_PASSWORD.toCharArray());
            X509Certificate authority = Pem.certificates(read("ca.pem"), "CA").get(0);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(
                    "server", all.getKey("server", STORE_PASSWORD.toCharArray()), new char[0], new Certificate[] {
                        Pem.certificates(read("server.pem"), "server").get(0), authority
                    });
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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
