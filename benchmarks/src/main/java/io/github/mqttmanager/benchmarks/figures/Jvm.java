package io.github.mqttmanager.benchmarks.figures;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What is measured of the process that this runs in. */
final class Jvm {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Jvm() {}

    /** Bytes in use after full collections, when two of them no longer differ. */
    static long usedHeap() throws InterruptedException {
        long before = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            System.gc();
            Thread.sleep(100); // cleaners have their turn
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (before - used < 10_000) {
                return Math.min(before, used);
            }
            before = used;
        }
        return before;
    }

    /** Live Java threads, now and at most since the last call. */
    static String threads() {
        String answer = "threads=" + THREADS.getThreadCount() + " peak=" + THREADS.getPeakThreadCount() + " kinds="
                + Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                        .filter(info -> info != null)
                        .map(info -> info.getThreadName()
                                .replaceAll("-?[0-9]+$", "")
                                .replace(' ', '_')
                                .replace("mqtt-manager-", ""))
                        .collect(Collectors.groupingBy(name -> name, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .sorted(java.util.Map.Entry.comparingByKey())
                        .map(kind -> kind.getKey() + ":" + kind.getValue())
                        .collect(Collectors.joining(","));
        THREADS.resetPeakThreadCount();
        return answer;
    }
}
