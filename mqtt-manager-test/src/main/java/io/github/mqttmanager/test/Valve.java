package io.github.mqttmanager.test;

/** Lets bytes pass or holds them, for all links of a proxy in one direction. This class is thread-safe. */
final class Valve {
    private boolean shut;
    private long passed;

    synchronized void shut() {
        shut = true;
    }

    synchronized void open() {
        shut = false;
        notifyAll();
    }

    /** Wakes those who wait, for their link may be gone. */
    synchronized void wake() {
        notifyAll();
    }

    /** Returns when bytes may pass or the link is gone. */
    synchronized void awaitOpen(ProxyLink link) throws InterruptedException {
        while (shut && link.isOpen()) {
            wait();
        }
    }

    synchronized void count(long bytes) {
        passed += bytes;
    }

    synchronized long passed() {
        return passed;
    }
}
