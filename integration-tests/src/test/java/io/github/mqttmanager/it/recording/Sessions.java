package io.github.mqttmanager.it.recording;

import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import io.github.mqttmanager.it.recording.Session.Message;
import io.github.mqttmanager.it.recording.Session.Sent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All sessions. They change by logged packets and by nothing else, so that replaying the log makes the same sessions again. Belongs to the
 * broker's thread.
 */
final class Sessions {
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    @Nullable
    Session find(String client) {
        return sessions.get(client);
    }

    Map<String, Session> all() {
        return sessions;
    }

    void apply(LoggedPacket packet) {
        if (packet.has('i')) {
            return;
        }
        String client = packet.client();
        switch (packet.type()) {
            case "START" -> sessions.values().removeIf(session -> session.expiry == 0);
            case "PRELOAD" -> made(client).queue.add(message(packet, packet.qos()));
            case "END" -> {
                Session ended = sessions.get(client);
                if (ended != null && ended.expiry == 0) {
                    sessions.remove(client);
                }
            }
            default -> {
                if (packet.way() == Way.TO_CLIENT) {
                    sent(packet);
                } else {
                    received(packet);
                }
            }
        }
    }

    private Session made(String client) {
        return sessions.computeIfAbsent(client, unknown -> {
            Session session = new Session();
            session.expiry = Long.MAX_VALUE;
            return session;
        });
    }

    private static Message message(LoggedPacket packet, int qos) {
        return new Message(packet.topic(), packet.payload(), qos, packet.number());
    }

    private void sent(LoggedPacket packet) {
        Session session = sessions.get(packet.client());
        if (session != null
                && packet.type().equals("PUBLISH")
                && packet.qos() > 0
                && !session.inFlight.containsKey(packet.id())) {
            session.inFlight.put(packet.id(), new Sent(session.queue.remove(), false));
        }
    }

    private void received(LoggedPacket packet) {
        if (packet.type().equals("CONNECT")) {
            if (packet.has('c')) {
                sessions.remove(packet.client());
            }
            made(packet.client()).expiry = packet.number();
            return;
        }
        Session session = sessions.get(packet.client());
        if (session == null) {
            return;
        }
        switch (packet.type()) {
            case "SUBSCRIBE" -> session.filters.put(packet.topic(), packet.qos());
            case "UNSUBSCRIBE" -> session.filters.remove(packet.topic());
            case "PUBLISH" -> {
                if (packet.has('a')) {
                    if (packet.qos() == 2) {
                        session.open.add(packet.id());
                    }
                    route(packet);
                }
            }
            case "PUBREL" -> session.open.remove(packet.id());
            case "PUBACK", "PUBCOMP" -> session.inFlight.remove(packet.id());
            case "PUBREC" -> {
                if (packet.code() >= 0x80) {
                    session.inFlight.remove(packet.id());
                } else {
                    session.inFlight.computeIfPresent(packet.id(), (id, sent) -> new Sent(sent.message(), true));
                }
            }
            case "DISCONNECT" -> {
                if (packet.number() >= 0) {
                    session.expiry = packet.number();
                }
            }
            default -> {}
        }
    }

    /** QoS 0 is not kept. */
    private void route(LoggedPacket packet) {
        for (Session session : sessions.values()) {
            int qos = Math.min(packet.qos(), session.granted(packet.topic()));
            if (qos > 0) {
                session.queue.add(message(packet, qos));
            }
        }
    }
}
