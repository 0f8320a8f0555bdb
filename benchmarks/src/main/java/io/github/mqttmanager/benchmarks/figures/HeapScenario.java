package io.github.mqttmanager.benchmarks.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Heap per idle connection, of the manager and of the client that it is made of, in turn. */
final class HeapScenario implements Scenario {
    private static final int WARM = 20;

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int connections = settings.number("connections", 2_000);
        int rounds = settings.number("rounds", 5);
        List<Double> managed = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            bare.add(bytesEach(BareProcess.class, connections, settings));
            managed.add(bytesEach(ManagerProcess.class, connections, settings));
            ratios.add(managed.get(i) / bare.get(i));
        }
        return List.of(Figure.of(
                        "heap per idle connection beside the bare client's",
                        Medians.median(ratios),
                        2,
                        "times, median of " + rounds)
                .with("bytes", Medians.median(managed))
                .with("bareBytes", Medians.median(bare))
                .with("ratios", Medians.all(ratios))
                .with("connections", connections));
    }

    private static double bytesEach(Class<?> kind, int connections, Settings settings) throws Exception {
        List<String> flags = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC");
        try (Child sink = Child.start(List.of("-Xmx512m"), SinkBroker.class, "good=1");
                Child host = Child.start(flags, kind)) {
            int port = sink.answer().ports("good").get(0);
            host.ask("start");
            host.ask("add warm " + WARM + " 127.0.0.1 " + port);
            host.ask("await warm " + WARM + " 30");
            Thread.sleep(1_000L * settings.number("settle", 12));
            long before = host.ask("heap").number("used");
            host.ask("add b " + connections + " 127.0.0.1 " + port);
            host.ask("await b " + connections + " 120");
            // Idle means: the probes of a silent connection have begun, and what the start needed has been given back.
            Thread.sleep(1_000L * settings.number("settle", 12));
            long after = host.ask("heap").number("used");
            String histograms = settings.text("histograms", "");
            if (!histograms.isEmpty()) {
                histogram(host.pid(), Path.of(histograms, kind.getSimpleName() + ".txt"));
            }
            return (after - before) / (double) connections;
        }
    }

    private static void histogram(long pid, Path file) throws IOException, InterruptedException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(pid),
                        "GC.class_histogram")
                .redirectOutput(file.toFile())
                .start()
                .waitFor();
    }
}
