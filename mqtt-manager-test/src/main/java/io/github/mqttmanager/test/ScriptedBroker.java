package io.github.mqttmanager.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * A listener on 127.0.0.1 that speaks just enough MQTT 3.1.1 and 5 to be told what to answer: the refusals, silences and illegal packets
 * that no real broker gives when a test wants them. It accepts and grants everything unless the script says otherwise.
 *
 * <pre>{@code
 * try (ScriptedBroker broker = ScriptedBroker.start()
 *         .on(PacketType.CONNECT, Reaction.connAck(0x89, "too many clients", null))) {
 *     connectTo(broker.host(), broker.port());   // is told: server busy
 *     broker.behave();
 *     connectTo(broker.host(), broker.port());   // gets in
 *     broker.on(PacketType.PINGREQ, Reaction.silence());
 *     broker.disconnectAll(0x8B);                // server shutting down
 * }
 * }</pre>
 *
 * <p>It routes no message from one client to another; {@link EmbeddedBroker} does. A thread per connection; all are daemons, and have
 * ended when {@link #close} returns. This class is thread-safe. What cannot be done is an {@link UncheckedIOException}.
 */
public final class ScriptedBroker implements AutoCloseable {
    private static final int REMEMBERED = 10_000;
    private static final int BACKLOG = 1_000;
    private static final Duration END = Duration.ofSeconds(5);

    private final ServerSocket listener;
    private final Map<PacketType, Reaction> script = new ConcurrentHashMap<>();
    private final Set<ScriptedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong packets = new AtomicLong();
    private volatile byte[] greeting = {};

    /** The latest; guarded by itself. */
    private final Deque<ReceivedPacket> received = new ArrayDeque<>();

    private volatile boolean closed;

    private ScriptedBroker(ServerSocket listener) {
        this.listener = listener;
        begin("accept", this::accept);
    }

    /** Begins to listen on a free port, without TLS. */
    public static ScriptedBroker start() {
        try {
            return new ScriptedBroker(new ServerSocket(0, BACKLOG, loopback()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to listen on a free port, with TLS. */
    public static ScriptedBroker start(SSLContext context) {
        return start(context, context.getDefaultSSLParameters());
    }

    /** Begins to listen on a free port, with TLS of these versions, and of clients with a certificate if that is needed. */
    public static ScriptedBroker start(SSLContext context, SSLParameters parameters) {
        try {
            SSLServerSocket socket =
                    (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, BACKLOG, loopback());
            socket.setSSLParameters(parameters);
            return new ScriptedBroker(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** Where clients connect to: 127.0.0.1. */
    public String host() {
        return "127.0.0.1";
    }

    /** Where clients connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** What is done about packets of this type from now on, on all connections. */
    public ScriptedBroker on(PacketType type, Reaction reaction) {
        script.put(type, reaction);
        return this;
    }

    /** Sends these bytes to each new client before it has said anything, as servers of other protocols do. */
    public ScriptedBroker greet(byte... bytes) {
        greeting = bytes.clone();
        return this;
    }

    /** Forgets the script: everything is accepted and granted from now on. */
    public ScriptedBroker behave() {
        script.clear();
        greeting = new byte[0];
        return this;
    }

    /** Sends these bytes, whatever they are, on all connections that are open; one that is gone is passed over. */
    public void sendAll(byte... bytes) {
        each(connection -> connection.send(bytes));
    }

    /** Sends DISCONNECT to clients of MQTT 5, and ends all connections that are open. */
    public void disconnectAll(int code) {
        disconnectAll(code, null, null);
    }

    /** Sends DISCONNECT with more words to clients of MQTT 5, and ends all connections that are open. */
    public void disconnectAll(int code, @Nullable String reason, @Nullable String serverReference) {
        each(connection -> connection.disconnect(code, reason, serverReference));
    }

    /** Ends all connections that are open by RST. */
    public void resetAll() {
        connections.forEach(ScriptedConnection::reset);
    }

    private interface Action {
        void on(ScriptedConnection connection) throws IOException;
    }

    private void each(Action action) {
        for (ScriptedConnection connection : connections) {
            try {
                action.on(connection);
            } catch (IOException e) {
                connection.close();
            }
        }
    }

    /** Those that are open now. */
    public List<ScriptedConnection> connections() {
        return List.copyOf(connections);
    }

    /** How many connections are open now. */
    public int openConnections() {
        return connections.size();
    }

    /** How many connections were accepted since the beginning. */
    public long acceptedConnections() {
        return accepted.get();
    }

    /** How many packets came since the beginning. */
    public long receivedPackets() {
        return packets.get();
    }

    /** What came, the latest 10,000, in the order of arrival. */
    public List<ReceivedPacket> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** What came of this type, among the latest 10,000. */
    public List<ReceivedPacket> received(PacketType type) {
        return received().stream().filter(packet -> packet.type() == type).toList();
    }

    /** Stops listening, ends all connections and waits for its threads, at most 5 s; a second time it does nothing. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(ScriptedConnection::reset);
        long deadline = System.nanoTime() + END.toNanos();
        Thread self = Thread.currentThread();
        for (Thread thread = other(self); thread != null && System.nanoTime() < deadline; thread = other(self)) {
            thread.interrupt(); // a reaction may wait for something
            try {
                thread.join(100);
            } catch (InterruptedException e) {
                self.interrupt();
                return;
            }
        }
    }

    private @Nullable Thread other(Thread self) {
        return threads.stream().filter(thread -> thread != self).findAny().orElse(null);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                accepted.incrementAndGet();
                ScriptedConnection connection = new ScriptedConnection(socket);
                connections.add(connection);
                begin("connection", () -> serve(connection));
            } catch (IOException e) {
                // the listener was closed, or a client was gone before it was accepted
            }
        }
        connections.forEach(ScriptedConnection::reset);
    }

    private void serve(ScriptedConnection connection) {
        try {
            connection.handshake();
            if (greeting.length > 0) {
                connection.send(greeting);
            }
            for (ReceivedPacket packet = connection.read(); packet != null; packet = connection.read()) {
                remember(packet);
                script.getOrDefault(packet.type(), Reaction.behave()).react(connection, packet);
            }
        } catch (IOException | BufferUnderflowException | IllegalArgumentException e) {
            // the client is gone, or does not speak MQTT
        } finally {
            connection.close();
            connections.remove(connection);
        }
    }

    private void remember(ReceivedPacket packet) {
        packets.incrementAndGet();
        synchronized (received) {
            if (received.size() == REMEMBERED) {
                received.removeFirst();
            }
            received.addLast(packet);
        }
    }

    private void begin(String what, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                },
                "scripted-broker-" + listener.getLocalPort() + "-" + what);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }
}
