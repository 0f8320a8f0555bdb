package io.github.mqttmanager.benchmarks.figures;

import java.util.List;

/** The broker of 5,000 connections is killed, and comes back after a while. */
final class StormScenario implements Scenario {
    private static final int STARTS_PER_SECOND = 500;

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int connections = settings.number("connections", 5_000);
        int away = settings.number("away", 20);
        List<String> small = List.of("-Xmx512m", "-XX:+UseSerialGC");
        try (Starts starts = new Starts();
                Child host = Child.start(List.of("-Xmx2g"), ManagerProcess.class)) {
            int port;
            int first;
            try (Child sink = Child.start(small, SinkBroker.class, "good=1")) {
                port = sink.answer().ports("good").get(0);
                host.ask("start");
                host.ask("add b " + connections + " 127.0.0.1 " + port);
                host.ask("await b " + connections + " 120");
                first = (int) sink.ask("window").number("accepted");
                Thread.sleep(1_000L * settings.number("settle", 10));
                sink.kill();
            }
            Thread.sleep(1_000L * away);
            try (Child sink = Child.start(small, SinkBroker.class, "good@" + port)) {
                long returned = sink.answer().number("at");
                long back = host.ask("await b " + connections + " 180").number("at");
                Answer again = sink.ask("window");
                return List.of(
                        Figure.of(
                                        connections + " connections, broker gone for " + away + " s: all back",
                                        (back - returned) / 1e3,
                                        20,
                                        "s")
                                .with(
                                        "connectionsAtTheBroker",
                                        sink.ask("counts").number("open")),
                        Figure.of(
                                        "starts in any second, counted by the kernel",
                                        starts.mostInASecond(),
                                        STARTS_PER_SECOND,
                                        "starts at most")
                                .with("starts", starts.count())
                                .with("acceptedAtFirst", first)
                                .with("acceptedAfterTheReturn", again.number("accepted"))
                                .with("connectsAfterTheReturn", again.number("connects")));
            }
        }
    }
}
