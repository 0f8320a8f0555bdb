package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the way to an endpoint: looks the names up, and has all addresses checked before one of them is used. */
final class Routes {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    private final Engine engine;

    Routes(Engine engine) {
        this.engine = engine;
    }

    /** There is no way, and why. */
    static final class NoRoute extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient ConnectionFailure failure;

        NoRoute(ConnectionFailure failure) {
            super(failure.message(), null, false, false);
            this.failure = failure;
        }

        ConnectionFailure failure() {
            return failure;
        }
    }

    /**
     * @param turn which of a name's addresses is used: another one each time
     * @return the way, or fails with {@link NoRoute}
     */
    CompletableFuture<Route> find(BrokerDefinition definition, Endpoint endpoint, int turn) {
        CompletableFuture<InetSocketAddress> broker = address(definition, endpoint, turn);
        ProxySettings proxy = definition.proxy();
        return proxy == null
                ? broker.thenApply(address -> new Route(address, null))
                : broker.thenCompose(address ->
                        address(definition, proxy.endpoint(), turn).thenApply(via -> new Route(address, via)));
    }

    private CompletableFuture<InetSocketAddress> address(BrokerDefinition definition, Endpoint asked, int turn) {
        return engine.resolver().resolve(asked.host()).handle((addresses, failure) -> {
            if (failure != null) {
                throw new NoRoute(
                        Failures.unwrap(failure) instanceof UnknownHostException
                                ? classifier(definition, asked).unknownHost()
                                : classifier(definition, asked).dnsTimeout());
            }
            if (!addresses.stream().allMatch(address -> permits(definition, address, asked.port()))) {
                throw new NoRoute(classifier(definition, asked).addressRefused());
            }
            InetAddress address = addresses.get(Math.floorMod(turn, addresses.size()));
            String owner = definition.owner();
            if (owner != null && !engine.ports().mayTry(owner, address, asked.port())) {
                throw new NoRoute(classifier(definition, asked).tooManyPorts());
            }
            // The name stays with the address, for TLS checks it; the address is the one that was checked.
            return new InetSocketAddress(named(asked.host(), address), asked.port());
        });
    }

    private FailureClassifier classifier(BrokerDefinition definition, Endpoint about) {
        return new FailureClassifier(
                definition, about, engine.timeouts(), engine.clock().instant());
    }

    /** The policy is the host's code: when it fails, nothing is permitted. */
    private boolean permits(BrokerDefinition definition, InetAddress address, int port) {
        try {
            return engine.networkPolicy().permits(definition, address, port);
        } catch (RuntimeException e) {
            LOG.error("[{}] the network policy failed", definition.id(), e);
            return false;
        }
    }

    private static InetAddress named(String host, InetAddress address) {
        try {
            return InetAddress.getByAddress(host, address.getAddress());
        } catch (UnknownHostException e) {
            return address;
        }
    }

    /** Why no way was found. */
    static ConnectionFailure failure(Throwable thrown) {
        if (Failures.unwrap(thrown) instanceof NoRoute none) {
            return none.failure();
        }
        throw thrown instanceof RuntimeException runtime ? runtime : new CompletionException(thrown);
    }
}
