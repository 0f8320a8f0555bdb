package io.github.mqttmanager.test;

import java.time.Duration;

/** What happens to the bytes of all links of a proxy in one direction. This class is thread-safe. */
final class Valve {
    private boolean shut;
    private Duration delay = Duration.ZERO;
    private int portion = Integer.MAX_VALUE;
    private Duration interval = Duration.ZERO;
    private long limit = Long.MAX_VALUE;
    private long passed;

    synchronized void shut() {
        shut = true;
    }

    synchronized void delay(Duration latency) {
        if (latency.isNegative()) {
            throw new IllegalArgumentException("delay " + latency);
        }
        delay = latency;
        notifyAll();
    }

    synchronized void trickle(int bytes, Duration every) {
        if (bytes < 1 || every.isNegative()) {
            throw new IllegalArgumentException("trickle of " + bytes + " bytes every " + every);
        }
        portion = bytes;
        interval = every;
        notifyAll();
    }

    synchronized void limit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("limit of " + bytes + " bytes");
        }
        limit = bytes;
        notifyAll();
    }

    synchronized void open() {
        shut = false;
        delay = Duration.ZERO;
        portion = Integer.MAX_VALUE;
        interval = Duration.ZERO;
        limit = Long.MAX_VALUE;
        notifyAll();
    }

    /** Wakes those who wait, for their link may be gone. */
    synchronized void wake() {
        notifyAll();
    }

    synchronized Duration delay() {
        return delay;
    }

    /** How many of so many bytes may pass at once. */
    synchronized int portion(int bytes) {
        return Math.min(bytes, portion);
    }

    synchronized long limit() {
        return limit;
    }

    /** Returns when bytes may pass or the link is gone. */
    synchronized void awaitOpen(ProxyLink link) throws InterruptedException {
        while (shut && link.isOpen()) {
            wait();
        }
    }

    /** Returns when the delay is over that bytes have from their arrival on, or the link is gone. */
    synchronized void awaitDelay(ProxyLink link, long arrivedNanos) throws InterruptedException {
        for (long rest = delay.toNanos() - (System.nanoTime() - arrivedNanos);
                rest > 0 && link.isOpen();
                rest = delay.toNanos() - (System.nanoTime() - arrivedNanos)) {
            sleep(rest);
        }
    }

    /** Returns when the next portion may pass or the link is gone. */
    synchronized void awaitInterval(ProxyLink link) throws InterruptedException {
        long began = System.nanoTime();
        for (long rest = interval.toNanos();
                rest > 0 && link.isOpen();
                rest = interval.toNanos() - (System.nanoTime() - began)) {
            sleep(rest);
        }
    }

    private void sleep(long nanos) throws InterruptedException {
        wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }

    synchronized void count(long bytes) {
        passed += bytes;
    }

    synchronized long passed() {
        return passed;
    }
}
