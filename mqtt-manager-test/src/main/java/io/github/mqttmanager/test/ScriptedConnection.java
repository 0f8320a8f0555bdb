package io.github.mqttmanager.test;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One client's connection to a {@link ScriptedBroker}. This class is thread-safe. */
public final class ScriptedConnection {
    // What a client sends is small; whoever announces more is not to fill the heap.
    private static final int MAX_LENGTH = 16 * 1024 * 1024;

    private final Socket socket;
    private final Object writing = new Object();
    private volatile int version;
    private volatile String clientIdentifier = "";

    ScriptedConnection(Socket socket) {
        this.socket = socket;
    }

    /** The protocol level of the CONNECT: 4 for MQTT 3.1.1, 5 for MQTT 5, 0 as long as there was none. */
    public int version() {
        return version;
    }

    /** Of the CONNECT; empty as long as there was none. */
    public String clientIdentifier() {
        return clientIdentifier;
    }

    /** Sends these bytes, whatever they are. Blocks while the client reads nothing. */
    public void send(byte... bytes) throws IOException {
        synchronized (writing) {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }
    }

    /** Sends a PUBLISH of QoS 0, whether or not the client has subscribed. */
    public void publish(String topic, byte[] payload) throws IOException {
        send(Behaviour.publish(version, topic, payload));
    }

    /** Sends a DISCONNECT to a client of MQTT 5, and ends the connection. */
    public void disconnect(int code, @Nullable String reason, @Nullable String serverReference) throws IOException {
        if (version == 5) {
            send(Behaviour.disconnect(code, reason, serverReference));
        }
        close();
    }

    /** Ends the connection without a word. */
    public void close() {
        try {
            // The end of what we sent goes first: closing with something unread resets, and what we sent last would be
            // lost.
            if (!(socket instanceof SSLSocket) && !socket.isClosed()) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            // the client was faster
        }
        end();
    }

    /** Ends the connection by RST. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // the client was faster
        }
        end();
    }

    private void end() {
        try {
            socket.close();
        } catch (IOException e) {
            // the client was faster
        }
    }

    void handshake() throws IOException {
        if (socket instanceof SSLSocket secure) {
            secure.startHandshake();
        }
    }

    /** The next packet, or null at the end. */
    @Nullable
    ReceivedPacket read() throws IOException {
        InputStream in = socket.getInputStream();
        int first = in.read();
        if (first < 0) {
            return null;
        }
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(first);
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("in a header");
            }
            header.write(next);
            length |= (next & 0x7F) << shift;
            if (next < 0x80) {
                break;
            }
            if (shift == 21) {
                throw new IOException("malformed length");
            }
        }
        if (length > MAX_LENGTH) {
            throw new IOException("a packet of " + length + " bytes");
        }
        byte[] bytes = new byte[header.size() + length];
        System.arraycopy(header.toByteArray(), 0, bytes, 0, header.size());
        if (in.readNBytes(bytes, header.size(), length) < length) {
            throw new EOFException("in a packet");
        }
        ReceivedPacket packet = new ReceivedPacket(bytes, header.size());
        if (packet.type() == PacketType.CONNECT) {
            readConnect(packet.read());
        }
        return packet;
    }

    private void readConnect(ByteBuffer body) throws IOException {
        try {
            text(body);
            version = body.get();
            body.position(body.position() + 3); // flags and keep-alive
            Behaviour.skipProperties(version, body);
            clientIdentifier = text(body);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("malformed CONNECT", e);
        }
    }

    private static String text(ByteBuffer body) {
        byte[] utf8 = new byte[body.getShort() & 0xFFFF];
        body.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "connection of " + clientIdentifier + " from " + socket.getRemoteSocketAddress();
    }
}
