package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.UnreadableDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a broker at one moment. Immutable.
 *
 * @param broker whose
 * @param name for people
 * @param owner a label of the host's tenant, or null
 * @param wanted whether a connection is wanted
 * @param state of the link
 * @param since when the state was entered
 * @param attempt number of the attempt that is under way or comes next, from 1; 0 when none is
 * @param nextAttemptAt when the next attempt is due, or null
 * @param waitingPosition about how many starts there will be up to and with this broker's, while it waits for its turn to make an attempt;
 *     else null
 * @param endpoint that is connected or was tried last, or null
 * @param failure why there is no connection, or why the last one ended until the next one is there; or null
 * @param subscriptions the filters that are asked for and the broker's answers; of more than 1,000, the refused ones and those without an
 *     answer first, and no more than 1,000
 * @param subscriptionCounts how many there are in all
 * @param grants what the broker granted at the last connection, or null if there was none
 * @param responsive whether the broker answers: false while it is connected and leaves our probe unanswered
 * @param roundTrip how long the last probe took, or null before the first
 * @param certificate that the broker showed last, or null without TLS
 * @param lastInboundAt when the last publish came in, or null
 * @param lastAcknowledgedAt when the broker last acknowledged a publish of ours, or null
 * @param counters what went through
 * @param handling how the host's handlers get on with what came in
 * @param at when this was taken
 */
public record BrokerStatus(
        BrokerId broker,
        String name,
        @Nullable String owner,
        boolean wanted,
        ConnectionState state,
        Instant since,
        int attempt,
        @Nullable Instant nextAttemptAt,
        @Nullable Integer waitingPosition,
        @Nullable Endpoint endpoint,
        @Nullable ConnectionFailure failure,
        List<SubscriptionStatus> subscriptions,
        SubscriptionCounts subscriptionCounts,
        @Nullable BrokerGrants grants,
        boolean responsive,
        @Nullable Duration roundTrip,
        @Nullable BrokerCertificate certificate,
        @Nullable Instant lastInboundAt,
        @Nullable Instant lastAcknowledgedAt,
        TrafficCounters counters,
        Handling handling,
        Instant at) {
    public BrokerStatus {
        subscriptions = List.copyOf(subscriptions);
    }

    /** Whether the broker accepted us and answered the wanted subscriptions. */
    public boolean isConnected() {
        return state == ConnectionState.CONNECTED;
    }

    /** The filters that the broker refused, up to 1,000. */
    public List<SubscriptionStatus> refusedSubscriptions() {
        return subscriptions.stream().filter(SubscriptionStatus::isRefused).toList();
    }

    /** The same with what changes without an event. */
    BrokerStatus with(
            @Nullable Integer position,
            @Nullable Instant inboundAt,
            @Nullable Instant acknowledgedAt,
            TrafficCounters traffic,
            Handling handled,
            Instant now) {
        return new BrokerStatus(
                broker,
                name,
                owner,
                wanted,
                state,
                since,
                attempt,
                nextAttemptAt,
                position,
                endpoint,
                failure,
                subscriptions,
                subscriptionCounts,
                grants,
                responsive,
                roundTrip,
                certificate,
                inboundAt,
                acknowledgedAt,
                traffic,
                handled,
                now);
    }

    /** Whether nothing is different that listeners want to hear of. */
    boolean tellsTheSameAs(BrokerStatus other) {
        return state == other.state
                && wanted == other.wanted
                && attempt == other.attempt
                && responsive == other.responsive
                && name.equals(other.name)
                && Objects.equals(owner, other.owner)
                && Objects.equals(failure, other.failure)
                && Objects.equals(nextAttemptAt, other.nextAttemptAt)
                && Objects.equals(endpoint, other.endpoint)
                && Objects.equals(grants, other.grants)
                && handling.isTroubled() == other.handling.isTroubled()
                && subscriptionCounts.equals(other.subscriptionCounts)
                && subscriptions.equals(other.subscriptions);
    }

    /** Of a broker that is defined but not yet looked at. */
    static BrokerStatus initial(BrokerDefinition definition, Instant now) {
        return without(
                definition.id(),
                definition.name(),
                definition.owner(),
                definition.active(),
                ConnectionState.DISCONNECTED,
                null,
                now);
    }

    /** Of a broker that has no connection, for its definition cannot be read. */
    static BrokerStatus unreadable(UnreadableDefinition definition, Instant now) {
        return without(
                definition.broker(),
                definition.name(),
                definition.owner(),
                definition.active(),
                definition.active() ? ConnectionState.FAILED : ConnectionState.DISCONNECTED,
                new ConnectionFailure(
                        FailureKind.DEFINITION_UNREADABLE,
                        FailureKind.DEFINITION_UNREADABLE.stage(),
                        null,
                        FailureKind.DEFINITION_UNREADABLE.isRetryable(),
                        Failures.clean(definition.message()),
                        Failures.clean(definition.remedy()),
                        now),
                now);
    }

    private static BrokerStatus without(
            BrokerId broker,
            String name,
            @Nullable String owner,
            boolean wanted,
            ConnectionState state,
            @Nullable ConnectionFailure failure,
            Instant now) {
        return new BrokerStatus(
                broker,
                name,
                owner,
                wanted,
                state,
                now,
                0,
                null,
                null,
                null,
                failure,
                List.of(),
                SubscriptionCounts.ZERO,
                null,
                true,
                null,
                null,
                null,
                null,
                TrafficCounters.ZERO,
                Handling.IDLE,
                now);
    }
}
