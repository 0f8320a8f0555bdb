package io.github.mqttmanager.benchmarks.figures;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * Messages of QoS 1, of so many devices in turn, which the {@link SinkBroker} publishes: how long it takes until the last is acknowledged.
 * Belongs to the serving thread but for {@link #await}.
 */
final class Pour {
    static final String PAYLOAD = "{\"temperature\":21.5,\"humidity\":47.25,\"battery\":3.61}";
    private static final byte[] BYTES = PAYLOAD.getBytes(StandardCharsets.UTF_8);

    private final byte[][] topics;
    private final int count;
    private final CountDownLatch done = new CountDownLatch(1);
    private int sent;
    private int acknowledged;
    private long began;
    private volatile long nanos;

    Pour(int count, int devices) {
        this.count = count;
        this.topics = new byte[devices][];
        for (int i = 0; i < devices; i++) {
            topics[i] = topic(i).getBytes(StandardCharsets.UTF_8);
        }
    }

    static String device(int number) {
        return "d-" + number;
    }

    static String topic(int number) {
        return "devices/" + device(number) + "/telemetry";
    }

    boolean hasNext() {
        return sent < count;
    }

    void next(int identifier, boolean version5, ByteArrayOutputStream out) {
        if (sent == 0) {
            began = System.nanoTime();
        }
        byte[] topic = topics[sent++ % topics.length];
        out.write(0x32);
        SinkLink.length(2 + topic.length + 2 + (version5 ? 1 : 0) + BYTES.length, out);
        out.write(topic.length >> 8);
        out.write(topic.length);
        out.writeBytes(topic);
        out.write(identifier >> 8);
        out.write(identifier);
        if (version5) {
            out.write(0);
        }
        out.writeBytes(BYTES);
    }

    void acknowledged() {
        if (++acknowledged == count) {
            nanos = System.nanoTime() - began;
            done.countDown();
        }
    }

    String await() throws InterruptedException {
        done.await();
        return "count=" + count + " nanos=" + nanos;
    }
}
