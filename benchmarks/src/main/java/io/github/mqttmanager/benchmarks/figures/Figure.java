package io.github.mqttmanager.benchmarks.figures;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One measured number beside its limit.
 *
 * @param value at most the limit if the figure is reached
 */
record Figure(String name, double value, double limit, String unit, Map<String, Object> details) {
    static Figure of(String name, double value, double limit, String unit) {
        return new Figure(name, value, limit, unit, Map.of());
    }

    Figure with(String detail, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(detail, value);
        return new Figure(name, this.value, limit, unit, more);
    }

    boolean isReached() {
        return value <= limit;
    }

    String json() {
        return "{\"figure\":\"" + name + "\",\"reached\":" + isReached() + ",\"value\":" + number(value) + ",\"limit\":"
                + number(limit) + ",\"unit\":\"" + unit + "\""
                + details.entrySet().stream()
                        .map(detail -> ",\"" + detail.getKey() + "\":" + value(detail.getValue()))
                        .collect(Collectors.joining())
                + "}";
    }

    private static String value(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue());
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        return "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, "%.3f", value);
    }
}
