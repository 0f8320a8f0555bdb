package io.github.mqttmanager.it.recording;

import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import io.github.mqttmanager.it.recording.Session.Message;
import io.github.mqttmanager.it.recording.Session.Sent;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The broker's side of MQTT 5 and 3.1.1. Each packet is applied to the sessions and logged; what follows from it, such as an answer, is logged
 * too, and goes out when both lines are written. Runs on one thread.
 */
final class Broker {
    private static final int SESSION_TAKEN_OVER = 0x8E;
    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;

    private final PacketLog log;
    private final Sessions sessions;
    private final Map<String, Link> links = new HashMap<>();
    private final Set<String> held = new HashSet<>();
    private final Set<String> ignored = new HashSet<>();
    private final List<Withheld> withheld = new ArrayList<>();
    private final Map<String, Long> counts = new HashMap<>();
    private int connections;

    private record Withheld(Link link, LoggedPacket logged, MqttMessage packet) {}

    /** @param connections how many there were before */
    Broker(PacketLog log, Sessions sessions, int connections) {
        this.log = log;
        this.sessions = sessions;
        this.connections = connections;
        record(LoggedPacket.of(Way.NONE, 0, "", "START"));
    }

    /** One connection. */
    static final class Link {
        final Channel channel;
        final int number;
        String client = "";
        boolean version5;
        boolean ended;

        /** How many messages may be unacknowledged (MQTT 5 section 4.9). */
        int window = 65_535;

        int unacknowledged;

        /** What was in flight when the session was resumed, and is to be sent again first. */
        final Deque<Integer> again = new ArrayDeque<>();

        Link(Channel channel, int number) {
            this.channel = channel;
            this.number = number;
        }

        LoggedPacket incoming(MqttMessageType type) {
            return LoggedPacket.of(Way.TO_BROKER, number, client, type.name());
        }

        LoggedPacket outgoing(MqttMessageType type) {
            return LoggedPacket.of(Way.TO_CLIENT, number, client, type.name());
        }
    }

    Link connected(Channel channel) {
        return new Link(channel, ++connections);
    }

    void ended(Link link) {
        if (!link.ended && !link.client.isEmpty()) {
            links.remove(link.client, link);
            record(LoggedPacket.of(Way.NONE, link.number, link.client, "END"));
        }
        link.ended = true;
    }

    // ---- what comes in

    void received(Link link, MqttMessage message) {
        if (link.ended) {
            return;
        }
        if (message.decoderResult().isFailure()) {
            System.err.println(
                    "connection " + link.number + ": " + message.decoderResult().cause());
            link.channel.close();
            return;
        }
        MqttMessageType type = message.fixedHeader().messageType();
        if (link.client.isEmpty() != (type == MqttMessageType.CONNECT)) {
            link.channel.close();
            return;
        }
        switch (type) {
            case CONNECT -> connect(link, (MqttConnectMessage) message);
            case PUBLISH -> publish(link, (MqttPublishMessage) message);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> reply(link, message);
            case SUBSCRIBE -> subscribe(link, (MqttSubscribeMessage) message);
            case UNSUBSCRIBE -> unsubscribe(link, (MqttUnsubscribeMessage) message);
            case PINGREQ -> {
                if (arrived(link.incoming(type))) {
                    send(
                            link,
                            link.outgoing(MqttMessageType.PINGRESP),
                            new MqttMessage(header(MqttMessageType.PINGRESP, 0, false)));
                }
            }
            case DISCONNECT -> disconnect(link, message);
            default -> link.channel.close();
        }
    }

    private void connect(Link link, MqttConnectMessage message) {
        String client = message.payload().clientIdentifier();
        if (client.isEmpty()) {
            link.channel.close();
            return;
        }
        Link before = links.get(client);
        if (before != null) {
            takeOver(before);
        }
        link.client = client;
        link.version5 = message.variableHeader().version() == 5;
        boolean clean = message.variableHeader().isCleanSession();
        MqttProperties properties = message.variableHeader().properties();
        long expiry = link.version5
                ? number(properties, MqttPropertyType.SESSION_EXPIRY_INTERVAL, 0)
                : clean ? 0 : 0xFFFF_FFFFL;
        link.window = (int) number(properties, MqttPropertyType.RECEIVE_MAXIMUM, link.window);
        boolean present = !clean && sessions.find(client) != null;
        if (!arrived(link.incoming(MqttMessageType.CONNECT)
                .code(message.variableHeader().version())
                .number(expiry)
                .flag('c', clean)
                .about(0, "", "receiveMaximum=" + link.window))) {
            link.client = "";
            return;
        }
        links.put(client, link);
        link.again.addAll(session(link).inFlight.keySet());
        MqttProperties grants = new MqttProperties();
        if (link.version5) {
            grants.add(new IntegerProperty(MqttPropertyType.RETAIN_AVAILABLE.value(), 0));
            grants.add(new IntegerProperty(MqttPropertyType.SHARED_SUBSCRIPTION_AVAILABLE.value(), 0));
        }
        send(
                link,
                link.outgoing(MqttMessageType.CONNACK).flag('p', present),
                new MqttConnAckMessage(
                        header(MqttMessageType.CONNACK, 0, false),
                        new MqttConnAckVariableHeader(MqttConnectReturnCode.CONNECTION_ACCEPTED, present, grants)));
        pump(link);
    }

