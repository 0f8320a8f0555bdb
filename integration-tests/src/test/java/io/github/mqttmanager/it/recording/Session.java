package io.github.mqttmanager.it.recording;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What the broker keeps for one client (MQTT 5 section 4.1). Belongs to the broker's thread. */
final class Session {
    private static final int LARGEST_ID = 65_535;

    /** Seconds; with 0 it ends with its connection. What is more does not matter to tests. */
    long expiry;

    /** The quality of service that was granted, by filter. */
    final Map<String, Integer> filters = new LinkedHashMap<>();

    final Deque<Message> queue = new ArrayDeque<>();

    /** By packet identifier, in the order in which they were sent. */
    final Map<Integer, Sent> inFlight = new LinkedHashMap<>();

    /** QoS 2 from the client: packet identifiers between PUBLISH and PUBREL. */
    final Set<Integer> open = new HashSet<>();

    private int lastId;

    record Message(String topic, String payload, int qos, long expiry) {}

    /** @param released whether PUBREC came: only PUBREL may be sent from now on */
    record Sent(Message message, boolean released) {}

    int freeId() {
        do {
            lastId = lastId % LARGEST_ID + 1;
        } while (inFlight.containsKey(lastId));
        return lastId;
    }

    /** The highest quality of service of the filters that match, or -1. */
    int granted(String topic) {
        int granted = -1;
        for (Map.Entry<String, Integer> filter : filters.entrySet()) {
            if (filter.getValue() > granted && matches(filter.getKey(), topic)) {
                granted = filter.getValue();
            }
        }
        return granted;
    }

    /** MQTT 5 section 4.7. */
    static boolean matches(String filter, String topic) {
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        if (topic.startsWith("$") && (wanted[0].equals("#") || wanted[0].equals("+"))) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}
