package io.github.mqttmanager.connection;

import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import com.hivemq.client.mqtt.MqttProxyConfig;
import com.hivemq.client.mqtt.MqttProxyConfigBuilder;
import com.hivemq.client.mqtt.MqttProxyProtocol;
import com.hivemq.client.mqtt.MqttWebSocketConfig;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientReconnector;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.topic.TopicName;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.reactivex.Scheduler;
import io.reactivex.schedulers.Schedulers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the links of both protocol versions have in common: the life of one client. The client reconnects by itself never: after each
 * loss it waits at a gate of ours, which opens for the next attempt or for the end.
 */
abstract class HiveMqLink implements MqttLink {
    private static final Logger LOG = LoggerFactory.getLogger(HiveMqLink.class);

    private static final int RECEIVE_MAXIMUM_CAP = 65_535;
    private static final Scheduler AT_ONCE = Schedulers.from(Runnable::run);

    /** How long a broker may take to let a connection end in the orderly way. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    /** How long the client may take to notice that its socket is closed. */
    private static final Duration NOTICE = Duration.ofSeconds(2);

    /** Never subscribed by anybody; to give it back changes nothing, and every broker must answer (MQTT 5 section 3.10.4). */
    static final String PROBE_FILTER = "mqtt-manager/probe/never-subscribed";

    private enum Phase {
        IDLE,
        ATTEMPTING,
        OPEN,
        WAITING,
        CLOSED
    }

    final BrokerDefinition definition;
    final Observer observer;
    final MqttClientExecutorConfig executors;
    private final EventLoop loop;
    private final LinkTimeouts timeouts;
    private final TlsMaterial tls;
    private final Executor lane;

    /** The most publishes in flight, and so the greatest packet identifier of them. */
    final int window;

    private volatile @Nullable InboundFlow<?> flow;

    /** Messages of the current connection that wait for our acknowledgement. */
    private final Set<OpenDelivery> deliveries = ConcurrentHashMap.newKeySet();

    // guarded by this
    private Phase phase = Phase.IDLE;
    private boolean closing;
    private boolean endSession;
    private boolean flowEnded = true;
    private boolean sessionOpenedHere;

    /** Whether a publish with QoS 2 was handed over, so that PUBCOMPs are to be waited for. */
    private boolean exactlyOnce;

    private int receiveMaximum;
    private @Nullable CompletableFuture<Void> gate;
    private @Nullable MqttClientTransportConfig next;
    private int attempt;
    private @Nullable SocketWatch socket;

    HiveMqLink(
            BrokerDefinition definition,
            Observer observer,
            EventLoops loops,
            LinkTimeouts timeouts,
            TlsMaterial tls,
            int window,
            Executor lane) {
        this.definition = definition;
        this.observer = observer;
        this.loop = loops.next();
        // Callbacks run where they arise, on the event loop, and only hand over.
        this.executors = MqttClientExecutorConfig.builder()
                .nettyExecutor(EventLoops.watched(loop, this::watch))
                .applicationScheduler(AT_ONCE)
                .build();
        this.timeouts = timeouts;
        this.tls = tls;
        this.window = window;
        this.lane = lane;
        this.receiveMaximum = definition.session().receiveMaximum();
    }

    /** How large a packet that comes in may be, where the client has no limit of its own; else 0. */
    abstract int maximumPacketSize();

    /** Whether the connection was ended by ourselves, for the broker sent more than the receive maximum allows. */
    abstract boolean isReceiveMaximumExceeded(MqttClientDisconnectedContext context);

    /**
     * Says what CONNECT carries once more, for the next connection: the client would repeat what the broker made of it the last time, also
     * when that was a mistake.
     */
    abstract void restate(MqttClientReconnector reconnector, int maximum);

    /** Builds the client; called once, before the first attempt. */
    abstract void build(MqttClientTransportConfig transport);

    /** Sends CONNECT for the first time; failures come through the disconnected-listener. */
    abstract void connect();

    /** Registers a flow of all publishes. */
    abstract InboundFlow<?> registerFlow();

    /** Takes the flow away, or the client would keep its event loop. */
    private void cancelFlow() {
        InboundFlow<?> registered = flow;
        if (registered != null) {
            registered.cancel();
        }
    }

    /** Sends DISCONNECT; failures come through the disconnected-listener or do not matter. */
    abstract void disconnect(boolean forgetSession);

