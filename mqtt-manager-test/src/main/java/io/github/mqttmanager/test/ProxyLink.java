package io.github.mqttmanager.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A client's connection and the one that the proxy made to the target for it. This class is thread-safe. */
final class ProxyLink {
    private final Socket client;
    private final Socket target;
    private final Consumer<ProxyLink> whenGone;
    private final Set<Valve> valves = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean open = true;

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
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (true) {
                int count = in.read(buffer);
                valve.awaitOpen(this);
                if (count < 0 || !open) {
                    break;
                }
                out.write(buffer, 0, count);
                valve.count(count);
            }
            if (open) {
                to.shutdownOutput();
            }
            if (ended.incrementAndGet() == 2) {
                close(false);
            }
        } catch (IOException e) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset();
        }
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
