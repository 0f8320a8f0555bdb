package io.github.mqttmanager.it.recording;

import java.util.ArrayList;
import java.util.List;

/**
 * One packet in the log of the recording broker; one line of text.
 *
 * @param at milliseconds since 1970
 * @param way who sent it
 * @param connection number of the connection since the log began; 0 for none
 * @param client client identifier; empty before CONNECT
 * @param type as the specification writes it, such as {@code PUBLISH}; and what is no packet: {@code START} (a broker process began),
 *     {@code PRELOAD} (a message was put into the client's session), {@code END} (a connection ended)
 * @param id packet identifier, 0 for none
 * @param qos of PUBLISH and PRELOAD, and the one that SUBSCRIBE asks for
 * @param flags any of {@code a} accepted (a PUBLISH of a client that is no repetition of an open QoS 2 exchange), {@code d} DUP,
 *     {@code r} retain, {@code c} clean start, {@code p} session present, {@code h} held back, {@code i} ignored
 * @param code reason code; of CONNECT the protocol version
 * @param number message expiry in seconds of PUBLISH, session expiry of CONNECT and DISCONNECT; -1 for none
 * @param topic of PUBLISH and PRELOAD; the filter of SUBSCRIBE and UNSUBSCRIBE, one line for each
 * @param payload as UTF-8 text
 */
public record LoggedPacket(
        long at,
        Way way,
        int connection,
        String client,
        String type,
        int id,
        int qos,
        String flags,
        int code,
        long number,
        String topic,
        String payload) {
    static final int NOTHING = -1;
    private static final int FIELDS = 12;

    /** The way that a packet takes. */
    public enum Way {
        TO_BROKER("<"),
        TO_CLIENT(">"),
        NONE("-");

        private final String sign;

        Way(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }

        private static Way of(String sign) {
            for (Way way : values()) {
                if (way.sign.equals(sign)) {
                    return way;
                }
            }
            throw new IllegalArgumentException("way " + sign);
        }
    }

    /** One without further particulars. */
    static LoggedPacket of(Way way, int connection, String client, String type) {
        return new LoggedPacket(
                System.currentTimeMillis(), way, connection, client, type, 0, 0, "", 0, NOTHING, "", "");
    }

    LoggedPacket id(int value) {
        return new LoggedPacket(at, way, connection, client, type, value, qos, flags, code, number, topic, payload);
    }

    LoggedPacket code(int value) {
        return new LoggedPacket(at, way, connection, client, type, id, qos, flags, value, number, topic, payload);
    }

    LoggedPacket number(long value) {
        return new LoggedPacket(at, way, connection, client, type, id, qos, flags, code, value, topic, payload);
    }

    LoggedPacket flag(char flag, boolean set) {
        return set
                ? new LoggedPacket(
                        at, way, connection, client, type, id, qos, flags + flag, code, number, topic, payload)
                : this;
    }

    LoggedPacket about(int itsQos, String itsTopic, String itsPayload) {
        return new LoggedPacket(
                at, way, connection, client, type, id, itsQos, flags, code, number, itsTopic, itsPayload);
    }

    /** What identifies the message in histories: the payload up to the first space. */
    public String message() {
        int end = payload.indexOf(' ');
        return end < 0 ? payload : payload.substring(0, end);
    }

    public boolean has(char flag) {
        return flags.indexOf(flag) >= 0;
    }

    public boolean is(Way itsWay, String itsType) {
        return way == itsWay && type.equals(itsType);
    }

    /** Whether the broker took responsibility for it: a message from a client, forced to disk before it was answered. */
    public boolean isAccepted() {
        return is(Way.TO_BROKER, "PUBLISH") && has('a');
    }

    String line() {
        return at + "\t" + way.sign + "\t" + connection + "\t" + escaped(client) + "\t" + type + "\t" + id + "\t" + qos
                + "\t" + flags + "\t" + code + "\t" + number + "\t" + escaped(topic) + "\t" + escaped(payload) + "\n";
    }

    static LoggedPacket parse(String line) {
        List<String> fields = new ArrayList<>(FIELDS);
        int from = 0;
        for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', from)) {
            fields.add(line.substring(from, tab));
            from = tab + 1;
        }
        fields.add(line.substring(from));
        if (fields.size() != FIELDS) {
            throw new IllegalArgumentException("no packet: " + line);
        }
        return new LoggedPacket(
                Long.parseLong(fields.get(0)),
                Way.of(fields.get(1)),
                Integer.parseInt(fields.get(2)),
                plain(fields.get(3)),
                fields.get(4),
                Integer.parseInt(fields.get(5)),
                Integer.parseInt(fields.get(6)),
                fields.get(7),
                Integer.parseInt(fields.get(8)),
                Long.parseLong(fields.get(9)),
                plain(fields.get(10)),
                plain(fields.get(11)));
    }

    private static String escaped(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
                return text.replace("\\", "\\\\")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r");
            }
        }
        return text;
    }

    private static String plain(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            plain.append(
                    switch (escaped) {
                        case 't' -> '\t';
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        default -> escaped;
                    });
        }
        return plain.toString();
    }
}
