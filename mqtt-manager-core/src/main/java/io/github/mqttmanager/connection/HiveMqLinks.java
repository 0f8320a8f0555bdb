package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.topic.TopicFilter;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;

/** Makes links that share their event loops. */
final class HiveMqLinks implements Engine.LinkFactories {
    private final EventLoops loops;
    private final TlsBundles bundles;
    private final LinkTimeouts timeouts;
    private final InstantSource clock;
    private final int window;
    private final BiPredicate<BrokerId, TopicFilter> wantsRetained;

    HiveMqLinks(
            EventLoops loops,
            TlsBundles bundles,
            LinkTimeouts timeouts,
            InstantSource clock,
            int window,
            BiPredicate<BrokerId, TopicFilter> wantsRetained) {
        this.loops = loops;
        this.bundles = bundles;
        this.timeouts = timeouts;
        this.clock = clock;
        this.window = window;
        this.wantsRetained = wantsRetained;
    }

    /** The client finds out too late, and in a way that nobody could explain. */
    private static void need(String type, String what, String artifact) {
        try {
            Class.forName(type, false, HiveMqLinks.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new MissingTransport(what + " needs " + artifact + " on the class path");
        }
    }

    /** A part of Netty that is optional is not there. */
    static final class MissingTransport extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        MissingTransport(String message) {
            super(message);
        }
    }

    @Override
    public LinkFactory on(Executor lane) {
        return (definition, observer) -> {
            if (definition.transport().isWebSocket()) {
                need("io.netty.handler.codec.http.HttpClientCodec", "a WebSocket", "io.netty:netty-codec-http");
            }
            if (definition.proxy() != null) {
                need("io.netty.handler.proxy.ProxyHandler", "a proxy", "io.netty:netty-handler-proxy");
            }
            TlsMaterial tls = new TlsMaterial(bundles);
            return definition.mqttVersion() == MqttVersion.V5
                    ? new Mqtt5Link(
                            definition,
                            observer,
                            loops,
                            timeouts,
                            tls,
                            clock,
                            window,
                            filter -> wantsRetained.test(definition.id(), filter),
                            lane)
                    : new Mqtt3Link(definition, observer, loops, timeouts, tls, clock, window, lane);
        };
    }
}
