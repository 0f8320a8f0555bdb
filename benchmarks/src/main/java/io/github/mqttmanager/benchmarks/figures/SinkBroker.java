package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The far side of thousands of connections, as a process of its own on loopback: it takes whoever comes, answers what has to be answered,
 * gives back to the sender what it publishes, publishes by itself if asked to, and remembers when links were made. It keeps no sessions and
 * checks nothing.
 *
 * <p>Arguments say what to listen for: {@code good=2} listens on two ports, {@code silent=1000} on a thousand where nothing is ever
 * answered, {@code hosts=100} on port 1883 of 127.0.1.1 to 127.0.1.100, where nothing is answered either, {@code good@4711} on that
 * port. The first line that it writes names the ports.
 */
final class SinkBroker {
    private static final int BACKLOG = 4_096;

    private final Selector accepting;
    private final Selector serving;
    private final Queue<SinkLink> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<@Nullable Pour> pour = new AtomicReference<>();
    final Moments accepts = new Moments();
    final Moments connects = new Moments();

    private SinkBroker() throws IOException {
        accepting = Selector.open();
        serving = Selector.open();
    }

    public static void main(String[] arguments) throws IOException {
        SinkBroker broker = new SinkBroker();
        Map<String, List<Integer>> ports = new LinkedHashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("[=@]");
            boolean fixed = argument.indexOf('@') > 0;
            int number = Integer.parseInt(parts[1]);
            for (int i = 0; i < (fixed ? 1 : number); i++) {
                // Each on a host of its own, or all on one: limits of the manager know hosts and ports.
                boolean hosts = parts[0].equals("hosts");
                InetAddress address = InetAddress.getByName(hosts ? "127.0.1." + (1 + i) : "127.0.0.1");
                int port = hosts ? 1883 : fixed ? number : 0;
                ports.computeIfAbsent(parts[0], kind -> new ArrayList<>())
                        .add(broker.listen(new InetSocketAddress(address, port), !parts[0].equals("good")));
            }
        }
        start("accepting", broker::accept);
        start("serving", broker::serve);
        System.out.println("at=" + System.currentTimeMillis() + " "
                + ports.entrySet().stream()
                        .map(kind -> kind.getKey() + "="
                                + kind.getValue().stream().map(String::valueOf).collect(Collectors.joining(",")))
                        .collect(Collectors.joining(" ")));
        new Commands()
                .on(
                        "counts",
                        words -> "open=" + broker.open + " accepted=" + broker.accepts.count() + " connects="
                                + broker.connects.count())
                .on(
                        "window",
                        words -> "accepted=" + broker.accepts.mostInASecond() + " connects="
                                + broker.connects.mostInASecond())
                .on("pour", words -> broker.pour(Integer.parseInt(words[1]), Integer.parseInt(words[2])))
                .serve();
        System.exit(0);
    }

    /** Publishes so many messages of QoS 1 to those who are connected, as fast as they acknowledge. */
    private String pour(int count, int devices) throws InterruptedException {
        Pour begun = new Pour(count, devices);
        pour.set(begun);
        serving.wakeup();
        return begun.await();
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private int listen(InetSocketAddress address, boolean silent) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(address, BACKLOG);
        listener.configureBlocking(false);
        listener.register(accepting, SelectionKey.OP_ACCEPT, silent);
        return listener.socket().getLocalPort();
    }

    /** A thread of its own that does little else, so that the times are those of the connections and not of our work. */
    private void accept() {
        try {
            while (true) {
                accepting.select(key -> {
                    try {
                        ServerSocketChannel listener = (ServerSocketChannel) key.channel();
                        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
                            accepts.add();
                            open.incrementAndGet();
                            channel.configureBlocking(false);
                            accepted.add(new SinkLink(channel, (boolean) key.attachment(), connects));
                            serving.wakeup();
                        }
                    } catch (IOException e) {
                        System.err.println("accept: " + e);
                    }
                });
            }
        } catch (IOException e) {
            System.err.println("accept: " + e);
        }
    }

    private void serve() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
        try {
            while (true) {
                for (SinkLink link = accepted.poll(); link != null; link = accepted.poll()) {
                    link.channel().register(serving, SelectionKey.OP_READ, link);
                }
                Pour begun = pour.getAndSet(null);
                if (begun != null) {
                    for (SelectionKey key : serving.keys()) {
                        ((SinkLink) key.attachment()).pour(key, begun);
                    }
                }
                serving.select(key -> {
                    SinkLink link = (SinkLink) key.attachment();
                    if (!link.serve(key, buffer)) {
                        key.cancel();
                        open.decrementAndGet();
                    }
                });
            }
        } catch (IOException e) {
            System.err.println("serve: " + e);
        }
    }
}
