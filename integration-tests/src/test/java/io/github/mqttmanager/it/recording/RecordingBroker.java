package io.github.mqttmanager.it.recording;

import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A small, real broker in a process of its own, and the judge of delivery: it logs every packet, and forces a message that it accepted to disk
 * before it answers PUBACK or PUBREC. Sessions survive {@code kill -9}.
 *
 * <pre>{@code
 * try (RecordingBroker broker = RecordingBroker.start(folder)) {
 *     broker.preload("client-id", 1, "devices/d/telemetry", "d-1");   // as if a device had published
 *     ...
 *     broker.kill();
 *     broker.begin();                                  // same port, same sessions
 *     broker.hold("PUBREC");                           // logs it, does not send it
 *     broker.await(Way.TO_CLIENT, "PUBREC", 1, Duration.ofSeconds(20));
 *     ...                                              // kill the client: its packet identifier stays open
 *     broker.release("PUBREC");
 *     try (Stream<LoggedPacket> packets = broker.packets()) { ... }
 * }
 * }</pre>
 *
 * <p>It speaks MQTT 5 and 3.1.1 on 127.0.0.1: sessions, subscriptions with wildcards, QoS 0, 1 and 2 both ways, redelivery, receive maximum, take
 * over. It keeps no retained messages and knows no shared subscriptions (and says so), asks nobody for a password, sends no wills, hands on no
 * properties but the expiry, which it does not count down, and ends sessions by time only when the time is zero. Payloads are text; the part
 * up to the first space identifies a message in histories. Not for several threads at once.
 */
public final class RecordingBroker implements AutoCloseable {
    static final String LOG = "packets.log";

    private final Path folder;
    private final int port;
    private @Nullable JavaProcess process;

    private RecordingBroker(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Starts one on a free port. @param folder of its log; what is in it is resumed */
    public static RecordingBroker start(Path folder) {
        RecordingBroker broker = new RecordingBroker(folder, freePort());
        broker.begin();
        return broker;
    }

    /** Starts it again after {@link #kill}, on the same port and with the same log. */
    public void begin() {
        JavaProcess begun = JavaProcess.start(
                folder.resolve("broker.err"), BrokerProcess.class, String.valueOf(port), folder.toString());
        try {
            begun.answer();
        } catch (IllegalStateException e) {
            begun.kill();
            throw new IllegalStateException("the recording broker does not start: " + errors(), e);
        }
        process = begun;
    }

    /** {@code kill -9}. */
    public void kill() {
        process().kill();
    }

    public int port() {
        return port;
    }

    /**
     * Puts a message into the client's session, as if a device had published it to a subscription; the session is made if there is none. It is
     * sent in the order of the calls.
     */
    public void preload(String client, int qos, String topic, String payload) {
        process().ask("preload\t" + client + "\t" + qos + "\t" + topic + "\t" + payload);
    }

    /** From now on packets of this type to clients, such as {@code PUBREC}, are logged with the flag {@code h} and not sent. */
    public void hold(String type) {
        process().ask("hold\t" + type);
    }

    /** Packets of this type are sent again; those that were held first, to connections that still stand. */
    public void release(String type) {
        process().ask("release\t" + type);
    }

    /**
     * From now on packets of this type from clients, such as {@code PUBREL}, are logged with the flag {@code i}, and otherwise it is as if they
     * had never come.
     */
    public void ignore(String type) {
        process().ask("ignore\t" + type);
    }

    /** Packets of this type from clients are heeded again. */
    public void heed(String type) {
        process().ask("heed\t" + type);
    }

    /** How many packets of this type went this way since {@link #begin}. */
    public long count(Way way, String type) {
        return Long.parseLong(process().ask("count\t" + way.sign() + type));
    }

    /** Waits until there were so many. */
    public void await(Way way, String type, long atLeast, Duration atMost) {
        awaitUntil(() -> count(way, type) >= atLeast, atMost, atLeast + " " + type);
    }

    /** How many messages the client has not acknowledged yet. */
    public int backlog(String client) {
        return Integer.parseInt(process().ask("backlog\t" + client));
    }

    /** Waits until the client has acknowledged everything. */
    public void awaitNoBacklog(String client, Duration atMost) {
        awaitUntil(() -> backlog(client) == 0, atMost, "end of the backlog of " + client);
    }

    private static void awaitUntil(java.util.function.BooleanSupplier condition, Duration atMost, String what) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no " + what + " within " + atMost.toSeconds() + " s");
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What is in the log now, of all processes; to be closed. A line that is just being written may be missing. */
    public Stream<LoggedPacket> packets() {
        return packets(folder);
    }

    /** What is in the log in the folder. */
    public static Stream<LoggedPacket> packets(Path folder) {
        try {
            return Files.lines(folder.resolve(LOG)).map(LoggedPacket::parse);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process ends; the log stays. */
    @Override
    public void close() {
        JavaProcess running = process;
        if (running != null) {
            running.close();
        }
    }

    private JavaProcess process() {
        if (process == null) {
            throw new IllegalStateException("not begun");
        }
        return process;
    }

    private List<String> errors() {
        try {
            return Files.readAllLines(folder.resolve("broker.err"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Below the ports that the system gives to clients: while the broker is away, a client that is given its port would connect to itself.
     */
    private static int freePort() {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken
            }
        }
    }
}
