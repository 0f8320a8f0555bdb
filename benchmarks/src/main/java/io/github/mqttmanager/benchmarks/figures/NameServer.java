package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server that knows nobody, and says so at once; names that begin with {@code stalled} it does not answer at all. The resolver of
 * the system asks it where {@code benchmarks/run} has arranged that, and gives a name up after 30 s.
 */
final class NameServer {
    private static final String ADDRESS = "127.0.0.53";

    private NameServer() {}

    public static void main(String[] arguments) throws IOException {
        AtomicInteger stalled = new AtomicInteger();
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(ADDRESS, 53));
        Thread answering = new Thread(() -> answer(socket, stalled), "answering");
        answering.setDaemon(true);
        answering.start();
        System.out.println("listening=1");
        new Commands().on("counts", words -> "stalled=" + stalled).serve();
        System.exit(0);
    }

    /** Fails unless this process asks the name server above, in a network of its own. */
    static void require() throws IOException {
        if (!Files.readString(Path.of("/etc/resolv.conf")).contains(ADDRESS)) {
            throw new IllegalStateException("this scenario needs Linux and is to be started by benchmarks/run");
        }
    }

    private static void answer(DatagramSocket socket, AtomicInteger stalled) {
        byte[] bytes = new byte[1_500];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                socket.receive(packet);
                // RFC 1035 section 4: a header of 12 bytes, then the name, each label after its length.
                if (new String(bytes, 13, 7, StandardCharsets.US_ASCII).equals("stalled")) {
                    stalled.incrementAndGet();
                    continue;
                }
                bytes[2] |= (byte) 0x80; // an answer
                bytes[3] = (byte) 0x83; // no such name
                socket.send(packet);
            }
        } catch (IOException e) {
            System.err.println("names: " + e);
        }
    }
}
