package io.github.mqttmanager.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ServerSocketFactory;

/** Listens on loopback and has a conversation with everybody who comes, each on threads of its own, until it is closed. */
final class LoopbackServer implements AutoCloseable {
    /** What is said to one client. The connection ends when it returns or throws. */
    @FunctionalInterface
    interface Conversation {
        void hold(LoopbackServer server, Socket client) throws IOException;
    }

    private static final int LONGEST_HEAD = 16_384;

    private final ServerSocket listener;
    private final Conversation conversation;
    private final Set<Closeable> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "loopback-server");
        thread.setDaemon(true);
        return thread;
    });

    private LoopbackServer(ServerSocket listener, Conversation conversation) {
        this.listener = listener;
        this.conversation = conversation;
    }

    static LoopbackServer start(Conversation conversation) {
        return start(ServerSocketFactory.getDefault(), conversation);
    }

    /** @param factory of TLS, for example */
    static LoopbackServer start(ServerSocketFactory factory, Conversation conversation) {
        try {
            return start(factory.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), conversation);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param listener is closed with the server */
    static LoopbackServer start(ServerSocket listener, Conversation conversation) {
        LoopbackServer server = new LoopbackServer(listener, conversation);
        server.threads.execute(server::accept);
        return server;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                threads.execute(() -> {
                    try (client) {
                        conversation.hold(this, client);
                    } catch (IOException e) {
                        // the client is gone, or does not speak what we speak
                    } finally {
                        sockets.remove(client);
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    /** A connection to another server on loopback, which ends with this one. */
    Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 5_000);
        return socket;
    }

    /** Hands bytes over in both directions, until one side ends. */
    void join(Socket client, Socket other) throws IOException {
        meanwhile(other, client, () -> other.getInputStream().transferTo(client.getOutputStream()));
        try (other) {
            client.getInputStream().transferTo(other.getOutputStream());
        }
    }

    /** Something that may fail with the connection. */
    @FunctionalInterface
    interface Copying {
        void run() throws IOException;
    }

    /** Copies on another thread; when that ends, both sockets do. */
    void meanwhile(Socket one, Socket two, Copying copying) {
        threads.execute(() -> {
            try (one;
                    two) {
                copying.run();
            } catch (IOException e) {
                // one side is gone
            }
        });
    }

    /** The lines of an HTTP request before its empty line. */
    static String[] head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0 || head.length() > LONGEST_HEAD) {
                throw new IOException("no HTTP request");
            }
            head.append((char) next);
        }
        return head.toString().strip().split("\r\n");
    }

    static void say(OutputStream out, String... lines) throws IOException {
        out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Closeable socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
