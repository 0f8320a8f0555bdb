package io.github.mqttmanager.benchmarks.figures;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What is measured of the process that this runs in. */
final class Jvm {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Jvm() {}

    /** Bytes that a full collection left, the least of a few: what was allocated since does not count. */
    static long usedHeap() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            long left = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                    .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                    .sum();
            least = Math.min(least, left);
            Thread.sleep(200); // cleaners have their turn
        }
        return least;
    }

    /** The most bytes that each part of the heap held at any moment, garbage included. */
    static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    /** What all threads together, those of the JVM too, have had of the processors. */
    static long cpuNanos() {
        return SYSTEM.getProcessCpuTime();
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
