package io.github.mqttmanager.benchmarks.figures;

import java.util.ArrayList;
import java.util.List;

/**
 * Messages of QoS 1 through one connection of a manager, beside the same through the client alone: how many in a second, and what each costs the
 * process. Pairs of fresh processes, which take turns.
 */
final class TrafficScenario implements Scenario {
    private final String direction;
    private final boolean inbound;

    private TrafficScenario(String direction, boolean inbound) {
        this.direction = direction;
        this.inbound = inbound;
    }

    static TrafficScenario inbound() {
        return new TrafficScenario("inbound QoS 1, handled and acknowledged", true);
    }

    static TrafficScenario outbound() {
        return new TrafficScenario("outbound QoS 1, confirmed", false);
    }

    private record Sample(double perSecond, double cpuMicros) {}

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int pairs = settings.number("rounds", 5);
        List<Double> throughputs = new ArrayList<>();
        List<Double> costs = new ArrayList<>();
        List<Double> managedRates = new ArrayList<>();
        List<Double> bareRates = new ArrayList<>();
        List<Double> managedCosts = new ArrayList<>();
        List<Double> bareCosts = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            try (Side bare = new Side("bare", settings);
                    Side managed = new Side("managed", settings)) {
                bare.measure(1);
                managed.measure(1);
                Sample alone = bare.measure(2);
                Sample ours = managed.measure(2);
                bareRates.add(alone.perSecond());
                managedRates.add(ours.perSecond());
                bareCosts.add(alone.cpuMicros());
                managedCosts.add(ours.cpuMicros());
                throughputs.add(ours.perSecond() / alone.perSecond());
                costs.add(ours.cpuMicros() / alone.cpuMicros());
            }
        }
        return List.of(
                Figure.atLeast(
                                direction + ": throughput beside the bare client's",
                                Medians.median(throughputs),
                                0.95,
                                "times, median of " + pairs)
                        .with("perSecond", Medians.median(managedRates))
                        .with("barePerSecond", Medians.median(bareRates))
                        .with("ratios", Medians.all(throughputs)),
                Figure.of(
                                direction + ": processor time per message beside the bare client's",
                                Medians.median(costs),
                                1.1,
                                "times, median of " + pairs)
                        .with("micros", Medians.median(managedCosts))
                        .with("bareMicros", Medians.median(bareCosts))
                        .with("ratios", Medians.all(costs)));
    }

    /** One of the two, with a broker of its own. */
    private final class Side implements AutoCloseable {
        private final Settings settings;
        private final Child broker;
        private final Child host;

        Side(String kind, Settings settings) {
            this.settings = settings;
            broker = Child.start(List.of("-Xmx128m", "-XX:+UseSerialGC"), SinkBroker.class, "good=1");
            host = Child.start(List.of("-Xms512m", "-Xmx512m"), TrafficProcess.class, kind);
            int port = broker.answer().ports("good").get(0);
            host.ask("connect " + port + " " + devices());
        }

        private int devices() {
            return settings.number("devices", 100);
        }

        Sample measure(int times) {
            int count = times * settings.number("messages", inbound ? 500_000 : 1_000_000);
            Answer before = host.ask("used");
            Answer poured = inbound
                    ? broker.ask("pour " + count + " " + devices())
                    : host.ask("publish " + count + " " + settings.number("window", 1_000));
            Answer after = host.ask("used");
            if (inbound && after.number("handled") - before.number("handled") != count) {
                throw new IllegalStateException("not all were handled: " + before + ", " + after);
            }
            return new Sample(
                    count * 1e9 / poured.number("nanos"), (after.number("cpu") - before.number("cpu")) / 1e3 / count);
        }

        @Override
        public void close() {
            host.close();
            broker.close();
        }
    }
}
