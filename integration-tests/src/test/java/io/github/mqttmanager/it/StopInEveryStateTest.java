package io.github.mqttmanager.it;

import static io.github.mqttmanager.connection.ConnectionState.CONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.CONNECTING;
import static io.github.mqttmanager.connection.ConnectionState.DISCONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.DISCONNECTING;
import static io.github.mqttmanager.connection.ConnectionState.FAILED;
import static io.github.mqttmanager.connection.ConnectionState.RECONNECTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A manager is stopped, its broker disconnected or deleted, in each state and in each step of an attempt, and nothing of it is left: no
 * thread (and so no event loop), no connection at the broker, no file descriptor. {@code -Dstop.rounds=1000} makes the figure of
 * docs/performance.md.
 */
class StopInEveryStateTest {
    private static final int ROUNDS = Integer.getInteger("stop.rounds", 45);
    private static final BrokerId M = BrokerId.of("m");
    private static final Duration SOON = Duration.ofSeconds(5);

    /** Where the broker's connection is when the end comes. */
    private enum Situation {
        WAITS_FOR_NOTHING(DISCONNECTED),
        WAITS_FOR_DNS(CONNECTING),
        WAITS_FOR_TCP(CONNECTING),
        WAITS_FOR_TLS(CONNECTING),
        WAITS_FOR_CONNACK(CONNECTING),
        WAITS_FOR_SUBACK(CONNECTING),
        IS_CONNECTED(CONNECTED),
        IS_REFUSED_AND_TRIES_AGAIN(RECONNECTING),
        IS_ABOUT_TO_DISCONNECT(DISCONNECTING),
        HAS_THE_WRONG_PASSWORD(FAILED);

        final ConnectionState state;

        Situation(ConnectionState state) {
            this.state = state;
        }
    }

    private enum End {
        CLOSE,
        DISCONNECT,
        DELETE
    }

    private final List<AutoCloseable> fixtures = new ArrayList<>();
    private final Map<Situation, Integer> ports = new EnumMap<>(Situation.class);
    private final Semaphore lookups = new Semaphore(0);
    private ScriptedBroker noConnAck;
    private ScriptedBroker noSubAck;
    private ScriptedBroker good;
    private ScriptedBroker refusing;
    private Duration longestClose = Duration.ZERO;

