package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientReconnector;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5UnsubAckException;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientReconnector;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckRestrictions;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAck;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.unsubscribe.Mqtt5Unsubscribe;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.UserProperty;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A link that speaks MQTT 5. */
final class Mqtt5Link extends HiveMqLink {
    private static final long NO_EXPIRY = 0xFFFF_FFFFL;

    private final InstantSource clock;
    private final Predicate<TopicFilter> wantsRetained;
    private @Nullable Mqtt5AsyncClient client;

    Mqtt5Link(
            BrokerDefinition definition,
            Observer observer,
            EventLoops loops,
            LinkTimeouts timeouts,
            TlsMaterial tls,
            InstantSource clock,
            int window,
            Predicate<TopicFilter> wantsRetained,
            Executor lane) {
        super(definition, observer, loops, timeouts, tls, window, lane);
        this.clock = clock;
        this.wantsRetained = wantsRetained;
    }

    private Mqtt5AsyncClient client() {
        return Objects.requireNonNull(client, "not opened");
    }

    @Override
    void build(MqttClientTransportConfig transport) {
        Mqtt5ClientBuilder builder = Mqtt5Client.builder()
                .identifier(definition.clientIdentifier())
                .executorConfig(executors)
                .transportConfig(transport)
                .addConnectedListener(context -> connected(((Mqtt5ClientConnectedContext) context).getConnAck()))
                .addDisconnectedListener(this::onDisconnected);
        Credentials credentials = definition.credentials();
        if (credentials != null) {
            builder.simpleAuth(auth(credentials));
        }
        Will will = definition.will();
        if (will != null) {
            builder.willPublish(Mqtt5Publish.builder()
                    .topic(will.topic().value())
                    .payload(will.payload())
                    .qos(qos(will.qos()))
                    .retain(will.retain())
                    .asWill()
                    .delayInterval(will.delay().toSeconds())
                    .build());
        }
        client = builder.buildAsync();
    }

    private static Mqtt5SimpleAuth auth(Credentials credentials) {
        Mqtt5SimpleAuthBuilder builder = Mqtt5SimpleAuth.builder();
        if (credentials.username() == null) {
            return builder.password(
                            Objects.requireNonNull(credentials.password()).reveal())
                    .build();
        }
        Mqtt5SimpleAuthBuilder.Complete complete = builder.username(credentials.username());
        return credentials.password() == null
                ? complete.build()
                : complete.password(credentials.password().reveal()).build();
    }

    @Override
    void connect() {
        Mqtt5Connect connect = Mqtt5Connect.builder()
                .cleanStart(definition.session().cleanStart())
                .sessionExpiryInterval(expirySeconds())
                .keepAlive((int) definition.keepAlive().toSeconds())
                .restrictions(Mqtt5ConnectRestrictions.builder()
                        .receiveMaximum(definition.session().receiveMaximum())
                        .maximumPacketSize(definition.session().maximumPacketSize())
                        .sendMaximum(window)
                        .requestResponseInformation(true)
                        .build())
                .build();
        // The outcome comes through the listeners; the future only tells it again.
        client().connect(connect).exceptionally(failure -> null);
    }

    private void connected(Mqtt5ConnAck connAck) {
        Mqtt5ConnAckRestrictions restrictions = connAck.getRestrictions();
        onConnected(
                new BrokerGrants(
                        connAck.isSessionPresent(),
                        Duration.ofSeconds(connAck.getServerKeepAlive()
                                .orElse((int) definition.keepAlive().toSeconds())),
                        Duration.ofSeconds(connAck.getSessionExpiryInterval().orElse(expirySeconds())),
                        restrictions.getReceiveMaximum(),
                        restrictions.getMaximumPacketSize(),
                        QoS.of(restrictions.getMaximumQos().getCode()),
                        restrictions.isRetainAvailable(),
                        restrictions.isWildcardSubscriptionAvailable(),
                        restrictions.isSharedSubscriptionAvailable(),
                        connAck.getAssignedClientIdentifier()
                                .map(identifier -> Failures.clean(identifier.toString()))
                                .orElse(null)),
                connAck.getResponseInformation().map(Object::toString).orElse(null));
    }

    private long expirySeconds() {
        return Math.min(definition.session().expiry().toSeconds(), NO_EXPIRY);
    }

    /** The client and the broker keep to what CONNECT says. */
    @Override
    int maximumPacketSize() {
        return 0;
    }

