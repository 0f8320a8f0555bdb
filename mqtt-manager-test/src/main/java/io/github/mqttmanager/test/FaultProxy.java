package io.github.mqttmanager.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback that makes the faults of a network: links that are reset or half gone, connections that are refused, bytes that
 * stop, are late or come in drops.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to("127.0.0.1", broker.port())) {
 *     connectTo("127.0.0.1", proxy.port());
 *     proxy.stall();        // the link stays up and no byte passes
 *     proxy.flow();
 *     proxy.refuse(true);   // nobody listens any more; links that exist go on
 *     proxy.cut();          // links that exist are reset
 *     proxy.refuse(false);  // listens again, on the same port
 *     proxy.delay(Direction.TO_CLIENT, Duration.ofMillis(300));
 *     proxy.trickle(Direction.TO_TARGET, 1, Duration.ofMillis(20));
 *     proxy.closeAfter(Direction.TO_CLIENT, 3);   // in the middle of a CONNACK
 *     proxy.flow();         // as it was in the beginning
 *     proxy.halfOpen();     // the broker's side is gone, and the client is not told
 * }
 * }</pre>
 *
 * <p>It begins listening and flowing. This class is thread-safe; its threads are daemons. What cannot be done is an
 * {@link UncheckedIOException}.
 */
public final class FaultProxy implements AutoCloseable {
    /** The way that bytes take. */
    public enum Direction {
        TO_TARGET,
        TO_CLIENT
    }

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final int port;
    private final Map<Direction, Valve> valves = new EnumMap<>(Direction.class);
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();

    /** Guarded by this, as is {@link #closed}. */
    private @Nullable ServerSocket listener;

    /** Guarded by this. */
    private @Nullable Thread acceptor;

    private boolean closed;

    private FaultProxy(InetSocketAddress target) {
        this.target = target;
        for (Direction direction : Direction.values()) {
            valves.put(direction, new Valve());
        }
        ServerSocket first = listen(0);
        port = first.getLocalPort();
        listener = first;
        acceptor = accept(first);
    }

    /** Begins to listen on a free port of 127.0.0.1 on behalf of the target, which need not be up yet. */
    public static FaultProxy to(String host, int port) {
        return new FaultProxy(new InetSocketAddress(host, port));
    }

    /** Where clients connect to: 127.0.0.1. */
    public String host() {
        return "127.0.0.1";
    }

    /** Where clients connect to. Stays the same until the proxy is closed. */
    public int port() {
        return port;
    }

    /** Resets all links that exist now, on both sides, by RST. */
    public void cut() {
        links.forEach(ProxyLink::reset);
    }

    /** Whether new connections are refused by closing the listener; links that exist are not touched. */
    public synchronized void refuse(boolean refuse) {
        if (closed || refuse == (listener == null)) {
            return;
        }
        if (refuse) {
            closeListener();
        } else {
            ServerSocket again = listen(port);
            listener = again;
            acceptor = accept(again);
        }
    }

    /** Stops the bytes of all links, present and future, both ways. Nothing is lost: they pass when it flows again. */
    public void stall() {
        valves.values().forEach(Valve::shut);
    }

    /** Stops the bytes one way. */
    public void stall(Direction direction) {
        valve(direction).shut();
    }

    /**
     * Lets the bytes of all links, present and future, arrive later, as on a long way; their order and their pace stay.
     *
     * @param latency from arrival to departure
     * @throws IllegalArgumentException if it is negative
     */
    public void delay(Direction direction, Duration latency) {
        valve(direction).delay(latency);
    }

    /**
     * Lets the bytes of each link, present and future, pass in small portions, as on a bad line.
     *
     * @param bytes how many at once, at least 1
     * @param every how long after one portion the next one follows
     * @throws IllegalArgumentException if there is less than one byte, or the interval is negative
     */
    public void trickle(Direction direction, int bytes, Duration every) {
        valve(direction).trickle(bytes, every);
    }

    /**
     * Closes each link, present and future, on both sides when so many bytes have passed on it since its beginning; what exceeds them is
     * lost.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public void closeAfter(Direction direction, long bytes) {
        valve(direction).limit(bytes);
    }

    /**
     * Ends the target's side of all links that exist now, and tells the clients nothing: their connections stay, whatever they send is lost,
     * and no answer comes. New links work.
     */
    public void halfOpen() {
        links.forEach(ProxyLink::desert);
    }

    /** Lets the bytes pass as in the beginning, both ways: no stall, delay, trickle or limit. */
    public void flow() {
        valves.values().forEach(Valve::open);
    }

    /** Lets the bytes pass as in the beginning, one way. */
    public void flow(Direction direction) {
        valve(direction).open();
    }

    /** How many links were accepted since the beginning, whether or not the target could be reached. */
    public long acceptedLinks() {
        return accepted.get();
    }

    /** How many links exist now. */
    public int openLinks() {
        return links.size();
    }

    /** How many bytes passed since the beginning. */
    public long bytes(Direction direction) {
        return valve(direction).passed();
    }

    /** Refuses new connections and resets the links that exist; a second time it does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            closeListener();
        }
        cut();
    }

    private Valve valve(Direction direction) {
        Valve valve = valves.get(direction);
        if (valve == null) {
            throw new IllegalArgumentException("direction " + direction);
        }
        return valve;
    }

    private void closeListener() {
        ServerSocket open = listener;
        listener = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            awaitEndOfAcceptor();
        }
    }

    /** Until it has left accept(), the kernel goes on listening. */
    private void awaitEndOfAcceptor() {
        Thread ending = acceptor;
        acceptor = null;
        if (ending != null) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 1_000);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Thread accept(ServerSocket socket) {
        return daemon("accept", () -> {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    accepted.incrementAndGet();
                    daemon("connect", () -> connect(client, socket));
                } catch (IOException e) {
                    // the listener was closed, or a client was gone before it was accepted
                }
            }
        });
    }

    private void connect(Socket client, ServerSocket acceptedBy) {
        Socket toTarget = new Socket();
        ProxyLink link = new ProxyLink(client, toTarget, links::remove);
        links.add(link);
        try {
            toTarget.connect(new InetSocketAddress(target.getHostString(), target.getPort()), CONNECT_TIMEOUT_MILLIS);
        } catch (IOException e) {
            link.reset();
            return;
        }
        synchronized (this) {
            if (closed && acceptedBy.isClosed()) {
                link.reset();
                return;
            }
        }
        daemon("to-target", () -> link.pump(client, toTarget, valve(Direction.TO_TARGET)));
        daemon("to-client", () -> link.pump(toTarget, client, valve(Direction.TO_CLIENT)));
    }

    private Thread daemon(String what, Runnable work) {
        Thread thread = new Thread(work, "fault-proxy-" + port + "-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
