package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the attempts of an outage, takes the endpoints in their order, and says when the next attempt is due. After a connection that
 * was stable, all begins anew with the first endpoint. Belongs to the lane.
 */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /** The endpoints of a round follow each other at once, whatever is wrong with the one before. */
    private static final Duration NEXT_ENDPOINT = Duration.ofMillis(50);

    private final Engine engine;
    private int number;
    private int endpointIndex;
    private int addressTurn;
    private boolean retry;
    private boolean outage;
    private long outageStartNanos;
    private Duration previousDelay = Duration.ZERO;

    Attempts(Engine engine) {
        this.engine = engine;
    }

    /** The next attempt is the first one again. */
    void beginAnew() {
        number = 0;
        endpointIndex = 0;
        retry = false;
        previousDelay = Duration.ZERO;
        outage = false;
    }

    void begin() {
        number++;
    }

    /** Of the attempt that is under way or was the last; 0 if there was none. */
    int number() {
        return number;
    }

    /** Whether all endpoints were tried in vain before the attempt that is under way. */
    boolean isRetry() {
        return retry;
    }

    Endpoint endpoint(BrokerDefinition definition) {
        return definition.endpoints().get(endpointIndex % definition.endpoints().size());
    }

    /** A name with several addresses is tried at another one each time. */
    int addressTurn() {
        return addressTurn++;
    }

    /**
     * When the next attempt is due.
     *
     * @param delay from now
     * @param sameRound whether it is made at another endpoint before anything is judged
     */
    record Next(Duration delay, boolean sameRound) {}

    Next failed(BrokerDefinition definition, ConnectionFailure failure) {
        if (number > 0) {
            endpointIndex++;
        }
        long now = engine.nanos().getAsLong();
        if (!outage) {
            outage = true;
            outageStartNanos = now;
        }
        boolean sameRound = endpointIndex % definition.endpoints().size() != 0;
        if (sameRound) {
            return new Next(NEXT_ENDPOINT, true);
        }
        retry = number > 0;
        previousDelay = delay(
                definition,
                new ReconnectPolicy.Outage(
                        Math.max(number, 1), Duration.ofNanos(now - outageStartNanos), failure, previousDelay));
        return new Next(previousDelay, false);
    }

    /** Where going on with the next endpoint would do harm. */
    Next quarantined(BrokerDefinition definition, ConnectionFailure failure) {
        endpointIndex = 0;
        retry = number > 0;
        previousDelay = delay(
                definition, new ReconnectPolicy.Outage(Math.max(number, 1), Duration.ZERO, failure, previousDelay));
        return new Next(previousDelay, false);
    }

    /** The policy may be the host's code: when it fails, the usual one decides, or nobody would ever try again. */
    private Duration delay(BrokerDefinition definition, ReconnectPolicy.Outage outage) {
        try {
            return Objects.requireNonNull(
                    engine.reconnectPolicy().delay(outage, definition.reconnect(), engine.random()));
        } catch (RuntimeException e) {
            LOG.error("[{}] the reconnect policy failed", definition.id(), e);
            return ReconnectPolicy.exponential().delay(outage, definition.reconnect(), engine.random());
        }
    }
}