    @Override
    public final void open(Route route) {
        // Before anything changes: what cannot be used fails this attempt, and the next one asks again.
        MqttClientTransportConfig transport = transport(route);
        CompletableFuture<Void> opened;
        boolean first;
        synchronized (this) {
            if (closing) {
                return;
            }
            first = phase == Phase.IDLE;
            if (!first && phase != Phase.WAITING) {
                throw new IllegalStateException("link of broker " + definition.id() + " is " + phase);
            }
            phase = Phase.ATTEMPTING;
            attempt++;
            socket = null;
            next = transport;
            opened = gate;
            gate = null;
        }
        if (first) {
            build(transport);
            ensureFlow();
            connect();
        } else {
            ensureFlow();
            if (opened != null) {
                openGate(opened);
            }
        }
    }

    /**
     * On the event loop, and after what the client has left to do there: then it connects right behind our callback, and its sockets come in
     * the order of the callbacks.
     */
    private void openGate(CompletableFuture<Void> opened) {
        try {
            loop.execute(() -> loop.schedule(() -> opened.complete(null), 0, TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            // The loops have ended, and all sockets with them.
        }
    }

    /** Before every attempt: what comes in while no flow is registered would be acknowledged and lost. */
    private void ensureFlow() {
        synchronized (this) {
            if (!flowEnded || closing) {
                return;
            }
            flowEnded = false;
        }
        flow = registerFlow();
        boolean late;
        synchronized (this) {
            late = phase == Phase.CLOSED;
        }
        if (late) {
            // It ended meanwhile; a flow that stays registered keeps an event loop.
            cancelFlow();
        }
    }

    /** The session has ended, and with it the flow. Called on the event loop. */
    final void onFlowEnded() {
        synchronized (this) {
            flowEnded = true;
            if (closing) {
                return;
            }
        }
        // Not from within: the client is about to forget all flows, a new one among them.
        lane.execute(this::ensureFlow);
    }

    final void onConnected(BrokerGrants grants, @Nullable String responseInformation) {
        boolean stop;
        boolean openedHere;
        SocketWatch counting;
        synchronized (this) {
            phase = Phase.OPEN;
            stop = closing;
            counting = exactlyOnce ? socket : null;
            if (!grants.sessionPresent()) {
                sessionOpenedHere = true;
            }
            openedHere = sessionOpenedHere;
        }
        if (counting != null) {
            counting.countReleases();
        }
        if (stop) {
            disconnect(endSession);
        } else {
            observer.opened(new Granted(grants, openedHere, responseInformation));
        }
    }

    final void onDisconnected(MqttClientDisconnectedContext context) {
        // An acknowledgement that is missing here would block all later ones, on this connection and the next.
        releaseDeliveries();
        MqttClientReconnector reconnector = context.getReconnector();
        SocketWatch over;
        synchronized (this) {
            over = socket;
        }
        if (over != null) {
            over.mute();
        }
        boolean wasOpen;
        boolean ended;
        int raised = 0;
        synchronized (this) {
            wasOpen = phase == Phase.OPEN;
            if (isReceiveMaximumExceeded(context)) {
                // Some brokers do not keep to it; to insist would end each connection, and the messages would come for
                // ever.
                raised = Math.min(receiveMaximum * 4, RECEIVE_MAXIMUM_CAP);
                receiveMaximum = raised;
            }
            ended = closing;
            if (ended) {
                phase = Phase.CLOSED;
                reconnector.reconnect(false);
            } else {
                phase = Phase.WAITING;
                CompletableFuture<Void> waiting = new CompletableFuture<>();
                gate = waiting;
                reconnector
                        .resubscribeIfSessionExpired(false)
                        .resubscribeIfSessionPresent(false)
                        .republishIfSessionExpired(true)
                        .reconnectWhen(waiting, (ignored, failure) -> onGate(reconnector));
            }
        }
        if (ended) {
            cancelFlow();
            observer.closed();
        } else {
            observer.down(new LinkDown(context.getCause(), wasOpen, tls.isSpoken(), raised));
        }
    }

    /** On the event loop, when the gate opens. */
    private void onGate(MqttClientReconnector reconnector) {
        MqttClientTransportConfig transport;
        int maximum;
        int begun;
        synchronized (this) {
            maximum = receiveMaximum;
            begun = attempt;
            transport = closing ? null : next;
            if (transport == null) {
                phase = Phase.CLOSED;
            }
        }
        if (transport == null) {
            reconnector.reconnect(false);
            cancelFlow();
            observer.closed();
            return;
        }
        restate(reconnector, maximum);
        reconnector.transportConfig(transport);
        loop.execute(() -> claim(begun));
    }

    /**
     * On the event loop: the client has connected again, on the bare loop, which tells nobody of its sockets. The first socket there that
     * nobody has claimed is ours, for the sockets and the claims come in the same order.
     */
    private void claim(int begun) {
        synchronized (this) {
            if (attempt != begun) {
                return;
            }
        }
        observer.connecting();
        synchronized (this) {
            if (socket != null || phase != Phase.ATTEMPTING) {
                return;
            }
        }
        Channel ours = EventLoops.firstUnclaimed(loop);
        if (ours != null) {
            watch(ours);
        }
    }

    @Override
    public final @Nullable BrokerCertificate certificate() {
        return tls.certificate();
    }

    /** The client is about to connect a socket, or has begun to. */
    private void watch(Channel channel) {
        SocketWatch watch = new SocketWatch(observer, maximumPacketSize());
        boolean late;
        synchronized (this) {
            socket = watch;
            late = closing;
        }
        EventLoops.claim(channel, watch);
        if (late) {
            cutAfter(Duration.ZERO, watch);
        }
    }

    /** Called before the first publish with QoS 2 is handed to the client, and before each further one. */
    final void countReleases() {
        SocketWatch counting;
        synchronized (this) {
            if (exactlyOnce) {
                return;
            }
            exactlyOnce = true;
            counting = socket;
        }
        if (counting != null) {
            loop.execute(counting::countReleases);
        }
    }

    @Override
    public final Releases releases() {
        SocketWatch counting;
        synchronized (this) {
            counting = phase == Phase.OPEN ? socket : null;
        }
        return counting == null ? Releases.NONE : counting.releases();
    }

    @Override
    public final CompletableFuture<Void> release() {
        SocketWatch open;
        synchronized (this) {
            open = phase == Phase.OPEN && !closing ? socket : null;
        }
        if (open == null) {
            return CompletableFuture.failedFuture(new ClosedChannelException());
        }
        return open.release(window, timeouts.suback()).thenRun(() -> {
            synchronized (this) {
                sessionOpenedHere = true;
            }
        });
    }

    @Override
    public final void hold(boolean held) {
        SocketWatch present;
        synchronized (this) {
            present = socket;
        }
        if (present != null) {
            present.hold(held);
        }
    }

    @Override
    public final void drop() {
        SocketWatch dropped;
        synchronized (this) {
            if (phase != Phase.OPEN || closing) {
                return;
            }
            dropped = socket;
        }
        // Without DISCONNECT, which would wait behind what the other side does not take.
        cutAfter(Duration.ZERO, dropped);
    }

    @Override
    public final void close(boolean forgetSession) {
        Phase was;
        CompletableFuture<Void> waiting;
        SocketWatch closed;
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
            endSession = forgetSession;
            was = phase;
            waiting = gate;
            gate = null;
            closed = socket;
            if (was == Phase.IDLE) {
                phase = Phase.CLOSED;
            }
        }
        switch (was) {
            case IDLE -> observer.closed();
            case OPEN -> {
                disconnect(forgetSession);
                cutAfter(FAREWELL, closed);
            }
            case WAITING -> {
                if (waiting != null) {
                    waiting.complete(null);
                }
            }
            case ATTEMPTING -> cutAfter(Duration.ZERO, closed);
            case CLOSED -> {}
        }
    }

    /** Ends the socket if it is still the link's; and if the client does not even notice that, the link without it. */
    private void cutAfter(Duration delay, @Nullable SocketWatch cut) {
        after(delay, () -> {
            if (holds(cut)) {
                if (cut != null) {
                    cut.cut();
                }
                after(NOTICE, () -> giveUp(cut));
            }
        });
    }

    private void after(Duration delay, Runnable task) {
        try {
            loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The loops have ended, and all sockets with them.
        }
    }

    private synchronized boolean holds(@Nullable SocketWatch watch) {
        return socket == watch && (phase == Phase.OPEN || phase == Phase.ATTEMPTING);
    }

    private void giveUp(@Nullable SocketWatch cut) {
        synchronized (this) {
            if (!holds(cut)) {
                return;
            }
            closing = true;
            phase = Phase.CLOSED;
        }
        LOG.warn("[{}] the client does not notice that its socket is closed; it is left to itself", definition.id());
        releaseDeliveries();
        cancelFlow();
        observer.closed();
    }

    private void releaseDeliveries() {
        for (OpenDelivery delivery : deliveries) {
            delivery.acknowledge();
        }
    }

    /** On the event loop: gives one publish to the observer; whatever happens, the flow goes on. */
    final void onPublish(String topic, Function<TopicName, InboundPublish> convert, Runnable acknowledge) {
        OpenDelivery delivery = new OpenDelivery(acknowledge);
        deliveries.add(delivery);
        try {
            InboundPublish publish;
            try {
                publish = convert.apply(TopicName.of(topic));
            } catch (IllegalArgumentException e) {
                delivery.acknowledge();
                observer.receivedMalformed();
                return;
            }
            observer.received(publish, delivery::acknowledge);
        } catch (Throwable e) {
            // Stays unacknowledged: the broker delivers it again on the next connection.
            LOG.error("[{}] a publish could not be routed", definition.id(), e);
        }
    }

    /** An acknowledgement that is due once, whoever comes first: the handler, or the end of the connection. */
    private final class OpenDelivery {
        private final AtomicBoolean done = new AtomicBoolean();
        private final Runnable acknowledge;

        OpenDelivery(Runnable acknowledge) {
            this.acknowledge = acknowledge;
        }

        void acknowledge() {
            if (done.compareAndSet(false, true)) {
                deliveries.remove(this);
                acknowledge.run();
            }
        }
    }

    private MqttClientTransportConfig transport(Route route) {
        boolean secure = definition.transport().isSecure();
        // An HTTP proxy is told the name where there is one, and looks it up for itself. TLS cannot do without the
        // name.
        boolean hidden = route.proxy() != null && !secure;
        MqttClientTransportConfigBuilder builder = MqttClientTransportConfig.builder()
                .serverAddress(hidden ? nameless(route.broker()) : route.broker())
                .socketConnectTimeout(timeouts.tcp().toMillis(), TimeUnit.MILLISECONDS)
                .mqttConnectTimeout(timeouts.connack().toMillis(), TimeUnit.MILLISECONDS);
        if (secure) {
            builder.sslConfig(tls.config(definition.tls(), timeouts.tls()));
        }
        if (definition.transport().isWebSocket()) {
            builder.webSocketConfig(webSocket(
                    hidden ? route.broker().getHostString() : null,
                    route.broker().getPort()));
        }
        ProxySettings proxy = definition.proxy();
        if (proxy != null && route.proxy() != null) {
            builder.proxyConfig(proxy(proxy, route.proxy()));
        }
        return builder.build();
    }

    private static InetSocketAddress nameless(InetSocketAddress address) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address.getAddress().getAddress()), address.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // it was an address before
        }
    }

    /** @param host to be named in the request, if the client does not know it */
    private MqttWebSocketConfig webSocket(@Nullable String host, int port) {
        WebSocketTarget target = WebSocketTarget.of(definition.webSocket().path());
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (host != null) {
            headers.put("Host", Endpoint.of(host, port).toString());
        }
        headers.putAll(definition.webSocket().headers());
        return MqttWebSocketConfig.builder()
                .serverPath(target.path())
                .queryString(target.query())
                .httpHeaders(headers)
                .handshakeTimeout(timeouts.tls().toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    private MqttProxyConfig proxy(ProxySettings proxy, InetSocketAddress address) {
        MqttProxyConfigBuilder builder = MqttProxyConfig.builder()
                .protocol(
                        switch (proxy.type()) {
                            case HTTP -> MqttProxyProtocol.HTTP;
                            case SOCKS_4 -> MqttProxyProtocol.SOCKS_4;
                            case SOCKS_5 -> MqttProxyProtocol.SOCKS_5;
                        })
                .address(address)
                .handshakeTimeout(timeouts.tcp().toMillis(), TimeUnit.MILLISECONDS);
        if (proxy.credentials() != null) {
            builder.username(proxy.credentials().username());
            if (proxy.credentials().password() != null) {
                builder.password(new String(proxy.credentials().password().reveal(), StandardCharsets.UTF_8));
            }
        }
        return builder.build();
    }
}
