package io.github.mqttmanager.benchmarks.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** 1,000 brokers that take the connection and never say a word, beside 10 good ones. */
final class SilentScenario implements Scenario {
    private static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC");

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int silent = settings.number("silent", 1_000);
        int good = settings.number("good", 10);
        int rounds = settings.number("rounds", 5);
        try (Child sink = Child.start(List.of("-Xmx512m"), SinkBroker.class, "good=" + good, "silent=" + silent)) {
            Answer ports = sink.answer();
            String addGood = "add good " + good + " 127.0.0.1 " + ports.text("good");
            String addSilent = "add silent " + silent + " 127.0.0.1 " + ports.text("silent");
            String awaitGood = "await good " + good + " 60";
            List<Double> alone = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            List<Double> together = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                try (Child host = warm(ports)) {
                    long began = System.currentTimeMillis();
                    host.ask(addGood);
                    alone.add((host.ask(awaitGood).number("at") - began) / 1e3);
                }
                try (Child host = warm(ports)) {
                    host.ask(addSilent);
                    Thread.sleep(1_000L * settings.number("settle", 8));
                    long began = System.currentTimeMillis();
                    host.ask(addGood);
                    beside.add((host.ask(awaitGood).number("at") - began) / 1e3);
                }
                try (Child host = warm(ports)) {
                    long began = System.currentTimeMillis();
                    host.ask(addSilent);
                    host.ask(addGood);
                    together.add((host.ask(awaitGood).number("at") - began) / 1e3);
                }
            }
            List<Figure> figures = new ArrayList<>();
            figures.add(Figure.of(
                            good + " good brokers added beside " + silent + " silent ones: connected, beside alone",
                            Medians.median(beside) - Medians.median(alone),
                            0.1,
                            "s more, medians of " + rounds)
                    .with("alone", Medians.all(alone))
                    .with("beside", Medians.all(beside)));
            figures.add(Figure.of(
                            good + " good brokers loaded after " + silent + " silent ones: connected",
                            Medians.median(together),
                            silent / 500.0 + 1,
                            "s, median of " + rounds)
                    .with("all", Medians.all(together)));
            figures.addAll(flat(sink, ports, addSilent, addGood, awaitGood, settings.number("minutes", 10)));
            return figures;
        }
    }

    /** One that has connected before: its classes are loaded. */
    private static Child warm(Answer ports) {
        Child host = Child.start(FLAGS, ManagerProcess.class);
        host.ask("start");
        host.ask("add warm 10 127.0.0.1 " + ports.text("good"));
        host.ask("await warm 10 60");
        return host;
    }

    private static List<Figure> flat(
            Child sink, Answer ports, String addSilent, String addGood, String awaitGood, int minutes)
            throws InterruptedException {
        List<Double> threads = new ArrayList<>();
        List<Double> heap = new ArrayList<>();
        try (Child host = warm(ports)) {
            host.ask(addSilent);
            host.ask(addGood);
            host.ask(awaitGood);
            for (int i = 0; i <= minutes; i++) {
                Thread.sleep(60_000);
                heap.add(host.ask("heap").number("used") / 1e6);
                threads.add((double) host.ask("threads").number("peak"));
            }
            host.ask(awaitGood);
        }
        return List.of(
                Figure.of(
                                "threads, the most after the first minute beside it",
                                Medians.max(threads.subList(1, threads.size())),
                                threads.get(0),
                                "threads")
                        .with("everyMinute", Medians.all(threads)),
                Figure.of(
                                "heap after " + minutes + " more minutes",
                                heap.get(heap.size() - 1) / heap.get(0),
                                1.05,
                                "times that of the first minute")
                        .with("everyMinuteMB", Medians.all(heap))
                        .with("openLinksAfterwards", sink.ask("counts").text("open"))
                        .with(
                                "perMinuteMB",
                                String.format(
                                        Locale.ROOT, "%.3f", (heap.get(heap.size() - 1) - heap.get(0)) / minutes)));
    }
}
