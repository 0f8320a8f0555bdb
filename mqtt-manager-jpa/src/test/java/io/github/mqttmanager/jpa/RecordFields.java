package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.Secret;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a record holds, down to the last component, found by reflection: so nothing depends on anybody's {@code equals}, and a component
 * that is added later is in it by itself.
 */
final class RecordFields {
    private RecordFields() {}

    /** The values by their paths, such as {@code tls.trust.pem} or {@code endpoints[0].port}. */
    static SortedMap<String, String> of(Record value) {
        SortedMap<String, String> fields = new TreeMap<>();
        collect("", value, fields);
        return fields;
    }

    private static void collect(String path, Object value, Map<String, String> fields) {
        if (value instanceof Record record) {
            fields.put(path, record.getClass().getSimpleName());
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                collect(path + (path.isEmpty() ? "" : ".") + component.getName(), value(component, record), fields);
            }
        } else if (value instanceof List<?> list) {
            fields.put(path, String.valueOf(list.size()));
            for (int i = 0; i < list.size(); i++) {
                collect(path + "[" + i + "]", list.get(i), fields);
            }
        } else if (value instanceof Map<?, ?> map) {
            fields.put(path, new TreeMap<>(map).toString());
        } else if (value instanceof byte[] bytes) {
            fields.put(path, HexFormat.of().formatHex(bytes));
        } else if (value instanceof Secret secret) {
            fields.put(path, HexFormat.of().formatHex(secret.reveal()));
        } else {
            fields.put(path, String.valueOf(value));
        }
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
