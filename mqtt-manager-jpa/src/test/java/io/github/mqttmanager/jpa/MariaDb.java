package io.github.mqttmanager.jpa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A MariaDB server on loopback, one for the whole JVM. However the JVM ends, the server ends with it and leaves no files: it hangs on a
 * pipe from here. Or one that runs already, which may be MySQL's.
 */
final class MariaDb {
    private static final List<Path> PROGRAMS = List.of(
            Path.of("/usr/sbin/mariadbd"),
            Path.of("/usr/libexec/mariadbd"),
            Path.of("/usr/local/sbin/mariadbd"),
            Path.of("/opt/homebrew/bin/mariadbd"));

    /** Further options of the server, divided by blanks, such as another isolation. */
    private static final String OPTIONS = "mariadb.options";

    /** The address of a server to use instead, as {@code jdbc:mariadb://127.0.0.1:3306/}, in which root needs no password. */
    private static final String SERVER = "mysql.url";

    private static final String KEEPER = "directory=$1; shift; \"$@\" & cat; kill -9 $!; wait; rm -rf \"$directory\"";

    private static String server = System.getProperty(SERVER, "");

    private final Process keeper;
    private final Path log;
    private final int port;

    private MariaDb() throws IOException {
        Path directory = Files.createTempDirectory("mariadb");
        Path data = Files.createDirectory(directory.resolve("data"));
        log = directory.resolve("log");
        port = freePort();
        // An empty directory will do: the tables about users and privileges are not missed.
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                KEEPER,
                "sh",
                directory.toString(),
                program().toString(),
                "--no-defaults",
                "--skip-grant-tables",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + data,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + directory.resolve("socket"),
                "--pid-file=" + directory.resolve("pid"),
                "--skip-name-resolve",
                "--innodb-log-file-size=16M",
                // nothing here judges what a crash of the server leaves
                "--innodb-flush-log-at-trx-commit=0"));
        command.addAll(List.of(System.getProperty(OPTIONS, "").split(" ")));
        command.remove("");
        keeper = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        awaitStart();
    }

    static boolean isInstalled() {
        return !server.isEmpty() || PROGRAMS.stream().anyMatch(Files::isExecutable);
    }

    private static Path program() {
        return PROGRAMS.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    }

    /** The address of a new, empty schema of the server, which is started if need be. */
    static synchronized String newSchema(String name) {
        try {
            if (server.isEmpty()) {
                server = new MariaDb().url();
            }
            try (Connection connection = DriverManager.getConnection(server, "root", "");
                    var statement = connection.createStatement()) {
                // a language in which ids would be compared without regard to case
                statement.execute("create database " + name + " character set utf8mb4 collate utf8mb4_general_ci");
            }
            int parameters = server.indexOf('?') < 0 ? server.length() : server.indexOf('?');
            return server.substring(0, parameters) + name + server.substring(parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String url() {
        return "jdbc:mariadb://127.0.0.1:" + port + "/";
    }

    private void awaitStart() throws IOException {
        try {
            for (int i = 0; i < 1_200 && keeper.isAlive(); i++) {
                try (Connection connection = DriverManager.getConnection(url())) {
                    return;
                } catch (SQLException e) {
                    keeper.waitFor(50, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        String said = Files.readString(log);
        keeper.getOutputStream().close();
        throw new IllegalStateException("MariaDB does not start: " + said);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
