package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.connection.BrokerCertificate;
import io.github.mqttmanager.connection.BrokerGrants;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.SubscriptionStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a broker at one moment, as the API shows it. */
@Schema(name = "Status")
public record StatusView(
        long brokerId,
        String brokerName,
        boolean isActive,
        boolean isConnected,
        ConnectionState state,
        Instant since,
        int attempt,
        @Nullable Instant nextAttemptAt,
        @Nullable FailureView failure,
        List<SubscriptionView> subscriptions,
        @Nullable Instant lastMessageAt,
        long received,
        long delivered,
        long published,
        @Nullable Boolean sessionPresent,
        boolean responsive,
        @Nullable Double roundTripMs,
        @Nullable CertificateView certificate,
        @Nullable GrantsView grants,
        @Nullable AddressView endpoint,
        @Nullable Integer waitingPosition,
        TrafficView traffic,
        HandlingView handling,
        Instant at) {

    /** Where a broker is. */
    @Schema(name = "Address")
    public record AddressView(String host, int port) {
        static @Nullable AddressView of(@Nullable Endpoint endpoint) {
            return endpoint == null ? null : new AddressView(endpoint.host(), endpoint.port());
        }
    }

    /** What the broker granted when it accepted us. */
    @Schema(name = "Grants")
    public record GrantsView(
            boolean sessionPresent,
            long keepAlive,
            @Nullable Long sessionExpiry,
            int receiveMaximum,
            int maximumPacketSize,
            int maximumQos,
            boolean retainAvailable,
            boolean wildcardAvailable,
            boolean sharedAvailable,
            @Nullable String assignedClientId) {
        static @Nullable GrantsView of(@Nullable BrokerGrants grants) {
            return grants == null
                    ? null
                    : new GrantsView(
                            grants.sessionPresent(),
                            grants.keepAlive().toSeconds(),
                            grants.sessionExpiry() == null
                                    ? null
                                    : grants.sessionExpiry().toSeconds(),
                            grants.receiveMaximum(),
                            grants.maximumPacketSize(),
                            grants.maximumQos().code(),
                            grants.retainAvailable(),
                            grants.wildcardAvailable(),
                            grants.sharedAvailable(),
                            grants.assignedClientIdentifier());
        }
    }

    /** What the broker showed last. */
    @Schema(name = "Certificate")
    public record CertificateView(String subject, String issuer, Instant expiresAt, String sha256) {
        static @Nullable CertificateView of(@Nullable BrokerCertificate certificate) {
            return certificate == null
                    ? null
                    : new CertificateView(
                            certificate.subject(), certificate.issuer(), certificate.expiresAt(), certificate.sha256());
        }
    }

    /** Why there is no connection. */
    @Schema(name = "Failure")
    public record FailureView(
            FailureKind kind,
            ConnectionStage stage,
            @Nullable Integer reasonCode,
            String message,
            String remedy,
            boolean retryable,
            Instant at) {
        static @Nullable FailureView of(@Nullable ConnectionFailure failure) {
            return failure == null
                    ? null
                    : new FailureView(
                            failure.kind(),
                            failure.stage(),
                            failure.reasonCode(),
                            failure.message(),
                            failure.remedy(),
                            failure.retryable(),
                            failure.at());
        }
    }

    /** One wanted subscription and the broker's answer. */
    @Schema(name = "Subscription")
    public record SubscriptionView(
            String filter,
            int qos,
            @Nullable Integer granted,
            @Nullable String reason) {
        static SubscriptionView of(SubscriptionStatus subscription) {
            return new SubscriptionView(
                    subscription.filter().value(),
                    subscription.requested().code(),
                    subscription.granted() == null
                            ? null
                            : subscription.granted().code(),
                    reason(subscription));
        }

        private static @Nullable String reason(SubscriptionStatus subscription) {
            if (subscription.granted() != null) {
                return null;
            }
            Integer code = subscription.reasonCode();
            return code == null ? "the broker has not answered" : "the broker refused it: " + word(code);
        }

        private static String word(int code) {
            return switch (code) {
                case 0x83 -> "implementation specific error (0x83)";
                case 0x87 -> "not authorized (0x87)";
                case 0x8F -> "topic filter invalid (0x8f)";
                case 0x91 -> "packet identifier in use (0x91)";
                case 0x97 -> "quota exceeded (0x97)";
                case 0x9E -> "shared subscriptions not supported (0x9e)";
                case 0xA1 -> "subscription identifiers not supported (0xa1)";
                case 0xA2 -> "wildcard subscriptions not supported (0xa2)";
                default -> "reason code 0x%02x".formatted(code);
            };
        }
    }

    /** Shows a status. */
    public static StatusView of(BrokerStatus status) {
        return new StatusView(
                Long.parseLong(status.broker().value()),
                status.name(),
                status.wanted(),
                status.isConnected(),
                status.state(),
                status.since(),
                status.attempt(),
                status.nextAttemptAt(),
                FailureView.of(status.failure()),
                status.subscriptions().stream().map(SubscriptionView::of).toList(),
                status.lastInboundAt(),
                status.counters().received(),
                status.counters().acknowledged(),
                status.counters().published(),
                status.grants() == null ? null : status.grants().sessionPresent(),
                status.responsive(),
                millis(status.roundTrip()),
                CertificateView.of(status.certificate()),
                GrantsView.of(status.grants()),
                AddressView.of(status.endpoint()),
                status.waitingPosition(),
                TrafficView.of(status.counters()),
                HandlingView.of(status.handling()),
                status.at());
    }

    /** Of a broker that the manager has not looked at yet. */
    static StatusView notYet(BrokerDefinition definition, Instant since) {
        return new StatusView(
                Long.parseLong(definition.id().value()),
                definition.name(),
                definition.active(),
                false,
                ConnectionState.DISCONNECTED,
                since,
                0,
                null,
                null,
                List.of(),
                null,
                0,
                0,
                0,
                null,
                true,
                null,
                null,
                null,
                null,
                null,
                TrafficView.NONE,
                HandlingView.IDLE,
                Instant.now());
    }

    static @Nullable Double millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1_000 / 1_000.0;
    }

    /** The same with what the definition says, which the manager may be about to learn. */
    StatusView with(BrokerDefinition definition) {
        return new StatusView(
                brokerId,
                definition.name(),
                definition.active(),
                isConnected,
                state,
                since,
                attempt,
                nextAttemptAt,
                failure,
                subscriptions,
                lastMessageAt,
                received,
                delivered,
                published,
                sessionPresent,
                responsive,
                roundTripMs,
                certificate,
                grants,
                endpoint,
                waitingPosition,
                traffic,
                handling,
                at);
    }
}
