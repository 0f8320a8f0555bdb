package io.github.mqttmanager.benchmarks.figures;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One measured number beside its limit.
 *
 * @param floor whether the limit is the least that reaches the figure, and not the most
 */
record Figure(String name, double value, double limit, boolean floor, String unit, Map<String, Object> details) {
    /** The value must be at most the limit. */
    static Figure of(String name, double value, double limit, String unit) {
        return new Figure(name, value, limit, false, unit, Map.of());
    }

    /** The value must be at least the limit. */
    static Figure atLeast(String name, double value, double limit, String unit) {
        return new Figure(name, value, limit, true, unit, Map.of());
    }

    Figure with(String detail, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(detail, value);
        return new Figure(name, this.value, limit, floor, unit, more);
    }

    boolean isReached() {
        return floor ? value >= limit : value <= limit;
    }

    String json() {
        return "{\"figure\":\"" + name + "\",\"reached\":" + isReached() + ",\"value\":" + number(value) + ",\""
                + (floor ? "atLeast" : "limit") + "\":" + number(limit) + ",\"unit\":\"" + unit + "\""
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
