package io.github.mqttmanager.benchmarks.figures;

import java.util.ArrayList;
import java.util.List;

/** Live Java threads of a process with 100, and with 5,000 connections that carry messages. */
final class ThreadsScenario implements Scenario {
    @Override
    public List<Figure> run(Settings settings) throws InterruptedException {
        int limit = 2 * Runtime.getRuntime().availableProcessors() + 16;
        List<Figure> figures = new ArrayList<>();
        List<Double> counts = new ArrayList<>();
        for (int connections : new int[] {settings.number("few", 100), settings.number("many", 5_000)}) {
            try (Child sink = Child.start(List.of("-Xmx512m"), SinkBroker.class, "good=1");
                    Child host = Child.start(List.of("-Xmx2g"), ManagerProcess.class)) {
                int port = sink.answer().ports("good").get(0);
                host.ask("start");
                host.ask("add b " + connections + " 127.0.0.1 " + port);
                host.ask("await b " + connections + " 120");
                long peak = host.ask("threads").number("peak");
                Thread.sleep(1_000L * settings.number("settle", 15));
                // A message each way over every connection: the handler threads are there, too.
                host.ask("echo b " + connections);
                Answer threads = host.ask("threads");
                counts.add((double) threads.number("threads"));
                figures.add(Figure.of(
                                connections + " connections that carry messages",
                                threads.number("threads"),
                                limit,
                                "threads")
                        .with("kinds", threads.text("kinds"))
                        .with("connectionsAtTheBroker", sink.ask("counts").number("open")));
                figures.add(Figure.of(connections + " connections while they are made", peak, limit, "threads"));
            }
        }
        figures.add(Figure.of("threads of the many beside those of the few", counts.get(1), counts.get(0), "threads"));
        return figures;
    }
}
