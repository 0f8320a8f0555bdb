package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.test.FaultProxy;
import java.util.ArrayList;
import java.util.List;

/** A link that is up and carries nothing, with default settings and both versions of MQTT: when the status says so. */
final class HungScenario implements Scenario {
    private static final List<String> BROKERS = List.of("v5-0", "v3-0");

    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int rounds = settings.number("rounds", 5);
        List<Figure> figures = new ArrayList<>();
        try (Mosquitto mosquitto = Mosquitto.start();
                FaultProxy proxy = FaultProxy.to("127.0.0.1", mosquitto.port())) {
            figures.addAll(hang("proxy stalls both directions", proxy.port(), rounds, proxy::stall, proxy::flow));
            figures.addAll(hang("broker process stopped", mosquitto.port(), rounds, mosquitto::stop, mosquitto::goOn));
        }
        return figures;
    }

    private static List<Figure> hang(String fault, int port, int rounds, Step hang, Step mend) throws Exception {
        List<Double> noticed = new ArrayList<>();
        List<Double> reconnecting = new ArrayList<>();
        try (Child host = Child.start(List.of("-Xmx256m"), ManagerProcess.class)) {
            host.ask("start");
            host.ask("add v5 1 127.0.0.1 " + port + " V5");
            host.ask("add v3 1 127.0.0.1 " + port + " V3_1_1");
            for (int i = 0; i < rounds; i++) {
                host.ask("await v5 1 60");
                host.ask("await v3 1 60");
                // At another moment between two probes each time.
                Thread.sleep(6_000 + 1_100L * i);
                long began = System.currentTimeMillis();
                hang.take();
                for (String broker : BROKERS) {
                    noticed.add((host.ask("unresponsive " + broker + " 40").number("at") - began) / 1e3);
                }
                for (String broker : BROKERS) {
                    reconnecting.add((host.ask("lost " + broker + " 40").number("at") - began) / 1e3);
                }
                mend.take();
            }
        }
        return List.of(
                Figure.of(
                                "hung link, " + fault + ": shown as not responding",
                                Medians.max(noticed),
                                15,
                                "s, the longest")
                        .with("median", Medians.median(noticed))
                        .with("all", Medians.all(noticed)),
                Figure.of("hung link, " + fault + ": reconnecting", Medians.max(reconnecting), 15, "s, the longest")
                        .with("median", Medians.median(reconnecting))
                        .with("all", Medians.all(reconnecting)));
    }
}
