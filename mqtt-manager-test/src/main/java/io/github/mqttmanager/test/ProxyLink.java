package io.github.mqttmanager.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's connection and the one that the proxy made to the target for it. This class is thread-safe. */
final class ProxyLink {
    /** What may be on its way in one direction; who sends more has to wait, as on any network. */
    private static final int MAX_UNDER_WAY = 1024 * 1024;

    private final Socket client;
    private final Socket target;
    private final Consumer<ProxyLink> whenGone;
    private final Set<Valve> valves = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean open = true;
    private volatile boolean deserted;

    ProxyLink(Socket client, Socket target, Consumer<ProxyLink> whenGone) {
        this.client = client;
        this.target = target;
        this.whenGone = whenGone;
    }

    boolean isOpen() {
        return open;
    }

    /** Copies until the source ends, whose end is passed on, or the link is gone. */
    void pump(Socket from, Socket to, Valve valve) {
        valves.add(valve);
        try {
            copy(from, to, valve);
            if (open && !deserted) {
                to.shutdownOutput();
            }
            if (ended.incrementAndGet() == 2 || deserted) {
                close(false);
            }
        } catch (IOException e) {
            if (!deserted) {
                reset();
            } else if (from == client) {
                swallow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset();
        }
    }

    /** Bytes on their way. */
    private record Chunk(byte[] bytes, long arrivedNanos) {}

    private void copy(Socket from, Socket to, Valve valve) throws IOException, InterruptedException {
        InputStream in = from.getInputStream();
        byte[] buffer = new byte[16 * 1024];
        Deque<Chunk> underWay = new ArrayDeque<>();
        int bytesUnderWay = 0;
        long passed = 0;
        boolean atEnd = false;
        while (open && !(atEnd && underWay.isEmpty())) {
            Chunk first = underWay.peek();
            if (!atEnd && (first == null || bytesUnderWay < MAX_UNDER_WAY)) {
                int count = read(in, from, buffer, first, valve);
                atEnd = count < 0;
                if (count > 0) {
                    underWay.add(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime()));
                    bytesUnderWay += count;
                }
            }
            first = underWay.peek();
            if (first == null || (!atEnd && !isDue(first, valve) && bytesUnderWay < MAX_UNDER_WAY)) {
                continue;
            }
            valve.awaitDelay(this, first.arrivedNanos());
            valve.awaitOpen(this);
            passed += write(first.bytes(), to, valve, passed);
            underWay.remove();
            bytesUnderWay -= first.bytes().length;
        }
    }

    private static boolean isDue(Chunk chunk, Valve valve) {
        return System.nanoTime() - chunk.arrivedNanos() >= valve.delay().toNanos();
    }

    /** Reads what comes before the chunk is due; without a chunk, for as long as it takes. @return 0 if nothing came */
    private static int read(InputStream in, Socket from, byte[] buffer, @Nullable Chunk first, Valve valve)
            throws IOException {
        if (first == null) {
            from.setSoTimeout(0);
            return in.read(buffer);
        }
        long millis = (valve.delay().toNanos() - (System.nanoTime() - first.arrivedNanos())) / 1_000_000;
        if (millis < 1) {
            return 0;
        }
        from.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
        try {
            return in.read(buffer);
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    /** @return how many bytes passed */
    private int write(byte[] bytes, Socket to, Valve valve, long passedBefore)
            throws IOException, InterruptedException {
        OutputStream out = to.getOutputStream();
        int written = 0;
        while (written < bytes.length && open) {
            long allowed = valve.limit() - passedBefore - written;
            int portion = (int) Math.min(valve.portion(bytes.length - written), Math.max(allowed, 0));
            out.write(bytes, written, portion);
            written += portion;
            valve.count(portion);
            if (passedBefore + written >= valve.limit()) {
                close(false);
            } else {
                valve.awaitInterval(this);
                valve.awaitOpen(this);
            }
        }
        return written;
    }

    /** The target is gone without a word: the client's connection stays, and whatever it sends is lost. */
    void desert() {
        deserted = true;
        end(target, true);
        valves.forEach(Valve::wake);
    }

    private void swallow() {
        try {
            client.setSoTimeout(0);
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the client, too, is gone
        }
        close(false);
    }

    /** Ends both sides by RST. */
    void reset() {
        close(true);
    }

    private void close(boolean reset) {
        open = false;
        end(client, reset);
        end(target, reset);
        valves.forEach(Valve::wake);
        whenGone.accept(this);
    }

    private static void end(Socket socket, boolean reset) {
        try {
            if (reset && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // the other side was faster
        }
        try {
            socket.close();
        } catch (IOException e) {
            // the other side was faster
        }
    }
}
