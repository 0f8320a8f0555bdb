package io.github.mqttmanager.benchmarks.figures;

import java.util.ArrayList;
import java.util.List;

/** What the publishes of other brokers feel when a name server does not answer for one host. */
final class DnsScenario implements Scenario {
    @Override
    public List<Figure> run(Settings settings) throws Exception {
        NameServer.require();
        int rounds = settings.number("rounds", 5);
        int hosts = settings.number("hosts", 1);
        int brokers = settings.number("brokers", 50);
        String load =
                "load good " + brokers + " " + settings.number("rate", 1_000) + " " + settings.number("seconds", 30);
        List<Double> calm = new ArrayList<>();
        List<Double> stalled = new ArrayList<>();
        List<Double> effects = new ArrayList<>();
        double longest = 0;
        long queries = 0;
        String state = "";
        for (int i = 0; i < rounds; i++) {
            try (Child names = Child.start(List.of("-Xmx64m"), NameServer.class);
                    Child sink = Child.start(List.of("-Xmx256m"), SinkBroker.class, "good=1");
                    Child host = Child.start(List.of("-Xmx512m"), ManagerProcess.class)) {
                names.answer();
                int port = sink.answer().ports("good").get(0);
                host.ask("start");
                host.ask("add good " + brokers + " 127.0.0.1 " + port);
                host.ask("await good " + brokers + " 60");
                host.ask("load good " + brokers + " 1000 5"); // compiled
                calm.add(p99(host.ask(load)));
                host.ask("add stalled " + hosts + " stalled-#.example.org " + port);
                Answer during = host.ask(load);
                stalled.add(p99(during));
                longest = Math.max(longest, during.decimal("max"));
                effects.add(stalled.get(i) - calm.get(i));
                queries += names.ask("counts").number("stalled");
                state = host.ask("status stalled").values().toString();
            }
        }
        if (queries < rounds) {
            throw new IllegalStateException("the name server was not asked");
        }
        return List.of(Figure.of(
                        "name server silent for " + hosts + " host(s): p99 of other brokers' publishes rises by",
                        Medians.max(effects),
                        50,
                        "ms, the most of " + rounds)
                .with("median", Medians.median(effects))
                .with("p99Calm", Medians.median(calm))
                .with("p99Stalled", Medians.median(stalled))
                .with("longest", longest)
                .with("unansweredQueries", queries)
                .with("stalledBrokers", state));
    }

    private static double p99(Answer load) {
        if (load.number("failed") > 0 || load.number("answered") < load.number("sent")) {
            throw new IllegalStateException("publishes failed: " + load.values());
        }
        return load.decimal("p99");
    }
}
