package io.github.mqttmanager.benchmarks.figures;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs one scenario by name, with settings as {@code name=value}, and prints a line of JSON per figure. Ends with 1 if a figure is
 * missed.
 */
final class Figures {
    private static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();

    static {
        SCENARIOS.put("hung", new HungScenario());
        SCENARIOS.put("dns", new DnsScenario());
        SCENARIOS.put("start", new StartScenario());
        SCENARIOS.put("silent", new SilentScenario());
        SCENARIOS.put("threads", new ThreadsScenario());
        SCENARIOS.put("heap", new HeapScenario());
        SCENARIOS.put("storm", new StormScenario());
        SCENARIOS.put("inbound", TrafficScenario.inbound());
        SCENARIOS.put("outbound", TrafficScenario.outbound());
        SCENARIOS.put("rows", new RowsScenario());
        SCENARIOS.put("outbox", new OutboxScenario());
        SCENARIOS.put("routes", new RoutesScenario());
    }

    private Figures() {}

    public static void main(String[] arguments) throws Exception {
        Scenario scenario = arguments.length == 0 ? null : SCENARIOS.get(arguments[0]);
        if (scenario == null) {
            System.err.println("scenarios: " + String.join(" ", SCENARIOS.keySet()));
            System.exit(2);
            return;
        }
        boolean reached = true;
        for (Figure figure : scenario.run(Settings.of(Arrays.copyOfRange(arguments, 1, arguments.length)))) {
            System.out.println(figure.json());
            reached &= figure.isReached();
        }
        System.exit(reached ? 0 : 1);
    }
}
