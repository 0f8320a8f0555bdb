package io.github.mqttmanager.example.server.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Where the demo listens, on the loopback address only. */
enum DemoPort {
    HOUSE(0),
    GREENHOUSE(1),
    /** The first broker over TLS, with a certificate that is fine for whoever knows the demo's authority. */
    TLS(7000),
    /** The same with a certificate that has expired. */
    EXPIRED(7001),
    /** The same with a certificate for another host. */
    ELSEWHERE(7002),
    /** Accepts connections and never says a word. */
    SILENT(7003);

    private static final int LAST = 65_535;

    private final int distance;

    /** @param distance from the first port: with 1883 the others begin at 8883, as usual */
    DemoPort(int distance) {
        this.distance = distance;
    }

    /** The wanted ports where nobody has them, else any others; with 0, any. */
    static Map<DemoPort, Integer> free(int first) throws IOException {
        Map<DemoPort, Integer> ports = new EnumMap<>(DemoPort.class);
        // All are held until the last is found, or the same could be found twice.
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (DemoPort port : values()) {
                int wanted = first == 0 || first + port.distance > LAST ? 0 : first + port.distance;
                ServerSocket socket = hold(wanted);
                held.add(socket);
                ports.put(port, socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return ports;
    }

    private static ServerSocket hold(int wanted) throws IOException {
        try {
            return bind(wanted);
        } catch (IOException e) {
            return bind(0);
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
