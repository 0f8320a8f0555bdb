package io.github.mqttmanager.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An {@link EmbeddedBroker} for a test class, or for each test.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EmbeddedBrokerExtension BROKER =
 *         new EmbeddedBrokerExtension(EmbeddedBroker.builder().user("ann", "secret"));
 * }</pre>
 *
 * <p>In a static field it is one broker for all tests of the class, started again before a test if the one before stopped it; in
 * another field, each test has its own. Tests that run at the same time may share it.
 */
public final class EmbeddedBrokerExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final EmbeddedBroker.Builder builder;
    private @Nullable EmbeddedBroker broker;
    private boolean ofClass;

    /** A broker that lets everybody in, on a free port. */
    public EmbeddedBrokerExtension() {
        this(EmbeddedBroker.builder());
    }

    public EmbeddedBrokerExtension(EmbeddedBroker.Builder builder) {
        this.builder = builder;
    }

    /**
     * The broker.
     *
     * @throws IllegalStateException before the tests and after them
     */
    public synchronized EmbeddedBroker broker() {
        EmbeddedBroker started = broker;
        if (started == null) {
            throw new IllegalStateException("the broker runs while tests do");
        }
        return started;
    }

    public String host() {
        return broker().host();
    }

    public int port() {
        return broker().port();
    }

    @Override
    public synchronized void beforeAll(ExtensionContext context) {
        ofClass = true;
        beforeEach(context);
    }

    @Override
    public synchronized void beforeEach(ExtensionContext context) {
        if (broker == null) {
            broker = builder.start();
        } else {
            broker.start();
        }
    }

    @Override
    public synchronized void afterEach(ExtensionContext context) {
        if (!ofClass) {
            close();
        }
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) {
        close();
    }

    private void close() {
        EmbeddedBroker started = broker;
        broker = null;
        if (started != null) {
            started.close();
        }
    }
}
