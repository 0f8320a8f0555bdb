package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How many TCP connections were begun in any second, those that nobody accepted included: the kernel counts them for the whole machine
 * (or network namespace), so nothing else may connect meanwhile. Where there is no Linux it knows nothing.
 */
final class Starts implements AutoCloseable {
    private static final Path COUNTERS = Path.of("/proc/net/snmp");
    private static final long SECOND = 1_000_000_000L;

    private record Sample(long before, long after, long opens) {}

    private final Deque<Sample> window = new ArrayDeque<>();
    private boolean ended;
    private long most;
    private long first = -1;
    private long last;

    Starts() {
        if (Files.isReadable(COUNTERS)) {
            Thread sampler = new Thread(this::sample, "starts");
            sampler.setDaemon(true);
            sampler.start();
        }
    }

    private void sample() {
        try {
            while (!isEnded()) {
                long before = System.nanoTime();
                long opens = activeOpens();
                add(new Sample(before, System.nanoTime(), opens));
                Thread.sleep(5);
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("starts: " + e);
        }
    }

    /** What lies between two samples that are a second apart at most, was begun within one. */
    private synchronized void add(Sample sample) {
        if (first < 0) {
            first = sample.opens;
        }
        last = sample.opens;
        window.add(sample);
        while (sample.after - window.element().before > SECOND) {
            window.remove();
        }
        most = Math.max(most, sample.opens - window.element().opens);
    }

    /** How many were begun in all. */
    synchronized long count() {
        return last - first;
    }

    /** The most that any window of a second saw; -1 if not known. */
    synchronized long mostInASecond() {
        return first < 0 ? -1 : most;
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    @Override
    public synchronized void close() {
        ended = true;
    }

    private static long activeOpens() throws IOException {
        List<String> lines = Files.readAllLines(COUNTERS);
        String[] names = new String[0];
        for (String line : lines) {
            if (line.startsWith("Tcp: ")) {
                String[] words = line.split(" ");
                if (names.length == 0) {
                    names = words;
                } else {
                    for (int i = 0; i < names.length; i++) {
                        if (names[i].equals("ActiveOpens")) {
                            return Long.parseLong(words[i]);
                        }
                    }
                }
            }
        }
        throw new IOException("no ActiveOpens in " + COUNTERS);
    }
}
