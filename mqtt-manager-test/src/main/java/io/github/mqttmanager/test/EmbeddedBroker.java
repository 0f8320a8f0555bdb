package io.github.mqttmanager.test;

import com.codahale.metrics.Gauge;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A real broker, HiveMQ Community Edition, in the process of the test: MQTT 3.1.1 and 5 over TCP on 127.0.0.1.
 *
 * <pre>{@code
 * try (EmbeddedBroker broker = EmbeddedBroker.builder()
 *         .user("ann", "secret", "tenants/ann/#")
 *         .start()) {
 *     connectTo(broker.host(), broker.port(), "ann", "secret");
 *     broker.stop();     // an outage
 *     broker.start();    // the same port again
 * }
 * }</pre>
 *
 * <p>Needs no files and leaves none: its folders are temporary and deleted when it is closed. Several can run at the same time. The
 * first start in a process takes about a second. It sends no usage statistics and does not set up logging; its own loggers are set to
 * WARN where the host uses Logback and has not set them. Still, HiveMQ's jar has a {@code logback.xml} at its root: an application
 * without a {@code logback.xml} or {@code logback-test.xml} of its own, earlier on the class path, is configured by that one.
 *
 * <p>This class is thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;

    /** HiveMQ finds the services of an extension and its home in static fields, so one starts at a time. */
    private static final Object ONE_AT_A_TIME = new Object();

    private final Builder settings;
    private final BrokerFolders folders;
    private final BrokerAccess access;
    private int port;
    private @Nullable EmbeddedHiveMQ hivemq;
    private boolean closed;

    private EmbeddedBroker(Builder settings) {
        this.settings = settings;
        this.port = settings.port;
        this.access = new BrokerAccess(settings.users);
        this.folders = BrokerFolders.make();
    }

    /** Begins a broker that lets everybody in, on a free port, and keeps what it has in memory. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where clients connect to: 127.0.0.1. */
    public String host() {
        return "127.0.0.1";
    }

    /** Where clients connect to. Stays the same when the broker is stopped and started. */
    public synchronized int port() {
        return port;
    }

    /** Whether it was started and neither stopped nor closed. */
    public synchronized boolean isRunning() {
        return hivemq != null;
    }

    /**
     * Starts it again after {@link #stop}; sessions and retained messages are there again if it is persistent. Does nothing if it runs.
     *
     * @throws IllegalStateException if it is closed or cannot start
     */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("the broker is closed");
        }
        for (int attempt = 1; hivemq == null; attempt++) {
            if (settings.port == 0 && (port == 0 || attempt > 1)) {
                port = freePort();
            }
            EmbeddedHiveMQ started = launch();
            if (isListening()) {
                hivemq = started;
            } else {
                stop(started);
                if (settings.port != 0 || attempt == ATTEMPTS) {
                    throw new IllegalStateException("the broker cannot listen on port " + port);
                }
            }
        }
    }

    /** Stops it: connections end, nobody listens. Does nothing if it does not run. */
    public synchronized void stop() {
        EmbeddedHiveMQ running = hivemq;
        hivemq = null;
        if (running != null) {
            stop(running);
            access.forgetClients();
        }
    }

    /** How many clients are connected: accepted by CONNACK and not yet gone. The end of a link is noticed with a little delay. */
    public int connectedClients() {
        return access.connectedClients();
    }

    /** The identifiers of the clients that are connected. */
    public Set<String> clientIdentifiers() {
        return new TreeSet<>(access.clientIdentifiers());
    }

    /** How many TCP connections are open, whether or not they have sent a CONNECT. */
    public synchronized int openConnections() {
        if (hivemq == null) {
            return 0;
        }
        Gauge<?> gauge = hivemq.getMetricRegistry().getGauges().get("com.hivemq.networking.connections.current");
        return gauge != null && gauge.getValue() instanceof Number count ? count.intValue() : 0;
    }

    /**
     * Disconnects a client with a DISCONNECT, as an administrator does; its session stays.
     *
     * @return whether it was connected
     */
    public boolean disconnectClient(String clientIdentifier) {
        return await(access.disconnect(clientIdentifier));
    }

    /** Stops it and deletes its folders; a second time it does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stop();
            folders.delete();
        }
    }

    private EmbeddedHiveMQ launch() {
        synchronized (ONE_AT_A_TIME) {
            BrokerLoggers.quieten();
            try (ProcessState state = ProcessState.save(folders.home())) {
                folders.configure(port, settings.persistent, settings.maxQueuedMessages);
                EmbeddedHiveMQ launched = EmbeddedHiveMQ.builder()
                        .withConfigurationFolder(folders.configuration())
                        .withDataFolder(folders.data())
                        .withExtensionsFolder(folders.extensions())
                        .withEmbeddedExtension(EmbeddedExtension.builder()
                                .withId("mqtt-manager-test")
                                .withName("mqtt-manager-test")
                                .withVersion("1")
                                .withPriority(1)
                                .withStartPriority(1)
                                .withExtensionMain(access)
                                .build())
                        .withoutLoggingBootstrap()
                        .build();
                await(launched.start());
                return launched;
            }
        }
    }

    private static void stop(EmbeddedHiveMQ running) {
        try {
            running.close();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker stopped", e);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host(), port), 2_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker refused", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the broker did not answer within " + TIMEOUT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    /** Collects what the broker is to be like. Not thread-safe. */
    public static final class Builder {
        private final Map<String, BrokerAccess.User> users = new LinkedHashMap<>();
        private int port;
        private boolean persistent;
        private long maxQueuedMessages = 100_000;

        private Builder() {}

        /** The port to listen on; 0, the default, is any that is free. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /**
         * Lets a user in. Once there is one, all others are refused.
         *
         * @param topicFilters where the user may publish and subscribe, such as {@code tenants/ann/#}; without any, everywhere
         */
        public Builder user(String name, String password, String... topicFilters) {
            users.put(name, new BrokerAccess.User(password, List.of(topicFilters)));
            return this;
        }

        /** Lets these users in, with their passwords, everywhere. */
        public Builder users(Map<String, String> passwords) {
            passwords.forEach(this::user);
            return this;
        }

        private void user(String name, String password) {
            user(name, password, new String[0]);
        }

        /** Keeps sessions, queued and retained messages in files, so that they survive {@code stop()} and {@code start()}. */
        public Builder persistent() {
            persistent = true;
            return this;
        }

        /** How many messages are kept for a client that is away, 100,000 if not set; the broker discards what exceeds it. */
        public Builder maxQueuedMessages(long value) {
            maxQueuedMessages = value;
            return this;
        }

        /**
         * Makes the broker and starts it.
         *
         * @throws IllegalStateException if it cannot start
         */
        public EmbeddedBroker start() {
            EmbeddedBroker broker = new EmbeddedBroker(copy());
            try {
                broker.start();
                return broker;
            } catch (RuntimeException e) {
                broker.close();
                throw e;
            }
        }

        private Builder copy() {
            Builder copy = new Builder();
            copy.users.putAll(users);
            copy.port = port;
            copy.persistent = persistent;
            copy.maxQueuedMessages = maxQueuedMessages;
            return copy;
        }
    }
}
