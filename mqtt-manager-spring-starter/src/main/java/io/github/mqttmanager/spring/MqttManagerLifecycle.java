package io.github.mqttmanager.spring;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the manager with the application and ends it after the web server. Starting only begins: neither a dead broker nor a slow one
 * delays the application.
 */
public final class MqttManagerLifecycle implements SmartLifecycle {
    /** Before the web server begins to serve, and after it has ended. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

    private static final Logger LOG = LoggerFactory.getLogger(MqttManagerLifecycle.class);

    private final MqttManager manager;
    private final ConfiguredBrokers configured;
    private final Transactions transactions;
    private final boolean autoStart;
    private volatile boolean running;

    MqttManagerLifecycle(
            MqttManager manager, ConfiguredBrokers configured, Transactions transactions, boolean autoStart) {
        this.manager = manager;
        this.configured = configured;
        this.transactions = transactions;
        this.autoStart = autoStart;
    }

    @Override
    public void start() {
        BrokerRepository repository = manager.brokers();
        configured.createMissing(repository, transactions);
        manager.start();
        running = true;
    }

    @Override
    public void stop() {
        manager.close();
        running = false;
    }

    /** Not on the thread that ends the application's other parts: closing may take seconds. */
    @Override
    public void stop(Runnable callback) {
        Thread closing = new Thread(
                () -> {
                    try {
                        stop();
                    } catch (RuntimeException e) {
                        LOG.error("The manager could not be closed", e);
                    } finally {
                        callback.run();
                    }
                },
                "mqtt-manager-close");
        closing.start();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isAutoStartup() {
        return autoStart;
    }

    /** What was closed cannot start again. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
