package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.Endpoint;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of testing a definition: a connection of its own, with a client identifier that is thrown away and without will and birth
 * message, and nothing left of it.
 *
 * @param steps in their order, those that were not reached as well; TLS only where the transport has it
 * @param endpoint the one that was tested last: they are tried in order until one works
 * @param certificate that the broker showed, or null
 * @param failure of the step that failed, or null
 * @param subscriptions the wanted filters and the broker's answers; empty if it came not so far
 * @param grants what the broker granted, or null if it came not so far
 * @param took all together
 */
public record ConnectionTest(
        List<Step> steps,
        Endpoint endpoint,
        @Nullable BrokerCertificate certificate,
        @Nullable ConnectionFailure failure,
        List<SubscriptionStatus> subscriptions,
        @Nullable BrokerGrants grants,
        Duration took) {
    public ConnectionTest {
        steps = List.copyOf(steps);
        subscriptions = List.copyOf(subscriptions);
    }

    /** Whether no step failed. */
    public boolean succeeded() {
        return failure == null;
    }

    /**
     * One stage of the connection.
     *
     * @param stage which
     * @param outcome of it
     * @param took how long, or null if it was skipped
     * @param detail what was found, for people; or null
     */
    public record Step(
            ConnectionStage stage,
            Outcome outcome,
            @Nullable Duration took,
            @Nullable String detail) {}

    /** Of a step. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** Not reached, or nothing to do. */
        SKIPPED
    }
}