    @BeforeEach
    void begin() throws IOException {
        noConnAck = keep(ScriptedBroker.start().on(PacketType.CONNECT, Reaction.silence()));
        noSubAck = keep(ScriptedBroker.start().on(PacketType.SUBSCRIBE, Reaction.silence()));
        good = keep(ScriptedBroker.start());
        refusing = keep(ScriptedBroker.start()
                .on(
                        PacketType.CONNECT,
                        (connection, packet) -> Reaction.connAck(connection.version() == 5 ? 0x86 : 4)
                                .react(connection, packet)));
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        // Nobody accepts, so nobody speaks: the system makes the connection.
        ServerSocket noTls = keep(new ServerSocket(0, 4_000, loopback));
        ServerSocket full = keep(new ServerSocket(0, 1, loopback));
        for (int i = 0; i < 4; i++) {
            Socket socket = keep(new Socket());
            try {
                socket.connect(full.getLocalSocketAddress(), 300);
            } catch (IOException e) {
                // its backlog is full: whoever comes now waits for TCP
            }
        }
        int closed = Mosquitto.freePort();
        for (Situation situation : Situation.values()) {
            ports.put(
                    situation,
                    switch (situation) {
                        case WAITS_FOR_NOTHING, WAITS_FOR_DNS, IS_CONNECTED, IS_ABOUT_TO_DISCONNECT -> good.port();
                        case WAITS_FOR_TCP -> full.getLocalPort();
                        case WAITS_FOR_TLS -> noTls.getLocalPort();
                        case WAITS_FOR_CONNACK -> noConnAck.port();
                        case WAITS_FOR_SUBACK -> noSubAck.port();
                        case IS_REFUSED_AND_TRIES_AGAIN -> closed;
                        case HAS_THE_WRONG_PASSWORD -> refusing.port();
                    });
        }
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable fixture : fixtures) {
            fixture.close();
        }
    }

    private <T extends AutoCloseable> T keep(T fixture) {
        fixtures.add(fixture);
        return fixture;
    }

    @Test
    void nothingIsLeftOfAManagerThatIsStoppedInAnyState() throws Exception {
        int cycle = Situation.values().length;
        for (int i = 0; i < cycle; i++) {
            stopIn(i);
        }
        int descriptors = descriptors();
        int threads = threads();
        for (int i = cycle; i < cycle + ROUNDS; i++) {
            stopIn(i);
        }
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(threads()).isLessThanOrEqualTo(threads);
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
        });
        System.out.printf(
                Locale.ROOT,
                "{\"figure\":\"stopped %d times in all states\",\"reached\":true,\"value\":0,\"limit\":0,"
                        + "\"unit\":\"threads, event loops, connections left\",\"descriptorsBefore\":%d,"
                        + "\"descriptorsAfter\":%d,\"longestCloseSeconds\":%.2f}%n",
                ROUNDS,
                descriptors,
                descriptors(),
                longestClose.toMillis() / 1e3);
    }

    private void stopIn(int round) {
        Situation situation = Situation.values()[round % Situation.values().length];
        End end = End.values()[round / Situation.values().length % End.values().length];
        MqttVersion version = MqttVersion.values()[round % 7 % 2];
        String what = "round " + round + ", " + situation + ", " + end + ", " + version;
        CountDownLatch asked = new CountDownLatch(1);
        Host host = new Host((d, p) -> {}, builder -> builder.hostResolver(name -> resolve(asked)));
        try {
            host.manager.save(definition(situation, version));
            if (situation != Situation.WAITS_FOR_NOTHING) {
                host.manager.save(Device.builder("d", "m").build());
            }
            reach(situation, host, asked);
            switch (end) {
                case CLOSE -> {}
                case DISCONNECT -> {
                    host.manager.disconnect(M);
                    host.awaitState("m", DISCONNECTED, SOON);
                    awaitNoConnection(what);
                }
                case DELETE -> {
                    host.manager.delete(M, WhenDevicesExist.DELETE);
                    await(what)
                            .atMost(SOON)
                            .pollInterval(Duration.ofMillis(2))
                            .untilAsserted(
                                    () -> assertThat(host.manager.status(M)).isEmpty());
                    awaitNoConnection(what);
                }
            }
        } finally {
            long began = System.nanoTime();
            host.close();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            longestClose = longestClose.compareTo(took) > 0 ? longestClose : took;
            assertThat(took).as(what).isLessThan(SOON);
            // The system's own look-up cannot be interrupted either; its thread ends when it does.
            lookups.release(1_000);
        }
        awaitNoConnection(what);
        await(what)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(managerThreads()).isEmpty());
        lookups.drainPermits();
    }

    private BrokerDefinition definition(Situation situation, MqttVersion version) {
        String name = situation == Situation.WAITS_FOR_DNS ? "stalled.example.org" : "127.0.0.1";
        BrokerDefinition.Builder builder = BrokerDefinition.builder(
                        M, name, Objects.requireNonNull(ports.get(situation)))
                .mqttVersion(version)
                .active(situation != Situation.WAITS_FOR_NOTHING);
        if (situation == Situation.WAITS_FOR_TLS) {
            builder.tls(TlsSettings.SYSTEM);
        }
        if (situation == Situation.HAS_THE_WRONG_PASSWORD) {
            builder.credentials("somebody", "wrong");
        }
        return builder.build();
    }

    private List<InetAddress> resolve(CountDownLatch asked) throws UnknownHostException {
        asked.countDown();
        lookups.acquireUninterruptibly();
        throw new UnknownHostException();
    }

    private void reach(Situation situation, Host host, CountDownLatch asked) {
        switch (situation) {
            case WAITS_FOR_DNS -> awaitTrue(() -> asked.getCount() == 0);
            case WAITS_FOR_TCP -> awaitTrue(() -> hasSocket(ports.get(situation), "02"));
            case WAITS_FOR_TLS -> awaitTrue(() -> hasSocket(ports.get(situation), "01"));
            case WAITS_FOR_CONNACK -> awaitTrue(() -> noConnAck.openConnections() == 1);
            case WAITS_FOR_SUBACK ->
                awaitTrue(() -> !noSubAck.received(PacketType.SUBSCRIBE).isEmpty() && noSubAck.openConnections() == 1);
            case IS_ABOUT_TO_DISCONNECT -> {
                host.awaitConnected("m");
                host.manager.disconnect(M);
                awaitTrue(() -> host.status("m").state() != CONNECTED);
                return;
            }
            default -> {}
        }
        host.awaitState("m", situation.state);
    }

    /** Whether a socket on its way to the port is in this state of the kernel's; true where that cannot be seen. */
    private static boolean hasSocket(int port, String state) throws IOException {
        Path sockets = Path.of("/proc/net/tcp");
        if (!Files.isReadable(sockets)) {
            return true;
        }
        String remote = String.format(Locale.ROOT, " 0100007F:%04X %s ", port, state);
        return Files.readAllLines(sockets).stream().anyMatch(line -> line.contains(remote));
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(condition);
    }

    private void awaitNoConnection(String what) {
        await(what)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(noConnAck.openConnections()
                                + noSubAck.openConnections()
                                + good.openConnections()
                                + refusing.openConnections())
                        .isZero());
    }

    private static List<String> managerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("mqtt-manager"))
                .toList();
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("scripted-broker"))
                .count();
    }

    /** Of this process; 0 where that cannot be seen. */
    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : Arrays.asList(open).size();
    }
}
