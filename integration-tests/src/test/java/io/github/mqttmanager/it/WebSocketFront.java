package io.github.mqttmanager.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** Gives a broker's TCP port a WebSocket (RFC 6455), on loopback, and notes what clients ask for. */
final class WebSocketFront implements AutoCloseable {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /**
     * A handshake.
     *
     * @param target path and query as they came
     * @param headers by their names in lower case
     */
    record Request(String target, Map<String, String> headers) {}

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final LoopbackServer server;
    private final String path;
    private final int brokerPort;

    /** @param path everything else is not found */
    WebSocketFront(ServerSocketFactory factory, String path, int brokerPort) {
        this.path = path;
        this.brokerPort = brokerPort;
        this.server = LoopbackServer.start(factory, this::hold);
    }

    int port() {
        return server.port();
    }

    private void hold(LoopbackServer through, Socket client) throws IOException {
        InputStream in = client.getInputStream();
        OutputStream out = client.getOutputStream();
        Request request = request(LoopbackServer.head(in));
        requests.add(request);
        if (!request.target.split("\\?")[0].equals(path)) {
            LoopbackServer.say(out, "HTTP/1.1 404 Not Found", "Content-Length: 0");
            return;
        }
        if (!"mqtt".equals(request.headers.get("sec-websocket-protocol"))) {
            LoopbackServer.say(out, "HTTP/1.1 400 Bad Request", "Content-Length: 0");
            return;
        }
        LoopbackServer.say(
                out,
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Protocol: mqtt",
                "Sec-WebSocket-Accept: " + accept(request.headers.get("sec-websocket-key")));
        try (Socket broker = through.connect(brokerPort)) {
            through.meanwhile(broker, client, () -> frame(broker.getInputStream(), out));
            unframe(new DataInputStream(in), broker.getOutputStream());
        }
    }

    private static Request request(String[] head) {
        Map<String, String> headers = new TreeMap<>();
        for (String line : new ArrayList<>(List.of(head)).subList(1, head.length)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(),
                    line.substring(colon + 1).strip());
        }
        return new Request(head[0].split(" ")[1], headers);
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the broker says becomes binary frames. */
    private static void frame(InputStream broker, OutputStream out) throws IOException {
        byte[] bytes = new byte[8_192];
        for (int n = broker.read(bytes); n >= 0; n = broker.read(bytes)) {
            out.write(0x82);
            if (n < 126) {
                out.write(n);
            } else {
                out.write(126);
                out.write(n >> 8);
                out.write(n);
            }
            out.write(bytes, 0, n);
            out.flush();
        }
    }

    /** What is in the client's frames goes to the broker, until it closes. */
    private static void unframe(DataInputStream in, OutputStream broker) throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & 0x0F;
            int second = in.readUnsignedByte();
            long length = second & 0x7F;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            if ((second & 0x80) == 0 || length > 1_000_000 || opcode == 8) {
                return; // a client must mask (section 5.1), or it says good-bye
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes((int) length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i & 3];
            }
            if (opcode <= 2) {
                broker.write(payload);
                broker.flush();
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
