package io.github.mqttmanager.it;

import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A proxy as companies have them: HTTP CONNECT, SOCKS 4 or SOCKS 5, on loopback and to loopback only. It notes what it was asked to
 * connect to, in the words of the client.
 */
final class ForwardProxy implements AutoCloseable {
    /** What was asked for, such as {@code 127.0.0.1:1883}. */
    final List<String> targets = new CopyOnWriteArrayList<>();

    private final ProxySettings.Type type;
    private final @Nullable String username;
    private final @Nullable String password;
    private final LoopbackServer server;

    private ForwardProxy(ProxySettings.Type type, @Nullable String username, @Nullable String password) {
        this.type = type;
        this.username = username;
        this.password = password;
        this.server = LoopbackServer.start(this::hold);
    }

    static ForwardProxy start(ProxySettings.Type type) {
        return new ForwardProxy(type, null, null);
    }

    /** One that demands these; SOCKS 4 knows no password. */
    static ForwardProxy start(ProxySettings.Type type, String username, String password) {
        return new ForwardProxy(type, username, password);
    }

    Endpoint endpoint() {
        return Endpoint.of("127.0.0.1", server.port());
    }

    private void hold(LoopbackServer through, Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        switch (type) {
            case HTTP -> http(through, client, in, out);
            case SOCKS_4 -> socks4(through, client, in, out);
            case SOCKS_5 -> socks5(through, client, in, out);
        }
    }

    private void http(LoopbackServer through, Socket client, InputStream in, OutputStream out) throws IOException {
        String[] head = LoopbackServer.head(in);
        if (username != null) {
            String wanted = "Basic "
                    + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
            boolean shown = List.of(head).stream()
                    .anyMatch(line -> line.toLowerCase().startsWith("proxy-authorization:")
                            && line.substring(line.indexOf(':') + 1).strip().equals(wanted));
            if (!shown) {
                LoopbackServer.say(
                        out,
                        "HTTP/1.1 407 Proxy Authentication Required",
                        "Proxy-Authenticate: Basic realm=\"test\"",
                        "Content-Length: 0");
                return;
            }
        }
        String target = head[0].split(" ")[1];
        targets.add(target);
        Socket other;
        try {
            other = through.connect(Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)));
        } catch (IOException e) {
            LoopbackServer.say(out, "HTTP/1.1 502 Bad Gateway", "Content-Length: 0");
            return;
        }
        LoopbackServer.say(out, "HTTP/1.1 200 Connection established");
        through.join(client, other);
    }

    private void socks4(LoopbackServer through, Socket client, DataInputStream in, OutputStream out)
            throws IOException {
        in.readUnsignedByte();
        in.readUnsignedByte();
        int port = in.readUnsignedShort();
        byte[] address = in.readNBytes(4);
        StringBuilder user = new StringBuilder();
        for (int next = in.readUnsignedByte(); next != 0; next = in.readUnsignedByte()) {
            user.append((char) next);
        }
        if (username != null && !username.contentEquals(user)) {
            out.write(new byte[] {0, 0x5D, 0, 0, 0, 0, 0, 0});
            return;
        }
        targets.add(InetAddress.getByAddress(address).getHostAddress() + ":" + port);
        Socket other;
        try {
            other = through.connect(port);
        } catch (IOException e) {
            out.write(new byte[] {0, 0x5B, 0, 0, 0, 0, 0, 0});
            return;
        }
        out.write(new byte[] {0, 0x5A, 0, 0, 0, 0, 0, 0});
        through.join(client, other);
    }

    private void socks5(LoopbackServer through, Socket client, DataInputStream in, OutputStream out)
            throws IOException {
        in.readUnsignedByte();
        byte[] methods = in.readNBytes(in.readUnsignedByte());
        byte wanted = (byte) (username == null ? 0 : 2);
        if (new String(methods, StandardCharsets.ISO_8859_1).indexOf(wanted) < 0) {
            out.write(new byte[] {5, (byte) 0xFF});
            return;
        }
        out.write(new byte[] {5, wanted});
        if (username != null) {
            in.readUnsignedByte();
            String name = text(in.readNBytes(in.readUnsignedByte()));
            String word = text(in.readNBytes(in.readUnsignedByte()));
            boolean right = name.equals(username) && word.equals(password);
            out.write(new byte[] {1, (byte) (right ? 0 : 1)});
            if (!right) {
                return;
            }
        }
        in.readNBytes(3);
        int kind = in.readUnsignedByte();
        String host = kind == 3
                ? text(in.readNBytes(in.readUnsignedByte()))
                : InetAddress.getByAddress(in.readNBytes(kind == 1 ? 4 : 16)).getHostAddress();
        int port = in.readUnsignedShort();
        targets.add(host + ":" + port);
        Socket other;
        try {
            other = through.connect(port);
        } catch (IOException e) {
            out.write(new byte[] {5, 5, 0, 1, 0, 0, 0, 0, 0, 0});
            return;
        }
        out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        through.join(client, other);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.close();
    }
}
