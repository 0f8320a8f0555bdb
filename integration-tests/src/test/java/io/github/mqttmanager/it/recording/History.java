package io.github.mqttmanager.it.recording;

import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Judges offline what both sides wrote down. Messages are known by their ids, which are {@code DEVICE-NUMBER} with numbers that rise per device.
 * Made by adding the logs, in their order; then asked.
 */
public final class History {
    /** What the broker accepted from clients, and how often; in the order of the first time. */
    private final Map<String, Integer> stored = new LinkedHashMap<>();

    private final Set<String> preloaded = new HashSet<>();
    private final Set<String> acknowledgedByClient = new HashSet<>();
    private long selfInflicted;
    private long connects;

    private final Map<HostLog.Event, Map<String, Integer>> host = new HashMap<>();
    private final Set<String> inHandlers = new HashSet<>();
    private int killedInHandlers;

    /** Adds what the broker wrote; closes the stream. */
    public History broker(Stream<LoggedPacket> packets) {
        try (packets) {
            packets.forEach(this::add);
        }
        return this;
    }

    private void add(LoggedPacket packet) {
        if (packet.isAccepted()) {
            stored.merge(packet.message(), 1, Integer::sum);
        } else if (packet.type().equals("PRELOAD")) {
            preloaded.add(packet.message());
        } else if (packet.is(Way.TO_BROKER, "PUBACK")
                || packet.is(Way.TO_BROKER, "PUBREC")
                || packet.is(Way.TO_BROKER, "PUBCOMP")) {
            // An acknowledgement of what is not in flight names no message.
            if (!packet.payload().isEmpty()) {
                acknowledgedByClient.add(packet.message());
            }
        } else if (packet.is(Way.TO_BROKER, "CONNECT")) {
            connects++;
        } else if (packet.is(Way.TO_BROKER, "DISCONNECT") && packet.code() >= 0x80) {
            selfInflicted++;
        }
    }

    /** Adds what the host wrote; closes the stream. */
    public History host(Stream<HostLog.Entry> entries) {
        try (entries) {
            entries.forEach(entry -> add(entry.event(), entry.message()));
        }
        return this;
    }

    /** Adds one event of the host. */
    public void add(HostLog.Event event, String message) {
        if (event == HostLog.Event.STARTED) {
            if (!inHandlers.isEmpty()) {
                killedInHandlers++;
            }
            inHandlers.clear();
            return;
        }
        host.computeIfAbsent(event, e -> new LinkedHashMap<>()).merge(message, 1, Integer::sum);
        if (event == HostLog.Event.ENTERED) {
            inHandlers.add(message);
        } else if (event == HostLog.Event.LEFT) {
            inHandlers.remove(message);
        }
    }

    private Map<String, Integer> of(HostLog.Event event) {
        return host.getOrDefault(event, Map.of());
    }

    private static Set<String> without(Set<String> ids, Map<String, Integer> others) {
        Set<String> rest = new HashSet<>(ids);
        rest.removeAll(others.keySet());
        return rest;
    }

    // ---- outbound

    /** What the library took, and gave neither a receipt nor a failure for. */
    public Set<String> unanswered() {
        Set<String> unanswered = without(of(HostLog.Event.ACCEPTED).keySet(), of(HostLog.Event.RECEIPT));
        unanswered.removeAll(of(HostLog.Event.FAILED).keySet());
        return unanswered;
    }

    /** What has a receipt, and is not on the broker's disk. */
    public Set<String> lostOutbound() {
        return without(of(HostLog.Event.RECEIPT).keySet(), stored);
    }

    /** What the host wrote down with this event, and is not on the broker's disk. */
    public Set<String> notStored(HostLog.Event event) {
        return without(of(event).keySet(), stored);
    }

    /** What the host wrote down with this event, and is on the broker's disk. */
    public Set<String> stored(HostLog.Event event) {
        Set<String> both = new HashSet<>(of(event).keySet());
        both.retainAll(stored.keySet());
        return both;
    }

    /** How many messages are on the broker's disk, each counted once. */
    public int stored() {
        return stored.size();
    }

    public long duplicatesOutbound() {
        return duplicates(stored);
    }

    /** Messages that came to the broker for the first time after a later one of their device. */
    public List<String> inversionsOutbound() {
        return inversions(stored.keySet());
    }

    // ---- inbound

    /** What the broker was told is handled, and the host had not committed. */
    public Set<String> acknowledgedNotCommitted() {
        return without(acknowledgedByClient, of(HostLog.Event.COMMITTED));
    }

    /** What devices sent, and the host never committed. */
    public Set<String> lostInbound() {
        return without(preloaded, of(HostLog.Event.COMMITTED));
    }

    public long duplicatesInbound() {
        return duplicates(of(HostLog.Event.COMMITTED));
    }

    /** Messages that were committed for the first time after a later one of their device. */
    public List<String> inversionsInbound() {
        return inversions(of(HostLog.Event.COMMITTED).keySet());
    }

    /** How many host processes ended while a handler ran. */
    public int killedInHandlers() {
        return killedInHandlers;
    }

    // ---- connections

    /** How often a client ended its connection because of an error that it saw. */
    public long selfInflictedDisconnects() {
        return selfInflicted;
    }

    public long connects() {
        return connects;
    }

    private static long duplicates(Map<String, Integer> times) {
        return times.values().stream().mapToLong(n -> n - 1).sum();
    }

    private static List<String> inversions(Iterable<String> firstTimes) {
        Map<String, Long> highest = new HashMap<>();
        List<String> inversions = new ArrayList<>();
        for (String id : firstTimes) {
            int dash = id.lastIndexOf('-');
            long number = Long.parseLong(id.substring(dash + 1));
            Long before = highest.merge(id.substring(0, dash), number, Math::max);
            if (before != number) {
                inversions.add(id);
            }
        }
        return inversions;
    }
}