    @Override
    boolean isReceiveMaximumExceeded(MqttClientDisconnectedContext context) {
        return context.getSource() == MqttDisconnectSource.CLIENT
                && context.getCause() instanceof Mqtt5DisconnectException e
                && e.getMqttMessage().getReasonCode() == Mqtt5DisconnectReasonCode.RECEIVE_MAXIMUM_EXCEEDED;
    }

    @Override
    void restate(MqttClientReconnector reconnector, int maximum) {
        long expiry = expirySeconds();
        ((Mqtt5ClientReconnector) reconnector)
                .connectWith()
                .keepAlive((int) definition.keepAlive().toSeconds())
                .sessionExpiryInterval(expiry)
                .cleanStart(expiry == 0)
                .restrictions(Mqtt5ConnectRestrictions.builder()
                        .receiveMaximum(maximum)
                        .maximumPacketSize(definition.session().maximumPacketSize())
                        .sendMaximum(window)
                        .requestResponseInformation(true)
                        .build())
                .applyConnect();
    }

    @Override
    InboundFlow<Mqtt5Publish> registerFlow() {
        InboundFlow<Mqtt5Publish> registered = new InboundFlow<>(this::inbound, this::onFlowEnded);
        client().toRx().publishes(MqttGlobalPublishFilter.ALL, true).subscribe(registered);
        return registered;
    }

    private void inbound(Mqtt5Publish publish) {
        onPublish(
                publish.getTopic().toString(),
                topic -> new InboundPublish(
                        definition.id(),
                        topic,
                        publish.getPayload().orElse(InboundFlow.EMPTY),
                        QoS.of(publish.getQos().getCode()),
                        publish.isRetain(),
                        clock.instant(),
                        properties(publish)),
                publish::acknowledge);
    }

    private static PublishProperties properties(Mqtt5Publish publish) {
        if (publish.getMessageExpiryInterval().isEmpty()
                && publish.getPayloadFormatIndicator().isEmpty()
                && publish.getContentType().isEmpty()
                && publish.getResponseTopic().isEmpty()
                && publish.getCorrelationData().isEmpty()
                && publish.getUserProperties().asList().isEmpty()) {
            return PublishProperties.NONE;
        }
        long expiry = publish.getMessageExpiryInterval().orElse(0);
        List<UserProperty> userProperties = new ArrayList<>();
        for (Mqtt5UserProperty property : publish.getUserProperties().asList()) {
            userProperties.add(new UserProperty(
                    property.getName().toString(), property.getValue().toString()));
        }
        return new PublishProperties(
                expiry == 0 ? null : Duration.ofSeconds(expiry),
                publish.getPayloadFormatIndicator().orElse(null) == Mqtt5PayloadFormatIndicator.UTF_8,
                publish.getContentType().map(Object::toString).orElse(null),
                publish.getResponseTopic()
                        .map(topic -> responseTopic(topic.toString()))
                        .orElse(null),
                publish.getCorrelationData().orElse(null),
                userProperties);
    }

