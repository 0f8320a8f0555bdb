package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientReconnector;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.lifecycle.Mqtt3ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuth;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscribe;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscription;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.suback.Mqtt3SubAck;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.suback.Mqtt3SubAckReturnCode;
import com.hivemq.client.mqtt.mqtt3.message.unsubscribe.Mqtt3Unsubscribe;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A link that speaks MQTT 3.1.1. */
final class Mqtt3Link extends HiveMqLink {
    // The protocol has no receive maximum; this is what the strictest of the large brokers allows.
    private static final int SEND_MAXIMUM = 100;

    private static final int INBOUND_MAXIMUM = 16 * 1024 * 1024;

    /** The largest that can be written (MQTT 3.1.1 section 2.2.3), with its header. */
    private static final int PACKET_MAXIMUM = 268_435_460;

    private final InstantSource clock;
    private @Nullable Mqtt3AsyncClient client;

    Mqtt3Link(
            BrokerDefinition definition,
            Observer observer,
            EventLoops loops,
            LinkTimeouts timeouts,
            TlsMaterial tls,
            InstantSource clock,
            int window,
            Executor lane) {
        super(definition, observer, loops, timeouts, tls, window, lane);
        this.clock = clock;
    }

    private Mqtt3AsyncClient client() {
        return Objects.requireNonNull(client, "not opened");
    }

    @Override
    void build(MqttClientTransportConfig transport) {
        Mqtt3ClientBuilder builder = Mqtt3Client.builder()
                .identifier(definition.clientIdentifier())
                .executorConfig(executors)
                .transportConfig(transport)
                .addConnectedListener(context -> onConnected(
                        new BrokerGrants(
                                ((Mqtt3ClientConnectedContext) context)
                                        .getConnAck()
                                        .isSessionPresent(),
                                definition.keepAlive(),
                                null,
                                SEND_MAXIMUM,
                                PACKET_MAXIMUM,
                                QoS.EXACTLY_ONCE,
                                true,
                                true,
                                true,
                                null),
                        null))
                .addDisconnectedListener(this::onDisconnected);
        Credentials credentials = definition.credentials();
        if (credentials != null) {
            Mqtt3SimpleAuthBuilder.Complete auth =
                    Mqtt3SimpleAuth.builder().username(Objects.requireNonNull(credentials.username()));
            if (credentials.password() != null) {
                auth = auth.password(credentials.password().reveal());
            }
            builder.simpleAuth(auth.build());
        }
        Will will = definition.will();
        if (will != null) {
            builder.willPublish(Mqtt3Publish.builder()
                    .topic(will.topic().value())
                    .payload(will.payload())
                    .qos(qos(will.qos()))
                    .retain(will.retain())
                    .build());
        }
        client = builder.buildAsync();
    }

    @Override
    void connect() {
        Mqtt3Connect connect = Mqtt3Connect.builder()
                .cleanSession(definition.session().cleanStart())
                .keepAlive((int) definition.keepAlive().toSeconds())
                .restrictions(
                        Mqtt3ConnectRestrictions.builder().sendMaximum(window).build())
                .build();
        // The outcome comes through the listeners; the future only tells it again.
        client().connect(connect).exceptionally(failure -> null);
    }

    /** The broker cannot be told, so what it may legally send in good faith is let through: at least 16 MB. */
    @Override
    int maximumPacketSize() {
        return Math.max(definition.session().maximumPacketSize(), INBOUND_MAXIMUM);
    }

    /** MQTT 3.1.1 knows no such limit. */
    @Override
    boolean isReceiveMaximumExceeded(MqttClientDisconnectedContext context) {
        return false;
    }

    @Override
    void restate(MqttClientReconnector reconnector, int maximum) {}

    @Override
    InboundFlow<Mqtt3Publish> registerFlow() {
        InboundFlow<Mqtt3Publish> registered = new InboundFlow<>(this::inbound, this::onFlowEnded);
        client().toRx().publishes(MqttGlobalPublishFilter.ALL, true).subscribe(registered);
        return registered;
    }

    private void inbound(Mqtt3Publish publish) {
        onPublish(
                publish.getTopic().toString(),
                topic -> new InboundPublish(
                        definition.id(),
                        topic,
                        publish.getPayload().orElse(InboundFlow.EMPTY),
                        QoS.of(publish.getQos().getCode()),
                        publish.isRetain(),
                        clock.instant(),
                        PublishProperties.NONE),
                publish::acknowledge);
    }

    @Override
    public CompletableFuture<List<SubscriptionStatus>> subscribe(List<TopicFilter> filters, QoS qos) {
        List<Mqtt3Subscription> subscriptions = filters.stream()
                .map(filter -> Mqtt3Subscription.builder()
                        .topicFilter(filter.value())
                        .qos(qos(qos))
                        .build())
                .toList();
        return client().subscribe(
                        Mqtt3Subscribe.builder().addSubscriptions(subscriptions).build())
                .exceptionally(failure -> {
                    if (Failures.unwrap(failure) instanceof Mqtt3SubAckException refused) {
                        return refused.getMqttMessage();
                    }
                    throw Failures.asRuntime(failure);
                })
                .thenApply(subAck -> answers(filters, qos, subAck));
    }

    private static List<SubscriptionStatus> answers(List<TopicFilter> filters, QoS qos, Mqtt3SubAck subAck) {
        List<SubscriptionStatus> answers = new ArrayList<>();
        List<Mqtt3SubAckReturnCode> codes = subAck.getReturnCodes();
        for (int i = 0; i < filters.size(); i++) {
            int code = i < codes.size() ? codes.get(i).getCode() : 0x80;
            answers.add(new SubscriptionStatus(filters.get(i), qos, code <= 2 ? QoS.of(code) : null, code));
        }
        return answers;
    }

    @Override
    public CompletableFuture<Void> unsubscribe(List<TopicFilter> filters) {
        var builder = Mqtt3Unsubscribe.builder().topicFilter(filters.get(0).value());
        for (TopicFilter filter : filters.subList(1, filters.size())) {
            builder.addTopicFilter(filter.value());
        }
        return client().unsubscribe(builder.build());
    }

    @Override
    public CompletableFuture<Void> probe() {
        return client().unsubscribe(
                        Mqtt3Unsubscribe.builder().topicFilter(PROBE_FILTER).build());
    }

    @Override
    public CompletableFuture<Integer> publish(OutboundPublish publish) {
        Mqtt3Publish message;
        try {
            message = Mqtt3Publish.builder()
                    .topic(Objects.requireNonNull(publish.topic()).value())
                    .payload(publish.payload())
                    .qos(qos(publish.qos()))
                    .retain(publish.retain())
                    .build();
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new RefusedPublish(null, "cannot be encoded: " + e.getMessage()));
        }
        if (publish.qos() == QoS.EXACTLY_ONCE) {
            countReleases();
        }
        return client().publish(message).handle((result, failure) -> {
            if (failure == null) {
                return 0;
            }
            if (Failures.unwrap(failure) instanceof MqttEncodeException) {
                throw new RefusedPublish(null, "is larger than MQTT allows");
            }
            throw Failures.asRuntime(failure);
        });
    }

    private static MqttQos qos(QoS qos) {
        return Objects.requireNonNull(MqttQos.fromCode(qos.code()));
    }

    /** MQTT 3.1.1 cannot end a session by DISCONNECT; the filters were given back, so the broker queues nothing. */
    @Override
    void disconnect(boolean forgetSession) {
        client().disconnect().exceptionally(failure -> null);
    }
}