    private void takeOver(Link before) {
        if (before.version5) {
            send(
                    before,
                    before.outgoing(MqttMessageType.DISCONNECT).code(SESSION_TAKEN_OVER),
                    new MqttMessage(
                            header(MqttMessageType.DISCONNECT, 0, false),
                            new MqttReasonCodeAndPropertiesVariableHeader(
                                    (byte) SESSION_TAKEN_OVER, MqttProperties.NO_PROPERTIES)));
        }
        ended(before);
        log.afterwards(before.channel::close);
    }

    private void publish(Link link, MqttPublishMessage message) {
        MqttFixedHeader fixed = message.fixedHeader();
        int qos = fixed.qosLevel().value();
        int id = qos == 0 ? 0 : message.variableHeader().packetId();
        String topic = message.variableHeader().topicName();
        LoggedPacket logged = link.incoming(MqttMessageType.PUBLISH)
                .id(id)
                .number(number(
                        message.variableHeader().properties(),
                        MqttPropertyType.PUBLICATION_EXPIRY_INTERVAL,
                        LoggedPacket.NOTHING))
                .about(qos, topic, message.payload().toString(StandardCharsets.UTF_8))
                .flag('a', qos < 2 || !session(link).open.contains(id))
                .flag('d', fixed.isDup())
                .flag('r', fixed.isRetain());
        if (!arrived(logged)) {
            return;
        }
        if (qos == 1) {
            answer(link, MqttMessageType.PUBACK, id);
        } else if (qos == 2) {
            answer(link, MqttMessageType.PUBREC, id);
        }
        if (logged.isAccepted()) {
            for (Link receiver : List.copyOf(links.values())) {
                if (Math.min(qos, session(receiver).granted(topic)) == 0) {
                    deliver(receiver, new Message(topic, logged.payload(), 0, logged.number()), 0, false);
                }
                pump(receiver);
            }
        }
    }

    private void reply(Link link, MqttMessage message) {
        MqttMessageType type = message.fixedHeader().messageType();
        int id = ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
        int code = message.variableHeader() instanceof MqttPubReplyMessageVariableHeader said
                ? said.reasonCode() & 0xFF
                : 0;
        Sent sent = session(link).inFlight.get(id);
        LoggedPacket logged = link.incoming(type).id(id).code(code);
        // What is acknowledged is told by name, for whoever reads the log.
        if (sent != null && type != MqttMessageType.PUBREL) {
            logged = logged.about(
                    sent.message().qos(), sent.message().topic(), sent.message().payload());
        }
        if (!arrived(logged)) {
            return;
        }
        if (type == MqttMessageType.PUBREL) {
            answer(link, MqttMessageType.PUBCOMP, id);
        } else if (type == MqttMessageType.PUBREC && code < 0x80) {
            answer(link, MqttMessageType.PUBREL, id);
        }
        if (sent != null && !session(link).inFlight.containsKey(id)) {
            link.unacknowledged--;
            pump(link);
        }
    }

    private void subscribe(Link link, MqttSubscribeMessage message) {
        int id = message.variableHeader().messageId();
        List<Integer> codes = new ArrayList<>();
        for (MqttTopicSubscription subscription : message.payload().topicSubscriptions()) {
            int qos = subscription.qualityOfService().value();
            if (!arrived(link.incoming(MqttMessageType.SUBSCRIBE).id(id).about(qos, subscription.topicFilter(), ""))) {
                return;
            }
            codes.add(qos);
        }
        send(
                link,
                link.outgoing(MqttMessageType.SUBACK).id(id),
                new MqttSubAckMessage(
                        header(MqttMessageType.SUBACK, 0, false),
                        new MqttMessageIdAndPropertiesVariableHeader(id, MqttProperties.NO_PROPERTIES),
                        new MqttSubAckPayload(codes)));
    }

    private void unsubscribe(Link link, MqttUnsubscribeMessage message) {
        int id = message.variableHeader().messageId();
        List<Short> codes = new ArrayList<>();
        for (String filter : message.payload().topics()) {
            codes.add((short) (session(link).filters.containsKey(filter) ? 0 : NO_SUBSCRIPTION_EXISTED));
            if (!arrived(link.incoming(MqttMessageType.UNSUBSCRIBE).id(id).about(0, filter, ""))) {
                return;
            }
        }
        send(
                link,
                link.outgoing(MqttMessageType.UNSUBACK).id(id),
                new MqttUnsubAckMessage(
                        header(MqttMessageType.UNSUBACK, 0, false),
                        new MqttMessageIdAndPropertiesVariableHeader(id, MqttProperties.NO_PROPERTIES),
                        new MqttUnsubAckPayload(codes)));
    }

