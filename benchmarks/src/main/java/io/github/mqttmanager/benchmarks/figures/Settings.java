package io.github.mqttmanager.benchmarks.figures;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What the command line says beside the scenario: {@code name=value}. */
record Settings(Map<String, String> values) {
    static Settings of(String[] arguments) {
        return new Settings(Arrays.stream(arguments)
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(values.getOrDefault(name, String.valueOf(otherwise)));
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }
}
