package io.github.mqttmanager.benchmarks.figures;

import java.util.List;

/** Makes one or more figures, within a bounded time. */
@FunctionalInterface
interface Scenario {
    List<Figure> run(Settings settings) throws Exception;
}