    private void disconnect(Link link, MqttMessage message) {
        LoggedPacket logged = link.incoming(MqttMessageType.DISCONNECT);
        if (message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader said) {
            logged = logged.code(said.reasonCode() & 0xFF)
                    .number(number(said.properties(), MqttPropertyType.SESSION_EXPIRY_INTERVAL, LoggedPacket.NOTHING));
        }
        arrived(logged);
        link.channel.close();
    }

    // ---- what goes out

    /** Sends what the window allows: first what a lost connection left open, then what waits. */
    private void pump(Link link) {
        Session session = session(link);
        while (link.unacknowledged < link.window) {
            Integer id = link.again.poll();
            if (id != null) {
                Sent sent = session.inFlight.get(id);
                if (sent == null) {
                    continue;
                }
                link.unacknowledged++;
                if (sent.released()) {
                    answer(link, MqttMessageType.PUBREL, id);
                } else {
                    deliver(link, sent.message(), id, true);
                }
            } else if (!session.queue.isEmpty()) {
                link.unacknowledged++;
                deliver(link, session.queue.element(), session.freeId(), false);
            } else {
                return;
            }
        }
    }

    private void deliver(Link link, Message message, int id, boolean again) {
        MqttProperties properties = new MqttProperties();
        if (message.expiry() >= 0) {
            properties.add(
                    new IntegerProperty(MqttPropertyType.PUBLICATION_EXPIRY_INTERVAL.value(), (int) message.expiry()));
        }
        send(
                link,
                link.outgoing(MqttMessageType.PUBLISH)
                        .id(id)
                        .number(message.expiry())
                        .about(message.qos(), message.topic(), message.payload())
                        .flag('d', again),
                new MqttPublishMessage(
                        header(MqttMessageType.PUBLISH, message.qos(), again),
                        new MqttPublishVariableHeader(message.topic(), id, properties),
                        Unpooled.copiedBuffer(message.payload(), StandardCharsets.UTF_8)));
    }

    private void answer(Link link, MqttMessageType type, int id) {
        send(
                link,
                link.outgoing(type).id(id),
                new MqttMessage(
                        header(type, type == MqttMessageType.PUBREL ? 1 : 0, false),
                        MqttMessageIdVariableHeader.from(id)));
    }

    private void send(Link link, LoggedPacket logged, MqttMessage packet) {
        if (held.contains(logged.type())) {
            record(logged.flag('h', true));
            withheld.add(new Withheld(link, logged, packet));
        } else {
            record(logged);
            log.afterwards(() -> link.channel.writeAndFlush(packet));
        }
    }

    private static MqttFixedHeader header(MqttMessageType type, int qos, boolean dup) {
        return new MqttFixedHeader(type, dup, MqttQoS.valueOf(qos), false, 0);
    }

    private static long number(MqttProperties properties, MqttPropertyType type, long otherwise) {
        return properties.getProperty(type.value()) instanceof IntegerProperty number
                ? Integer.toUnsignedLong(number.value())
                : otherwise;
    }

    // ---- the log

    /** @return whether it is heeded */
    private boolean arrived(LoggedPacket packet) {
        boolean ignore = ignored.contains(packet.type());
        record(packet.flag('i', ignore));
        return !ignore;
    }

    private void record(LoggedPacket packet) {
        sessions.apply(packet);
        log.append(packet);
        counts.merge(packet.way().sign() + packet.type(), 1L, Long::sum);
    }

    private Session session(Link link) {
        return Objects.requireNonNull(sessions.find(link.client), link.client);
    }

    // ---- what tests ask for

    void preload(String client, int qos, String topic, String payload) {
        record(LoggedPacket.of(Way.NONE, 0, client, "PRELOAD").about(qos, topic, payload));
        Link link = links.get(client);
        if (link != null) {
            pump(link);
        }
    }

    void hold(String type) {
        held.add(type);
    }

    void release(String type) {
        held.remove(type);
        List<Withheld> released = new ArrayList<>();
        withheld.removeIf(packet -> packet.logged().type().equals(type) && released.add(packet));
        for (Withheld packet : released) {
            if (!packet.link().ended) {
                send(packet.link(), packet.logged(), packet.packet());
            }
        }
    }

    void ignore(String type) {
        ignored.add(type);
    }

    void heed(String type) {
        ignored.remove(type);
    }

    /** @param what a sign of the way and a type, such as {@code <PUBACK} */
    long count(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** How many messages the client has not acknowledged. */
    int backlog(String client) {
        Session session = sessions.find(client);
        return session == null ? 0 : session.queue.size() + session.inFlight.size();
    }
}
