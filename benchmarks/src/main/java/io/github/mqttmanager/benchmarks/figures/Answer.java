package io.github.mqttmanager.benchmarks.figures;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one process tells another in a line: {@code name=value name=value}. */
record Answer(Map<String, String> values) {
    /** @throws IllegalStateException if the line says that something failed */
    static Answer of(String line) {
        if (line.startsWith("failed")) {
            throw new IllegalStateException(line);
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : line.split(" ")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return new Answer(values);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no " + name + " in " + values);
        }
        return value;
    }

    long number(String name) {
        return Long.parseLong(text(name));
    }

    double decimal(String name) {
        return Double.parseDouble(text(name));
    }

    List<Integer> ports(String name) {
        return Arrays.stream(text(name).split(",")).map(Integer::valueOf).toList();
    }
}
