package io.github.mqttmanager.benchmarks.figures;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long the example's server needs until it answers, with brokers of the worst kinds in its database and with none, in turn. */
final class StartScenario implements Scenario {
    @Override
    public List<Figure> run(Settings settings) throws Exception {
        NameServer.require();
        int silent = settings.number("silent", 100);
        int stalled = settings.number("stalled", 50);
        int refusing = settings.number("refusing", 50);
        int rounds = settings.number("rounds", 5);
        Path none = Files.createTempDirectory("server-none");
        Path dead = Files.createTempDirectory("server-dead");
        try (Child names = Child.start(List.of("-Xmx64m"), NameServer.class);
                Child sink = Child.start(List.of("-Xmx256m"), SinkBroker.class, "hosts=" + silent)) {
            names.answer();
            sink.answer();
            // On hosts of their own: how many ports of one host a user may try is limited.
            List<String> hosts = new ArrayList<>();
            for (int i = 1; i <= silent; i++) {
                hosts.add("127.0.1." + i);
            }
            for (int i = 1; i <= stalled; i++) {
                hosts.add("stalled-" + i + ".example.org");
            }
            for (int i = 1; i <= refusing; i++) {
                hosts.add("127.0.2." + i); // nobody listens there
            }
            prepare(none, List.of());
            prepare(dead, hosts);
            long queriesBefore = names.ask("counts").number("stalled");
            long acceptedBefore = sink.ask("counts").number("accepted");
            List<Double> alone = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            List<Double> stops = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                alone.add(start(none, new ArrayList<>()));
                beside.add(start(dead, stops));
                ratios.add(beside.get(i) / alone.get(i));
            }
            return List.of(Figure.of(
                            "server start with " + silent + " silent, " + stalled + " DNS-stalled and " + refusing
                                    + " refusing brokers, beside none",
                            Medians.median(beside) / Medians.median(alone),
                            1.1,
                            "times, medians of " + rounds)
                    .with("noneSeconds", Medians.all(alone))
                    .with("deadSeconds", Medians.all(beside))
                    .with("ratios", Medians.all(ratios))
                    .with("stopSeconds", Medians.all(stops))
                    .with("linksToSilentOnes", sink.ask("counts").number("accepted") - acceptedBefore)
                    .with("unansweredQueries", names.ask("counts").number("stalled") - queriesBefore));
        }
    }

    private static void prepare(Path data, List<String> hosts) throws Exception {
        try (ExampleServer server = ExampleServer.start(data)) {
            server.awaitHealth();
            server.create(hosts);
        }
    }

    private static double start(Path data, List<Double> stops) throws Exception {
        long began = System.nanoTime();
        ExampleServer server = ExampleServer.start(data);
        try {
            server.awaitHealth();
            double seconds = (System.nanoTime() - began) / 1e9;
            Thread.sleep(3_000); // it is at work
            return seconds;
        } finally {
            long stopped = System.nanoTime();
            server.close();
            stops.add((System.nanoTime() - stopped) / 1e9);
        }
    }
}
