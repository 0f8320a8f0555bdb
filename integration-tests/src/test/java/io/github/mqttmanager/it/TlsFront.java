package io.github.mqttmanager.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;

/** Speaks TLS before a broker's TCP port, on loopback, and notes who came: the name in the client's certificate. */
final class TlsFront implements AutoCloseable {
    /** The subjects of the client certificates, in order; {@code -} for a client without one. */
    final List<String> clients = new CopyOnWriteArrayList<>();

    private final LoopbackServer server;

    /** @param settings which versions, whether a certificate is demanded */
    TlsFront(SSLServerSocketFactory factory, int brokerPort, Consumer<SSLServerSocket> settings) {
        try {
            SSLServerSocket listener =
                    (SSLServerSocket) factory.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            settings.accept(listener);
            this.server = LoopbackServer.start(listener, (through, client) -> hold(through, client, brokerPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.port();
    }

    private void hold(LoopbackServer through, Socket client, int brokerPort) throws IOException {
        SSLSocket tls = (SSLSocket) client;
        tls.startHandshake();
        String name;
        try {
            name = tls.getSession().getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            name = "-";
        }
        clients.add(name);
        through.join(client, through.connect(brokerPort));
    }

    @Override
    public void close() {
        server.close();
    }
}