    /** A strange response topic is no reason to lose the message. */
    private static @Nullable TopicName responseTopic(String topic) {
        try {
            return TopicName.of(topic);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public CompletableFuture<List<SubscriptionStatus>> subscribe(List<TopicFilter> filters, QoS qos) {
        List<Mqtt5Subscription> subscriptions = filters.stream()
                .map(filter -> Mqtt5Subscription.builder()
                        .topicFilter(filter.value())
                        .qos(qos(qos))
                        .retainHandling(retainHandling(filter))
                        .build())
                .toList();
        return client().subscribe(
                        Mqtt5Subscribe.builder().addSubscriptions(subscriptions).build())
                .exceptionally(failure -> {
                    if (Failures.unwrap(failure) instanceof Mqtt5SubAckException refused) {
                        return refused.getMqttMessage();
                    }
                    throw Failures.asRuntime(failure);
                })
                .thenApply(subAck -> answers(filters, qos, subAck));
    }

    /** Not again what the broker has told this session before; a shared subscription knows no retained messages (MQTT 5 section 3.8.3.1). */
    private Mqtt5RetainHandling retainHandling(TopicFilter filter) {
        if (filter.isShared()) {
            return Mqtt5RetainHandling.DO_NOT_SEND;
        }
        return wantsRetained.test(filter)
                ? Mqtt5RetainHandling.SEND
                : Mqtt5RetainHandling.SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST;
    }

    private static List<SubscriptionStatus> answers(List<TopicFilter> filters, QoS qos, Mqtt5SubAck subAck) {
        List<SubscriptionStatus> answers = new ArrayList<>();
        List<Mqtt5SubAckReasonCode> codes = subAck.getReasonCodes();
        for (int i = 0; i < filters.size(); i++) {
            // A broker that answers too few is taken to refuse the rest.
            int code = i < codes.size() ? codes.get(i).getCode() : 0x80;
            answers.add(new SubscriptionStatus(filters.get(i), qos, code <= 2 ? QoS.of(code) : null, code));
        }
        return answers;
    }

    @Override
    public CompletableFuture<Void> unsubscribe(List<TopicFilter> filters) {
        var builder = Mqtt5Unsubscribe.builder().topicFilter(filters.get(0).value());
        for (TopicFilter filter : filters.subList(1, filters.size())) {
            builder.addTopicFilter(filter.value());
        }
        return client().unsubscribe(builder.build()).thenApply(unsubAck -> null);
    }

    @Override
    public CompletableFuture<Void> probe() {
        return client().unsubscribe(
                        Mqtt5Unsubscribe.builder().topicFilter(PROBE_FILTER).build())
                .handle((unsubAck, failure) -> {
                    // "Not authorized" and the like are answers, too.
                    if (failure != null && !(Failures.unwrap(failure) instanceof Mqtt5UnsubAckException)) {
                        throw Failures.asRuntime(failure);
                    }
                    return null;
                });
    }

    @Override
    public CompletableFuture<Integer> publish(OutboundPublish publish) {
        PublishProperties properties = publish.properties();
        Mqtt5Publish message;
        try {
            Mqtt5PublishBuilder.Complete builder = Mqtt5Publish.builder()
                    .topic(Objects.requireNonNull(publish.topic()).value())
                    .payload(publish.payload())
                    .qos(qos(publish.qos()))
                    .retain(publish.retain())
                    .contentType(properties.contentType())
                    .responseTopic(
                            properties.responseTopic() == null
                                    ? null
                                    : properties.responseTopic().value())
                    .correlationData(properties.correlationData())
                    .userProperties(userProperties(properties));
            if (properties.expiry() != null) {
                builder.messageExpiryInterval(Math.max(1, properties.expiry().toSeconds()));
            }
            if (properties.text()) {
                builder.payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8);
            }
            message = builder.build();
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new RefusedPublish(null, "cannot be encoded: " + e.getMessage()));
        }
        if (publish.qos() == QoS.EXACTLY_ONCE) {
            countReleases();
        }
        return client().publish(message).handle((result, failure) -> {
            if (failure == null) {
                return code(result);
            }
            Throwable cause = Failures.unwrap(failure);
            if (cause instanceof Mqtt5PubAckException e) {
                throw refused(e.getMqttMessage().getReasonCode().getCode());
            }
            if (cause instanceof Mqtt5PubRecException e) {
                throw refused(e.getMqttMessage().getReasonCode().getCode());
            }
            if (cause instanceof MqttEncodeException) {
                throw new RefusedPublish(null, "is larger than the broker accepts");
            }
            throw Failures.asRuntime(failure);
        });
    }

    private static RefusedPublish refused(int code) {
        return new RefusedPublish(code, "refused by the broker with reason code " + Failures.hex(code));
    }

    private static int code(Mqtt5PublishResult result) {
        if (result instanceof Mqtt5PublishResult.Mqtt5Qos1Result qos1) {
            return qos1.getPubAck().getReasonCode().getCode();
        }
        if (result instanceof Mqtt5PublishResult.Mqtt5Qos2Result qos2) {
            return qos2.getPubRec().getReasonCode().getCode();
        }
        return 0;
    }

    private static Mqtt5UserProperties userProperties(PublishProperties properties) {
        if (properties.userProperties().isEmpty()) {
            return Mqtt5UserProperties.of();
        }
        return Mqtt5UserProperties.of(properties.userProperties().stream()
                .map(property -> Mqtt5UserProperty.of(property.name(), property.value()))
                .toList());
    }

    private static MqttQos qos(QoS qos) {
        return Objects.requireNonNull(MqttQos.fromCode(qos.code()));
    }

    @Override
    void disconnect(boolean forgetSession) {
        var disconnect = client().disconnectWith();
        if (forgetSession) {
            disconnect.sessionExpiryInterval(0);
        }
        disconnect.send().exceptionally(failure -> null);
    }
}
